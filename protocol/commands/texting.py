"""Commands about text messages."""

from __future__ import annotations

from protocol.types import Arguments, Count, Id, Number, Shape, SmsText


class SendText(Arguments, frozen=True, kw_only=True):
    """Text to a contact's texting number, from the firm's number."""

    contact: Id
    text: SmsText


class RetryText(Arguments, frozen=True, kw_only=True):
    """Sends a failed or unconfirmed text again, as a new one linked to the old."""

    text: Id


class TextQueued(Shape, frozen=True, kw_only=True):
    """The new text's id, its place in the thread, and the parts it is billed as."""

    text: Id
    number: Number
    segments: Count


class ReadThread(Arguments, frozen=True, kw_only=True):
    """Moves the user's read marker of a thread forward to text ``number``."""

    contact: Id
    number: Number
