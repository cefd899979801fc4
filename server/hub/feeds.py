"""All logs that are followed here, and the sweep that finds what nobody rang for."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable

import structlog

from server.access import Person
from server.clock import Clock
from server.hub.delivery import Spawn
from server.hub.doorbell import Doorbell
from server.hub.feed import Feed
from server.hub.pace import Pace, jittered_s
from server.hub.rendering import Store
from storage import log as logs
from storage.errors import StoreAway
from storage.log import Cursor

log: structlog.stdlib.BoundLogger = structlog.get_logger("hub")


class Feeds:
    """Opens a feed with its first follower, and keeps its tail for a while after its last one."""

    def __init__(self, store: Store, bell: Doorbell, spawn: Spawn, elapsed: Clock, pace: Pace) -> None:
        self._store = store
        self._bell = bell
        self._spawn = spawn
        self._elapsed = elapsed
        self._pace = pace
        self._feeds: dict[str, Feed] = {}
        self._by_firm: defaultdict[str, set[Feed]] = defaultdict(set)
        self._idle_since: dict[str, int] = {}
        self._gap = asyncio.Event()

    async def of(self, person: Person) -> Feed:
        """The feed of the log that a person's sockets follow. Raises StoreAway."""
        id = str(person.log)
        if self._open(id) is None:
            async with self._store.gate:
                head = (await logs.heads(self._store.database, [id]))[id].cursor
            if self._open(id) is None:  # else somebody was faster
                self._begin(Feed(id, person.firm, person.side, head, self._store, self._spawn), head)
        self._idle_since.pop(id, None)
        return self._feeds[id]

    def in_firm(self, firm: str) -> Iterable[Feed]:
        """The feeds of one firm and its clients."""
        return self._by_firm.get(firm, ())

    def heard_ring(self, log_id: str, seq: int) -> None:
        """Somebody says that a log has grown to ``seq``; it need not be true."""
        feed = self._feeds.get(log_id)
        if feed is not None:
            feed.ring(seq)

    def heard_gap(self) -> None:
        """The doorbell may have missed something: look at once."""
        self._gap.set()

    async def sweep(self) -> None:
        """Look at the ends of all followed logs, always: the doorbell only makes it sooner (I14)."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(jittered_s(self._pace.sweep_ms)):
                    await self._gap.wait()
            self._gap.clear()
            self._close_idle()
            await self._look()

    async def _look(self) -> None:
        known = {id: feed.known for id, feed in self._feeds.items()}
        try:
            heads = await logs.heads(self._store.database, known)
        except StoreAway:
            return  # the next one looks again
        except Exception:
            log.exception("sweep.failed")
            return
        for id, head in heads.items():
            feed = self._feeds.get(id)
            if feed is not None:
                feed.compare(head, known[id])

    def _open(self, id: str) -> Feed | None:
        feed = self._feeds.get(id)
        return None if feed is None or feed.broken else feed

    def _begin(self, feed: Feed, head: Cursor) -> None:
        if feed.id in self._feeds:
            self._close(self._feeds[feed.id])
        self._feeds[feed.id] = feed
        self._by_firm[str(feed.firm)].add(feed)
        self._bell.follow(feed.id, str(feed.firm))
        feed.ring(head.seq + 1)  # what came since the head was read has rung for nobody here

    def _close(self, feed: Feed) -> None:
        firm = str(feed.firm)
        del self._feeds[feed.id]
        self._idle_since.pop(feed.id, None)
        self._by_firm[firm].discard(feed)
        if not self._by_firm[firm]:
            del self._by_firm[firm]
        self._bell.forget(feed.id, firm)

    def _close_idle(self) -> None:
        now = self._elapsed()
        for id, feed in list(self._feeds.items()):
            if feed.audience.everybody:
                self._idle_since.pop(id, None)
            elif now - self._idle_since.setdefault(id, now) >= self._pace.tail_linger_ms:
                self._close(feed)
