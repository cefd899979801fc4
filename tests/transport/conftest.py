"""A server of echoes, on our own protocol class and nothing else of the product."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from server.hub import framing
from server.hub.socket_protocol import SocketProtocol
from server.hub.transport import Frame, Transport, transport_of
from server.serving import listen, server_of
from tests.servers import wait_until

START_TIMEOUT_S = 10.0


@dataclass(eq=False)
class Echo:
    """Says what it hears; a text "close <code>" makes it close."""

    transport: Transport
    told: list[str] = field(default_factory=list)
    frames: int = 0
    hold_after: int | None = None
    """How many messages it takes before it looks away until the loop's next turn, again and again."""
    _taken: int = 0

    def counts(self) -> None:
        self.frames += 1

    def heard(self, data: bytes | str) -> None:
        self._taken += 1
        if self.hold_after is not None and self._taken % self.hold_after == 0:
            self.transport.hold()
            asyncio.get_running_loop().call_soon(self.transport.go_on)
        if isinstance(data, str) and data.startswith("close "):
            self.transport.close(int(data.split()[1]), "as you wish")
        else:
            opcode, payload = (
                (framing.TEXT, data.encode()) if isinstance(data, str) else (framing.BINARY, data)
            )
            self.transport.send([Frame(framing.pack(opcode, payload), payload, isinstance(data, str))])

    def drained(self) -> None:
        self.told.append("drained")

    def going(self) -> None:
        self.told.append("going")

    def gone(self) -> None:
        self.told.append("gone")

    def stopping(self) -> None:
        self.transport.close(1001, "")


@dataclass
class Server:
    """The port, and the listeners in the order in which they came."""

    port: int
    echoes: list[Echo] = field(default_factory=list)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all these tests."""
    with listen("127.0.0.1", 0) as listener:
        found = Server(listener.getsockname()[1])

        async def echo(websocket: WebSocket) -> None:
            await websocket.accept(next(iter(websocket.scope["subprotocols"]), None))
            transport = transport_of(websocket)
            assert isinstance(transport, SocketProtocol)
            listening = Echo(transport)
            found.echoes.append(listening)
            await transport.attach(listening)

        async def forbidden(websocket: WebSocket) -> None:
            await websocket.close()

        async def busy(websocket: WebSocket) -> None:
            await websocket.send_denial_response(PlainTextResponse("later", 429, {"retry-after": "7"}))

        async def version(websocket: WebSocket) -> None:
            await websocket.accept()
            await websocket.close(4303, "version")

        async def broken(websocket: WebSocket) -> None:
            raise ZeroDivisionError

        endpoints = (echo, forbidden, busy, version, broken)
        routes = [WebSocketRoute(f"/{endpoint.__name__}", endpoint) for endpoint in endpoints]
        running = server_of(Starlette(routes=routes))
        thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
        thread.start()
        wait_until(lambda: running.started, START_TIMEOUT_S, "the server of echoes")
        yield found
        running.should_exit = True
        thread.join(START_TIMEOUT_S)
        assert not thread.is_alive()
