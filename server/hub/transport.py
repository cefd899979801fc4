"""uvicorn's WebSocket, with what ASGI does not offer: back-pressure, abort, and a word before shutdown.

The application finds it in the scope's extensions. On a server without it everything works, except that a
peer which has stopped reading stays until that server drops it.
"""

from __future__ import annotations

import asyncio
from asyncio.transports import BaseTransport
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from protocol.frames import MAX_INBOUND_FRAME_BYTES

EXTENSION = "causeway.transport"


class Transport(Protocol):
    """What a connection wants of the server below ASGI."""

    on_shutdown: Callable[[], None] | None
    """Called instead of the server's own close, when the server begins to shut down."""

    async def drained(self) -> None:
        """Wait until the kernel has taken everything that was written, or the connection is lost."""

    async def lost(self) -> None:
        """Wait until the connection is gone."""

    def abort(self) -> None:
        """Drop the connection at once, with whatever its peer has not read."""


def transport_of(scope: Mapping[str, Any]) -> Transport:
    """The transport below an ASGI connection, or one that can do nothing where the server has none."""
    found: Transport | None = scope.get("extensions", {}).get(EXTENSION)
    return found or _Plain()


class SocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket as uvicorn runs it, with the means of :class:`Transport`."""

    on_shutdown: Callable[[], None] | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Count as undrained all that the kernel has not taken: what a peer leaves unread is bounded."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)
        self._gone = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let those who wait for the end know."""
        super().connection_lost(exc)
        self._gone.set()

    def handle_connect(self, event: Request) -> None:
        """Offer this transport to the application, whose task begins only after this returns."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][EXTENSION] = cast(dict[object, object], self)

    def shutdown(self) -> None:
        """Let the application say goodbye: uvicorn's own 1012 does not tell a client when to come back."""
        if self.on_shutdown is None:
            super().shutdown()
        else:
            self.on_shutdown()

    async def drained(self) -> None:
        """See :class:`Transport`."""
        await self.writable.wait()

    async def lost(self) -> None:
        """See :class:`Transport`."""
        await self._gone.wait()

    def abort(self) -> None:
        """See :class:`Transport`."""
        self.transport.abort()


class _Plain:
    """Any other server: back-pressure is in its ``send``, and nothing can be aborted."""

    on_shutdown: Callable[[], None] | None = None

    async def drained(self) -> None:
        return

    async def lost(self) -> None:
        return

    def abort(self) -> None:
        return


WEBSOCKET_SETTINGS: dict[str, Any] = {
    "ws": SocketProtocol,
    # A frame over 64 KiB is answered by us with 4301; one over this ends in uvicorn with 1009.
    "ws_max_size": 2 * MAX_INBOUND_FRAME_BYTES,
    "ws_per_message_deflate": False,  # it costs tens of KiB a socket
    "ws_ping_interval": None,  # the hub's own pings carry cursors
}
"""How uvicorn is to be started for the hub."""
