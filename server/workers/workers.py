"""All the workers of one node."""

from __future__ import annotations

import asyncio

import structlog

from server.clock import Clock
from server.transaction import Doorbell
from server.workers.mail import Mailer, MailWork
from server.workers.outbox import OutboxLoop, Wake
from server.workers.texting import Carrier, NoCarrier, TextWork
from storage.database import Database

log = structlog.get_logger()


class Workers:
    """Runs every kind of work. ``bell`` is the doorbell for everyone else: ringing it also wakes these."""

    def __init__(
        self, database: Database, bell: Doorbell, clock: Clock, mailer: Mailer | None, carrier: Carrier | None
    ) -> None:
        self.bell = Wake(bell)
        texts = TextWork(database, self.bell, clock, carrier or NoCarrier())
        self._loops = [OutboxLoop(database, clock, texts, self.bell.sleeper())]
        if mailer is None:
            log.warning("mail.not_configured", effect="mail waits until CAUSEWAY_SMTP_HOST is set")
        else:
            self._loops.append(
                OutboxLoop(database, clock, MailWork(database, clock, mailer), self.bell.sleeper())
            )

    async def run(self) -> None:
        """Work until cancelled, or until what was in hand at `stop` is done."""
        async with asyncio.TaskGroup() as loops:
            for loop in self._loops:
                loops.create_task(loop.run())

    def stop(self) -> None:
        """Begin nothing more."""
        for loop in self._loops:
            loop.stop()
