"""What arrives, for whoever wants to iterate over it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

Plain = dict[str, Any]


class Stream:
    """A bounded queue that never makes the socket wait.

    A reader who falls behind by more than ``limit`` finds ``when_full`` in place of all that was missed, or,
    where there is none, misses the oldest.
    """

    def __init__(self, limit: int, when_full: Plain | None = None) -> None:
        self._limit = limit
        self._when_full = when_full
        self._items: deque[Plain] = deque()
        self._arrived = asyncio.Event()
        self._ended: Exception | None = None

    def put(self, item: Plain) -> None:
        """Add an item."""
        if len(self._items) == self._limit:
            if self._when_full:
                self._items.clear()
                self._items.append(self._when_full)
            else:
                self._items.popleft()
        self._items.append(item)
        self._arrived.set()

    def end(self, reason: Exception) -> None:
        """Let the reader have what has arrived, then raise ``reason``."""
        self._ended = reason
        self._arrived.set()

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> Plain:
        while not self._items:
            if self._ended:
                raise self._ended
            self._arrived.clear()
            await self._arrived.wait()
        return self._items.popleft()
