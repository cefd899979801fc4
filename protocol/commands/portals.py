"""Commands about portal messages, read markers and drafts."""

from __future__ import annotations

from typing import Literal

from protocol.types import Arguments, Count, Id, MessageText, Number, Shape


class SendMessage(Arguments, frozen=True, kw_only=True):
    """Text with at most one attached document (its id); the first message opens the portal."""

    portal: Id
    text: MessageText = ""
    attachment: Id | None = None


class MessageSent(Shape, frozen=True, kw_only=True):
    """The new message's id and its place in the portal's feed."""

    message: Id
    number: Number


class DeleteMessage(Arguments, frozen=True, kw_only=True):
    """``stop_share`` also ends the share that came with the message."""

    message: Id
    stop_share: bool = False


class ReadPortal(Arguments, frozen=True, kw_only=True):
    """Moves the person's read marker forward to message ``number``; a lower one changes nothing."""

    portal: Id
    number: Number


class MarkerMoved(Shape, frozen=True, kw_only=True):
    """Where the marker stands now."""

    number: Count


class SaveDraft(Arguments, frozen=True, kw_only=True):
    """Keeps what was begun, so that it follows the person to another device; empty text clears it."""

    scope: Id
    channel: Literal["portal", "text"]
    text: MessageText


class Done(Shape, frozen=True, kw_only=True):
    """The entity that was changed, and its version now."""

    id: Id
    version: Count
