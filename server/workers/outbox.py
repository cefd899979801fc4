"""The loop that does the outbox's work of one kind: claims what is due, does it, gives it back.

Every node may run one: an item is with one of them at a time. The loop wakes when something was committed
here, and looks by itself besides, for what other nodes left and for what has become due meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Mapping
from typing import Final, Protocol
from uuid import uuid4

import structlog

from server.clock import Clock
from server.transaction import Doorbell
from storage import outbox
from storage.database import Database
from storage.errors import Collision, StoreAway
from storage.log import Cursor
from storage.outbox import Claimed, Kind

LEASE_MS: Final = 180_000
"""Longer than any work takes: 90 s for a mail, 40 s for a text, and two transactions each."""
POLL_S: Final = 0.5
BREATH_S: Final = 0.02
"""Between two looks at least, since rings may come by the thousand a second and each look is a query."""
CONCURRENT_ITEMS: Final = 8
MOST_ATTEMPTS: Final = 12
"""So often may one piece of work fail by a fault of ours, or take its process with it, before it is given up.

More than a mail is deferred: that is nobody's fault, and counted by the same number.
"""
FIRST_BACKOFF_MS: Final = 2_000

log = structlog.get_logger()


class Work(Protocol):
    """What a kind of work needs to know about itself. Each item may be begun twice."""

    kind: Kind

    async def do(self, item: Claimed) -> None:
        """Do the work, or find that it is done; plan the item's next time, or end it."""

    async def give_up(self, item: Claimed) -> None:
        """End work that keeps failing by a fault of ours, so that its fate can be seen."""

    def is_paused(self, now: int) -> bool:
        """Whether nothing may be begun at this moment."""


class Wake:
    """A doorbell that passes the ring on and wakes the loops: what was committed may have left them work."""

    def __init__(self, bell: Doorbell) -> None:
        self._bell = bell
        self._sleepers: list[asyncio.Event] = []

    def ring(self, heads: Mapping[str, Cursor]) -> None:
        """Announce the new ends of logs."""
        self._bell.ring(heads)
        for sleeper in self._sleepers:
            sleeper.set()

    def sleeper(self) -> asyncio.Event:
        """An event that every ring sets."""
        event = asyncio.Event()
        self._sleepers.append(event)
        return event


class OutboxLoop:
    """Runs one kind of work until it is stopped or cancelled."""

    def __init__(self, database: Database, clock: Clock, work: Work, awake: asyncio.Event) -> None:
        self._database = database
        self._clock = clock
        self._work = work
        self._awake = awake
        self._busy = 0
        self._stopping = False

    async def run(self) -> None:
        """Do what is due, now and from now on; returns after `stop`, when all that was begun has ended."""
        async with asyncio.TaskGroup() as items:
            while not self._stopping:
                self._awake.clear()
                for item in await self._claim():
                    self._busy += 1
                    items.create_task(self._do(item))
                await self._rest()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._awake.set()

    async def _claim(self) -> list[Claimed]:
        now = self._clock()
        if self._work.is_paused(now):
            return []
        free = CONCURRENT_ITEMS - self._busy
        try:
            return await outbox.claim(self._database, self._work.kind, now, LEASE_MS, free)
        except StoreAway:
            log.warning("outbox.store_away", kind=self._work.kind)
            return []
        except Exception:
            log.exception("outbox.claim_failed", kind=self._work.kind, reference=str(uuid4()))
            return []

    async def _rest(self) -> None:
        """Sleep until something was committed here or an item ended, but never for long."""
        await asyncio.sleep(BREATH_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S * random.uniform(0.75, 1.25)):  # noqa: S311, nodes shall not march in step
                await self._awake.wait()

    async def _do(self, item: Claimed) -> None:
        try:
            await self._attempt(item)
        except StoreAway:
            log.warning("outbox.store_away", kind=self._work.kind)  # the lease runs out by itself
        except Exception as error:
            log.exception(
                "outbox.work_failed", kind=self._work.kind, item=str(item.id), reference=str(uuid4())
            )
            await self._after_fault(item, error)
        finally:
            self._busy -= 1
            self._awake.set()

    async def _attempt(self, item: Claimed) -> None:
        if item.attempts > MOST_ATTEMPTS:
            await self._work.give_up(item)
        else:
            await self._work.do(item)
        async with self._database.transaction():
            await outbox.release(self._database, item)

    async def _after_fault(self, item: Claimed, error: Exception) -> None:
        due_at = self._clock() + FIRST_BACKOFF_MS * 2 ** (item.attempts - 1)
        with contextlib.suppress(StoreAway, Collision):  # then the lease runs out by itself
            async with self._database.transaction():
                await outbox.postpone(self._database, item, due_at, type(error).__name__)
