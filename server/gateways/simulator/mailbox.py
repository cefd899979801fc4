"""The outgoing mail that was caught, newest last, kept for the page that shows it."""

from __future__ import annotations

import email
import secrets
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path

from msgspec import Struct, field

from server.gateways.simulator.exchange import now_ms
from server.gateways.simulator.kept import Kept
from server.gateways.simulator.live import Watchers

MAX_MAILS = 200


class CaughtMail(Struct, kw_only=True):
    """One mail as its recipient would see it; ``to`` is the envelope's recipient."""

    id: str
    at_ms: int
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str


class _Mails(Struct):
    mails: list[CaughtMail] = field(default_factory=list)


class Mailbox:
    """What was caught; pages that watch are told of every new mail."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self.kept = Kept(data_dir and data_dir / "simulated_mail.json", _Mails, _Mails)
        self.watchers = Watchers()

    @property
    def mails(self) -> list[CaughtMail]:
        return self.kept.state.mails

    def catch(self, recipients: list[str], content: bytes) -> CaughtMail:
        """Keep a mail as it came over the wire."""
        message = email.message_from_bytes(content, policy=default_policy)
        caught = CaughtMail(
            id=secrets.token_hex(8),
            at_ms=now_ms(),
            sender=str(message["From"] or ""),
            to=recipients,
            subject=str(message["Subject"] or ""),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )
        self.mails.append(caught)
        del self.mails[:-MAX_MAILS]
        self.kept.changed()
        self.watchers.tell({"type": "mail", "mail": caught})
        return caught

    def find(self, id: str) -> CaughtMail | None:
        return next((mail for mail in self.mails if mail.id == id), None)


def _part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        # A charset that nobody knows; what can be read of it is better than nothing.
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
