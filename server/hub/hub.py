"""The hub: every live connection of one node, and the tasks that serve them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from protocol.codec import Encoding
from server.clock import Clock
from server.dispatch import Dispatch
from server.hub.connection import Connection, Surroundings
from server.hub.crowd import Crowd, network_of
from server.hub.doorbell import Doorbell
from server.hub.feeds import Feeds
from server.hub.greeting import Greet
from server.hub.pace import Pace, jittered_s, monotonic_clock
from server.hub.rendering import Store
from server.hub.signals import Signals
from server.hub.transport import transport_of
from server.hub.wire import Turn, Wire
from server.render import Renderer
from storage.database import Database

DRAIN_TIMEOUT_S = 10.0
ENCODINGS: dict[str, Encoding] = {"causeway.v1.msgpack": "msgpack", "causeway.v1.json": "json"}


class Hub:
    """See the module. ``elapsed`` measures durations, ``clock`` tells the time that sessions end by."""

    def __init__(
        self,
        database: Database,
        dispatch: Dispatch,
        renderer: Renderer,
        bell: Doorbell,
        clock: Clock,
        *,
        elapsed: Clock = monotonic_clock,
        pace: Pace | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self._bell = bell
        self._elapsed = elapsed
        self._feeds = Feeds(Store(database, renderer), bell, self._spawn, elapsed, self._pace)
        self._signals = Signals(bell, self._feeds.in_firm)
        self._around = Surroundings(
            dispatch,
            self._feeds,
            self._signals,
            Crowd(self._pace.strangers),
            clock,
            elapsed,
            self._run_command,
            self._spawn,
        )
        self._turn = Turn()
        self._tasks: asyncio.TaskGroup | None = None
        self._commands: set[asyncio.Task[None]] = set()
        self._connections: set[Connection] = set()
        self._nobody = asyncio.Event()
        self._nobody.set()

    @property
    def running(self) -> bool:
        """Whether sockets are taken in."""
        return self._tasks is not None

    async def run(self) -> None:
        """Serve until cancelled; then say goodbye to everybody, and let commands in flight finish."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feeds.sweep())
            tasks.create_task(self._bell.run(self))
            tasks.create_task(self._look_after_everybody())
            self._tasks = tasks
            try:
                await asyncio.Event().wait()
            finally:
                await self.drain()

    async def drain(self) -> None:
        """Take nobody in any more, send everybody elsewhere (4001), and wait for commands in flight."""
        self._tasks = None
        for connection in list(self._connections):
            connection.end("draining")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_TIMEOUT_S):
                await self._nobody.wait()
                if self._commands:
                    await asyncio.wait(self._commands)

    async def serve(self, websocket: WebSocket, subprotocol: str, greet: Greet) -> None:
        """Accept a socket whose Origin and subprotocol have been checked, and look after it to its end.

        On our own protocol class this returns at once: an idle socket keeps no task.
        """
        network = network_of(websocket.client.host if websocket.client else None)
        if not self.running:
            return await websocket.send_denial_response(Response(status_code=503))
        if not self._around.crowd.let_in(network):
            return await websocket.send_denial_response(Response(status_code=429))
        transport = transport_of(websocket)
        wire = Wire(transport, ENCODINGS[subprotocol], self._elapsed, self._turn)
        connection = Connection(wire, network, greet, self._around, self._forget)
        self._connections.add(connection)
        self._nobody.clear()
        with contextlib.suppress(WebSocketDisconnect, OSError), contextlib.ExitStack() as failing:
            failing.callback(connection.gone)
            await websocket.accept(subprotocol)
            await transport.attach(connection)
            failing.pop_all()
        return None

    def heard_ring(self, log: str, seq: int) -> None:
        """The doorbell rang."""
        self._feeds.heard_ring(log, seq)

    def heard_signal(self, firm: str, content: bytes) -> None:
        """Another node passes a signal on."""
        self._signals.hear(firm, content)

    def heard_gap(self) -> None:
        """The doorbell was out of order."""
        self._feeds.heard_gap()

    def _forget(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._nobody.set()

    async def _look_after_everybody(self) -> None:
        while True:
            await asyncio.sleep(jittered_s(self._pace.tick_ms))
            now = self._elapsed()
            for connection in list(self._connections):
                connection.look_after(now)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        if self._tasks is None:  # shutting down: whoever it was for is being sent elsewhere
            work.close()
            return None
        return self._tasks.create_task(work)

    def _run_command(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._spawn(work)
        if task is not None:
            self._commands.add(task)
            task.add_done_callback(self._commands.discard)
