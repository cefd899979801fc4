"""Entries of one log as encoded events: from the tail where it still has them, else loaded and kept there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

from protocol.codec import Encoding, encode
from protocol.types import Side
from server.gathering import Gathering
from server.hub.batches import Rendered
from server.hub.tail import Tail
from server.render import Renderer
from storage import log as logs
from storage.database import Database
from storage.log import Entry

READS_AT_ONCE = 6
"""By one node's hub: two thousand sockets that come back must leave connections for commands."""


class Store:
    """What every feed reads from, ``READS_AT_ONCE`` at a time."""

    def __init__(self, database: Database, renderer: Renderer) -> None:
        self.database = database
        self.renderer = renderer
        self.gate = asyncio.Semaphore(READS_AT_ONCE)
        self._reads = Gathering(self._read_all)

    async def read_since(self, log: str, seq: int, limit: int) -> list[Entry]:
        """Up to ``limit`` entries of a log after number ``seq``. Raises StoreAway."""
        return await self._reads.ask(limit, (log, seq))

    async def _read_all(self, limit: int, places: Sequence[tuple[str, int]]) -> list[list[Entry]]:
        async with self.gate:
            return await logs.read_all_since(self.database, places, limit)


class Rendering:
    """Reads and renders one log, as one side may know it."""

    def __init__(self, log: str, firm: UUID, side: Side, tail: Tail, store: Store) -> None:
        self._log = log
        self._firm = firm
        self._side: Side = side
        self._tail = tail
        self._store = store

    async def entries_after(self, seq: int, limit: int) -> Sequence[Entry]:
        """Up to ``limit`` entries after number ``seq``, from the store where the tail does not reach back."""
        recent = self._tail.after(seq, limit)
        if recent is not None:
            return recent
        return await self._store.read_since(self._log, seq, limit)

    async def of(self, entries: Sequence[Entry], encodings: Iterable[Encoding]) -> Rendered:
        """The events of these entries in these encodings, by number and encoding."""
        wanted = [(entry, encoding) for encoding in encodings for entry in entries]
        found = {
            (entry.seq, encoding): data
            for entry, encoding in wanted
            if (data := self._tail.bytes_of(entry, encoding)) is not None
        }
        missing = [(entry, encoding) for entry, encoding in wanted if (entry.seq, encoding) not in found]
        if missing:
            found.update(await self._load(missing))
        return found

    async def _load(self, missing: Sequence[tuple[Entry, Encoding]]) -> Rendered:
        entries = list({entry.seq: entry for entry, _ in missing}.values())
        async with self._store.gate:
            events = await self._store.renderer.events(self._firm, self._side, entries)
        loaded = {}
        for entry, encoding in missing:
            data = encode(events[entry.event_id], encoding)
            self._tail.keep(entry, encoding, data)
            loaded[entry.seq, encoding] = data
        return loaded
