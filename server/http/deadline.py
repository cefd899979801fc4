"""uvicorn's HTTP, with a deadline for what comes before a request: it has none of its own.

Without it a peer that sends its headers byte by byte, or not at all, holds its connections for ever.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_TIMEOUT_S: Final = 5.0


class DeadlineProtocol(HttpToolsProtocol):
    """One connection; it is dropped when a request's headers are not there in time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection owes its first request."""
        super().connection_made(transport)
        self._begin()

    def on_message_begin(self) -> None:
        """A further request has begun to arrive."""
        super().on_message_begin()
        self._begin()

    def on_headers_complete(self) -> None:
        """The headers are there; from here on the application has its own timeouts."""
        self._end()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is owed any more."""
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._end()
        self._deadline = self.loop.call_later(HEADERS_TIMEOUT_S, self.transport.abort)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
