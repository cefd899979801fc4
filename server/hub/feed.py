"""One followed log: what this node has read of it, who follows it here, and when to look again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import structlog

from protocol.frames import ResetReason
from protocol.types import Side
from server.access import Sight, sight_of
from server.hub.audience import Audience, Follower
from server.hub.delivery import Delivery, Spawn
from server.hub.rendering import Rendering, Store
from server.hub.tail import Tail
from storage import log as logs
from storage.errors import StoreAway
from storage.log import Cursor, Entry, Head

READ_ENTRIES = 512
TOO_FAR_ENTRIES = 10_000
MAX_PAUSE_S = 0.05
"""Between two deliveries of a busy log there is as much time as the last one took, and at most this: what
commits meanwhile leaves in one frame for each socket instead of many."""

log: structlog.stdlib.BoundLogger = structlog.get_logger("hub")


class Feed:
    """Reads on when somebody rings or sweeps, moves on what each follower may see, and has it delivered."""

    def __init__(self, id: str, firm: UUID, side: Side, head: Cursor, store: Store, spawn: Spawn) -> None:
        self.id = id
        self.firm = firm
        self.audience = Audience()
        self.broken = False
        self._store = store
        self._spawn = spawn
        self._tail = Tail(head)
        self._delivery = Delivery(
            self._tail, self.audience, Rendering(id, firm, side, self._tail, store), spawn
        )
        self._rung = False
        self._advancing = False
        self._failing = False

    @property
    def known(self) -> Cursor:
        """The end of the log as far as this node has read it."""
        return self._tail.end

    async def join(self, follower: Follower) -> None:
        """Take somebody in, not yet live; from here on the end of its session closes its socket.

        Raises:
            StoreAway: and Refused (``not_signed_in``), when the session has ended before.
        """
        self.audience.add(follower)
        await self._look(follower)

    def leave(self, follower: Follower) -> None:
        """Forget somebody."""
        follower.live = follower.current = False
        self.audience.remove(follower)

    async def begin(self, follower: Follower, text: str) -> ResetReason | None:
        """Deliver to somebody what comes after a cursor, by what that person may see at this moment (I8).

        Returns:
            Why the cursor cannot be followed, if so.

        Raises:
            StoreAway: and Refused (``not_signed_in``), when the session has ended.
        """
        await self._look(follower)
        try:
            cursor = Cursor.parse(text)
        except ValueError:
            return "no_cursor"
        reason = await self._why_not(cursor)
        if reason is None:
            self.ring(cursor.seq)
            self._delivery.begin(follower, cursor)
        return reason

    def ring(self, seq: int) -> None:
        """Look whether the log has grown to ``seq``; a lie costs one look."""
        if seq > self._delivery.delivered.seq:
            self._rung = True
            if not self._advancing:
                self._advancing = True
                self._spawn(self._advance())

    def compare(self, head: Head, known: Cursor) -> None:
        """Hold what the store says against what was ``known`` here before the store was asked."""
        lost = head.cursor.seq < known.seq or (head.cursor.seq == known.seq and head.cursor.tag != known.tag)
        if lost:
            self._start_over()
        else:
            self.ring(head.cursor.seq)

    def tell_where(self, follower: Follower) -> None:
        """Move on the cursor of somebody who has seen nothing for long."""
        self._delivery.tell_where(follower)

    async def _look(self, follower: Follower) -> None:
        """Read what somebody may see, and bring it to where this node has read the log."""
        async with self._store.gate:
            sight = await sight_of(self._store.database, follower.person)
        if follower not in self.audience.everybody:
            return  # its socket was closed meanwhile
        self.audience.resee(follower, sight)
        for entry in self._tail.after(sight.as_of) or []:
            self.audience.follow(follower, entry)

    async def _why_not(self, cursor: Cursor) -> ResetReason | None:
        if self._tail.tag_at(cursor.seq) == cursor.tag:
            return None
        async with self._store.gate:
            head = (await logs.heads(self._store.database, [self.id]))[self.id]
            if cursor.seq < head.floor.seq:
                return "compacted"
            if head.cursor.seq - cursor.seq > TOO_FAR_ENTRIES:
                return "too_far"
            if cursor in {head.cursor, head.floor}:
                return None
            tag = await logs.tag_at(self._store.database, self.id, cursor.seq)
            return None if tag == cursor.tag else "diverged"

    async def _advance(self) -> None:
        try:
            while self._rung:
                began = time.monotonic()
                self._rung = False
                await self._read_on()
                await self._delivery.advance()
                await asyncio.sleep(0)  # what was handed over is written
                if self._rung:
                    await asyncio.sleep(min(time.monotonic() - began, MAX_PAUSE_S))
            self._failing = False
        except StoreAway:
            pass  # the sweep rings again, once the store is back
        except Exception:
            if not self._failing:  # else it was logged when it began; every sweep tries again
                log.exception("delivery.failed", log=self.id, delivered=self._delivery.delivered.seq)
            self._failing = True
        finally:
            self._advancing = False

    async def _read_on(self) -> None:
        while True:
            entries = await self._store.read_since(self.id, self._tail.end.seq, READ_ENTRIES)
            if entries:
                if entries[0].seq != self._tail.end.seq + 1:  # compacted under us
                    return self._start_over()
                self._observe(entries)
                self._tail.extend(entries)
            if len(entries) < READ_ENTRIES:
                return None

    def _observe(self, entries: Sequence[Entry]) -> None:
        """Let leavings and ended sessions take effect before any of these entries is delivered (I8)."""
        for entry in entries:
            if entry.person is None:
                continue
            for follower in list(self.audience.by_person.get(entry.person, ())):
                if Sight.ends(entry, str(follower.person.session)):
                    follower.end("session_revoked")
                elif self.audience.follow(follower, entry):
                    self._delivery.withdraw(follower)

    def _start_over(self) -> None:
        """The log has lost what was delivered of it (a restored backup): nobody here can go on from it."""
        log.error("log.diverged", log=self.id, known=self.known.seq)
        self.broken = True
        for follower in list(self.audience.everybody):
            follower.end("start_over")
