"""Outgoing mail (rule E5): its fate is known, and a retry is the same mail. Over a real SMTP listener."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from server.gateways.simulator import Mailbox, SmtpCatcher
from server.gateways.simulator.mailbox import CaughtMail
from server.gateways.smtp import Fate, Mailer, MailServer
from server.gateways.smtp import Mail as MailToSend
from server.installation import create_firm
from server.records import mail
from server.transaction import Doorbell, transaction
from server.workers.mail import DEFERRED_MS
from server.workers.outbox import LEASE_MS
from server.workers.workers import Workers
from storage.database import Database
from storage.models import Mail, OutboxItem
from tests.rules.texting_firm import HOUR_MS, SilentBell, SteppingClock, eventually

CODE = "12345678"
LINK = "https://line.firm.test/portal/harlow/sign-in#token"


class OpenMailbox(Mailbox):
    """Keeps what was caught with its headers too."""

    def __init__(self) -> None:
        super().__init__(None)
        self.contents: list[str] = []

    def catch(self, recipients: list[str], content: bytes) -> CaughtMail:
        self.contents.append(content.decode())
        return super().catch(recipients, content)


@dataclass
class Office:
    """A firm that sends mail."""

    database: Database
    clock: SteppingClock
    firm: UUID
    mailbox: OpenMailbox
    mailer: Mailer
    bell: Doorbell = field(default_factory=SilentBell)

    async def post(self, address: str, template: str = "sign_in", **content: str) -> UUID:
        async with transaction(
            self.database, self.bell, firm=self.firm, actor=self.firm, now=self.clock()
        ) as change:
            posted = await mail.post(change, address, template, content or {"link": LINK, "code": CODE})
        return posted.id

    def later(self, by_ms: int) -> None:
        """Let time pass, and the workers look."""
        self.clock.advance(by_ms)
        self.bell.ring({})

    async def until(self, posted: UUID, state: str) -> Mail:
        async def there() -> Mail | None:
            async with self.database.snapshot(self.firm):
                found = await Mail.get(id=posted)
            return found if found.state == state else None

        return await eventually(there)


@asynccontextmanager
async def office(url: str) -> AsyncIterator[Office]:
    mailbox = OpenMailbox()
    async with Database.open(url, {1: bytes(32)}) as database, SmtpCatcher(mailbox) as catcher:
        firm = await create_firm(database, name="Harlow", slug="harlow", time_zone="America/New_York", now=1)
        server = MailServer("127.0.0.1", catcher.port, "line@firm.test", security="none")
        yield Office(database, SteppingClock(), firm, mailbox, Mailer(server))


@asynccontextmanager
async def working(office: Office) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        workers = Workers(office.database, office.bell, office.clock, office.mailer, None)
        office.bell = workers.bell
        tasks.create_task(workers.run())
        try:
            yield
        finally:
            workers.stop()


async def test_e5_a_mail_is_sent_and_what_lets_somebody_in_is_forgotten(database_url: str) -> None:
    async with office(database_url) as firm, working(firm):
        posted = await firm.post("ana@client.test")
        sent = await firm.until(posted, "sent")
        assert (sent.content, sent.reason) == ("", None)
        assert sent.sent_at is not None
        [caught] = firm.mailbox.mails
        assert caught.to == ["ana@client.test"]
        assert LINK in caught.text
        assert "1234 5678" in caught.text
        assert f"<{posted}@firm.test>" in firm.mailbox.contents[0]


async def test_e5_a_mail_that_is_deferred_is_tried_again_with_the_same_message_id(database_url: str) -> None:
    async with office(database_url) as firm, working(firm):
        posted = await firm.post("defer@client.test")
        deferred = await firm.until(posted, "deferred")
        assert deferred.reason is not None
        assert deferred.reason.startswith("recipient_busy: 451")
        async with firm.database.transaction():
            await Mail.filter(id=posted).update(address="ana@client.test")
        firm.clock.advance(DEFERRED_MS[0])
        sent = await firm.until(posted, "sent")
        assert sent.reason is None


async def test_e5_a_mail_that_nobody_takes_for_a_day_bounces_with_the_last_reason(sqlite_url: str) -> None:
    async with office(sqlite_url) as firm, working(firm):
        posted = await firm.post("defer@client.test")
        for tries in range(1, len(DEFERRED_MS) + 1):

            async def tried(count: int = tries) -> bool:
                async with firm.database.snapshot():
                    item = await OutboxItem.get(subject_id=posted)
                return item.attempts == count and item.claim is None

            await eventually(tried)
            firm.later(8 * HOUR_MS)
        bounced = await firm.until(posted, "bounced")
        assert (bounced.reason or "").startswith("recipient_busy: 451")
        assert bounced.content == ""


async def test_e5_a_mail_refused_for_good_bounces_at_once_and_says_why(database_url: str) -> None:
    async with office(database_url) as firm, working(firm):
        bounced = await firm.until(await firm.post("bounce@client.test"), "bounced")
        assert (bounced.reason or "").startswith("recipient: 550")


class DyingMailer:
    """Dies after the server took a mail and before that is written down."""

    domain = "firm.test"

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, mail: MailToSend) -> Fate:
        await self._mailer.send(mail)
        raise SystemError("the power is gone")


async def test_e5_a_crash_between_the_servers_250_and_our_commit_repeats_the_same_mail(
    database_url: str,
) -> None:
    async with office(database_url) as firm:
        posted = await firm.post("ana@client.test")
        working_mailer, firm.mailer = firm.mailer, DyingMailer(firm.mailer)  # type: ignore[assignment]
        async with working(firm):

            async def failed_once() -> bool:
                async with firm.database.snapshot():
                    return (await OutboxItem.get(subject_id=posted)).last_error == "SystemError"

            await eventually(failed_once)
        firm.mailer = working_mailer
        firm.clock.advance(LEASE_MS)
        async with working(firm):
            await firm.until(posted, "sent")
        assert [f"<{posted}@firm.test>" in content for content in firm.mailbox.contents] == [True, True]


async def test_a3_the_letter_about_a_changed_address_goes_out(database_url: str) -> None:
    async with office(database_url) as firm, working(firm):
        posted = await firm.post("ana@client.test", "address_changed", old="a@old.test", new="")
        await firm.until(posted, "sent")
        assert "a@old.test" in firm.mailbox.mails[0].text


async def test_work_that_keeps_failing_by_a_fault_of_ours_is_given_up_visibly(
    sqlite_url: str,
) -> None:
    async with office(sqlite_url) as firm, working(firm):
        posted = await firm.post("ana@client.test", "a-letter-that-does-not-exist")
        for _ in range(14):

            async def postponed() -> bool:
                async with firm.database.snapshot():
                    item = await OutboxItem.get(subject_id=posted)
                return item.claim is None and (item.due_at > firm.clock() or item.state == "done")

            await eventually(postponed)
            firm.later(3 * HOUR_MS)
        assert (await firm.until(posted, "bounced")).reason == "internal"
        assert firm.mailbox.mails == []
