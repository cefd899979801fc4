"""Handing mail to the mail server, until it is taken, refused for good, or too old to matter (E5)."""

from __future__ import annotations

from typing import Final, Protocol

import msgspec

from server.clock import Clock
from server.gateways import letters, smtp
from server.gateways.letters import Letter
from server.gateways.smtp import Bounced, Deferred, Fate
from storage import outbox
from storage.database import Database
from storage.models import Firm, Mail
from storage.outbox import Claimed, Kind

_S = 1_000
_MIN = 60 * _S
_H = 60 * _MIN
DEFERRED_MS: Final = (15 * _S, _MIN, 5 * _MIN, 15 * _MIN, _H, 2 * _H, 4 * _H, 8 * _H, 8 * _H)
"""How long to wait after each deferral: soon at first, since somebody is waiting to sign in; a day in all."""


class Mailer(Protocol):
    """What sends a mail; see ``server.gateways.smtp``."""

    @property
    def domain(self) -> str:
        """What the Message-IDs of its mail end in."""

    async def send(self, mail: smtp.Mail) -> Fate:
        """Send one mail to one address and answer its fate."""


class MailWork:
    """The work of the outbox's items of kind ``email``.

    A mail may go twice if this process dies between the server's 250 and our commit: then with the same
    Message-ID, since that is made of the mail's key.
    """

    kind: Kind = "email"

    def __init__(self, database: Database, clock: Clock, mailer: Mailer) -> None:
        self._database = database
        self._clock = clock
        self._mailer = mailer

    def is_paused(self, _: int) -> bool:
        """Mail never pauses: every address may have a fate of its own."""
        return False

    async def do(self, item: Claimed) -> None:
        """Send a mail that waits; write down what became of it."""
        composed = await self._compose(item)
        if composed is None:
            return
        fate = await self._mailer.send(composed)
        async with self._database.transaction(item.firm):
            mail = await Mail.get(id=item.subject)
            if isinstance(fate, Deferred) and item.attempts <= len(DEFERRED_MS):
                await self._defer(item, mail, fate)
            else:
                await self._end(mail, "sent" if isinstance(fate, smtp.Sent) else "bounced", _reason(fate))

    async def give_up(self, item: Claimed) -> None:
        """Bounce a mail that this server cannot handle."""
        async with self._database.transaction(item.firm):
            await self._end(await Mail.get(id=item.subject), "bounced", "internal")

    async def _compose(self, item: Claimed) -> smtp.Mail | None:
        async with self._database.transaction(item.firm):
            mail = await Mail.get(id=item.subject)
            if mail.state not in ("queued", "deferred"):
                await outbox.end(self._database, self.kind, item.subject)
                return None
            firm = await Firm.get(id=item.firm)
        letter = _letter(firm.name, mail)
        return smtp.Mail(
            message_id=smtp.new_message_id(str(mail.id), self._mailer.domain),
            to=mail.address,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            from_name=firm.name,
            at_ms=mail.created_at,
        )

    async def _defer(self, item: Claimed, mail: Mail, fate: Deferred) -> None:
        mail.state, mail.reason = "deferred", _reason(fate)
        await mail.save(update_fields=["state", "reason"])
        due_at = self._clock() + DEFERRED_MS[item.attempts - 1]
        await outbox.postpone(self._database, item, due_at, fate.reason)

    async def _end(self, mail: Mail, state: str, reason: str | None) -> None:
        """Write down a fate. The content goes with it: it may hold a way in."""
        mail.state, mail.reason, mail.content = state, reason, ""
        mail.sent_at = self._clock() if state == "sent" else None
        await mail.save(update_fields=["state", "reason", "content", "sent_at"])
        await outbox.end(self._database, self.kind, mail.id)


def _letter(firm_name: str, mail: Mail) -> Letter:
    """The letter of a template, filled with the values that its sender stored."""
    values = msgspec.json.decode(mail.content, type=dict[str, str])
    if mail.template == "sign_in":
        return letters.sign_in_letter(firm_name, values["link"], values["code"])
    if mail.template == "address_changed":
        return letters.address_changed_letter(firm_name, values["old"], values["new"])
    raise LookupError(f"there is no letter {mail.template!r}")


def _reason(fate: Fate) -> str | None:
    return f"{fate.reason}: {fate.answer}"[:200] if isinstance(fate, Deferred | Bounced) else None
