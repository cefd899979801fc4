"""The recent entries of a log, with their bytes: most of what is delivered comes from here."""

from __future__ import annotations

from collections.abc import Sequence

from protocol.codec import Encoding
from storage.log import Cursor, Entry

TAIL_ENTRIES = 1_024
TAIL_BYTES = 4 * 1024 * 1024
ENCODINGS: tuple[Encoding, ...] = ("msgpack", "json")


class Tail:
    """The entries up to ``end``, dense, no more than the last ``TAIL_ENTRIES``.

    Bytes are kept only for the newest entry of an entity: a later one evicts the earlier's, so what was said
    in a message that has been deleted since never reaches anyone who comes back.
    """

    def __init__(self, end: Cursor) -> None:
        self.end = end
        self._start = end.seq
        self._entries: list[Entry] = []
        self._newest: dict[str, int] = {}
        self._bytes: dict[tuple[int, Encoding], bytes] = {}
        self._size_bytes = 0

    def extend(self, entries: Sequence[Entry]) -> None:
        """Take in the entries that follow ``end``."""
        for entry in entries:
            self._evict(self._newest.get(entry.entity))
            self._newest[entry.entity] = entry.seq
        self._entries.extend(entries)
        self.end = entries[-1].cursor
        if len(self._entries) > 2 * TAIL_ENTRIES:  # rarely, since it moves them all
            self._shorten()

    def after(self, seq: int, limit: int = 2 * TAIL_ENTRIES) -> list[Entry] | None:
        """The entries after number ``seq``, at most ``limit``; none where that lies before the tail."""
        first = seq - self._start
        return None if first < 0 else self._entries[first : first + limit]

    def tag_at(self, seq: int) -> int | None:
        """The tag of entry ``seq``, if the tail holds it."""
        if not self._start < seq <= self.end.seq:
            return None
        return self._entries[seq - self._start - 1].tag

    def bytes_of(self, entry: Entry, encoding: Encoding) -> bytes | None:
        """The event as it was encoded before, if it still is what the entity holds."""
        return self._bytes.get((entry.seq, encoding))

    def keep(self, entry: Entry, encoding: Encoding, data: bytes) -> None:
        """Keep an event's bytes, unless a later entry of its entity has come while they were made."""
        if self._newest.get(entry.entity) != entry.seq or (entry.seq, encoding) in self._bytes:
            return
        self._bytes[entry.seq, encoding] = data
        self._size_bytes += len(data)
        while self._size_bytes > TAIL_BYTES:
            oldest = next(iter(self._bytes))
            self._size_bytes -= len(self._bytes.pop(oldest))

    def _shorten(self) -> None:
        surplus = len(self._entries) - TAIL_ENTRIES
        for entry in self._entries[:surplus]:
            if self._newest.get(entry.entity) == entry.seq:
                del self._newest[entry.entity]
                self._evict(entry.seq)
        del self._entries[:surplus]
        self._start += surplus

    def _evict(self, seq: int | None) -> None:
        if seq is not None:
            for encoding in ENCODINGS:
                self._size_bytes -= len(self._bytes.pop((seq, encoding), b""))
