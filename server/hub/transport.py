"""Below the hub: what a connection wants of the server that holds its socket, and how plain ASGI gives it.

On our own protocol class (``server.hub.socket_protocol``) an idle socket costs no task, no queue and no
stack. On any other ASGI server everything works as well, by a task that reads and one that writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

EXTENSION = "causeway.transport"
"""The name in the scope's extensions by which our protocol class offers itself."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An encoded frame, ready for any number of sockets: with its WebSocket header, and without."""

    packed: bytes
    payload: bytes
    is_text: bool


class Listener(Protocol):
    """What a transport tells of its socket, by calls that neither wait nor raise."""

    def counts(self) -> None:
        """The peer has sent something, if only a ping or a fragment."""

    def heard(self, data: bytes | str) -> None:
        """A whole message has come."""

    def drained(self) -> None:
        """The kernel has taken all that was sent."""

    def going(self) -> None:
        """The peer has begun to close, or has broken the rules: nothing more can be sent."""

    def gone(self) -> None:
        """The connection is no more."""

    def stopping(self) -> None:
        """The server begins to shut down."""


class Transport(Protocol):
    """One accepted socket."""

    async def attach(self, listener: Listener) -> None:
        """Let somebody listen. Returns when the ASGI application may, which is long before the end of it."""

    def send(self, frames: Sequence[Frame]) -> bool:
        """Write frames in one piece; False where the kernel has not taken all, and ``drained`` follows."""

    def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake, behind whatever was sent."""

    def abort(self) -> None:
        """Drop the connection at once, with whatever its peer has not read."""

    def hold(self) -> None:
        """Leave what comes in with the kernel for a while."""

    def go_on(self) -> None:
        """Read again."""


def transport_of(websocket: WebSocket) -> Transport:
    """What the server has below a WebSocket, or the same made of plain ASGI."""
    found: Transport | None = websocket.scope.get("extensions", {}).get(EXTENSION)
    return found or PlainTransport(websocket)


class PlainTransport:
    """Any other server: back-pressure is in its ``send``, and to abort is to leave the socket to it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._due: list[Frame] = []
        self._closing: tuple[int, str] | None = None
        self._work = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._aborted = asyncio.Event()

    async def attach(self, listener: Listener) -> None:
        """See :class:`Transport`; here it lives as long as the socket."""
        try:
            async with asyncio.TaskGroup() as tasks:
                reader = tasks.create_task(self._read(listener))
                writer = tasks.create_task(self._write(listener))
                aborted = tasks.create_task(self._aborted.wait())
                await asyncio.wait([reader, aborted], return_when=asyncio.FIRST_COMPLETED)
                for task in (reader, writer, aborted):
                    task.cancel()
        finally:
            listener.gone()

    def send(self, frames: Sequence[Frame]) -> bool:
        """See :class:`Transport`."""
        self._due.extend(frames)
        self._work.set()
        return False

    def close(self, code: int, reason: str) -> None:
        """See :class:`Transport`."""
        self._closing = code, reason
        self._work.set()

    def abort(self) -> None:
        """See :class:`Transport`."""
        self._aborted.set()

    def hold(self) -> None:
        """See :class:`Transport`."""
        self._may_read.clear()

    def go_on(self) -> None:
        """See :class:`Transport`."""
        self._may_read.set()

    async def _read(self, listener: Listener) -> None:
        while (message := await self._websocket.receive())["type"] == "websocket.receive":
            listener.counts()
            text: str | None = message.get("text")
            listener.heard(message["bytes"] if text is None else text)
            await self._may_read.wait()
        listener.going()

    async def _write(self, listener: Listener) -> None:
        try:
            while self._closing is None:
                await self._work.wait()
                self._work.clear()
                await self._write_due(listener)
            await self._websocket.close(*self._closing)
        except (WebSocketDisconnect, OSError, RuntimeError):
            return  # the peer was faster; a RuntimeError is how the servers say that a close has gone before

    async def _write_due(self, listener: Listener) -> None:
        while self._due:
            frame = self._due.pop(0)
            if frame.is_text:
                await self._websocket.send_text(frame.payload.decode())
            else:
                await self._websocket.send_bytes(frame.payload)
            if not self._due:
                listener.drained()
