"""One socket from ``hello`` to its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import msgpack
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from protocol.client.outbox import Outbox
from protocol.client.state import State
from protocol.frames import HEARTBEAT_MS, SILENCE_TIMEOUT_MS

WELCOME_TIMEOUT_S = 10
SNAPSHOT_TIMEOUT_S = 30
SNAPSHOT_PATH = "/api/inbox.get"

LOST = 1006  # WebSocket's own code for a connection that ended without a word

Plain = dict[str, Any]
FetchSnapshot = Callable[[str], Awaitable[Plain]]


@dataclass(frozen=True, slots=True)
class End:
    """Why a connection ended, and when the server would like to see the client again."""

    code: int
    reason: str
    retry_ms: tuple[int, int] | None = None


class Over(Exception):
    """This conversation has ended."""

    def __init__(self, code: int, reason: str, retry_ms: tuple[int, int] | None = None) -> None:
        self.end = End(code, reason, retry_ms)
        super().__init__(f"{code}: {reason}")


class Listener(Protocol):
    """Who is told what a conversation brings."""

    def went_live(self) -> None:
        """The state is, or is about to be, that of the log's end."""

    def applied(self, events: list[Plain]) -> None:
        """The state has changed by these events."""

    def started_over(self, reason: str) -> None:
        """The state has been replaced by a snapshot."""

    def signalled(self, signal: Plain) -> None:
        """Somebody is typing, for example."""


class Conversation:
    """Speaks the protocol on one socket: follows the log into ``state`` and empties ``outbox``."""

    def __init__(
        self,
        socket: ClientConnection,
        state: State,
        outbox: Outbox,
        listener: Listener,
        fetch_snapshot: FetchSnapshot,
    ) -> None:
        self._socket = socket
        self._state = state
        self._outbox = outbox
        self._listener = listener
        self._fetch_snapshot = fetch_snapshot
        self._follows = False
        self._silence_ms: float = SILENCE_TIMEOUT_MS

    async def run(self, hello: Plain) -> End:
        """Converse until the connection ends, by either side."""
        over: list[Over] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                await self.send({**hello, "type": "hello", "cursor": self._state.cursor})
                await self._listen(tasks)
        except* Over as group:
            over = [error for error in group.exceptions if isinstance(error, Over)]
        _heed_cancellation()
        return over[0].end

    async def send(self, frame: Plain) -> None:
        """Send one frame.

        Raises:
            Over: the connection has ended.
        """
        try:
            if self._socket.subprotocol == "causeway.v1.json":
                await self._socket.send(json.dumps(frame, ensure_ascii=False))
            else:
                await self._socket.send(msgpack.packb(frame))
        except ConnectionClosed as closed:
            _end(closed)

    async def _listen(self, tasks: asyncio.TaskGroup) -> None:
        """Hear frame after frame. A line that is cut says nothing, so silence is an end as well."""
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(WELCOME_TIMEOUT_S) as patience:
                while True:
                    frame = await self._receive()
                    await self._hear(frame, tasks)
                    patience.reschedule(clock() + self._silence_ms / 1_000)
        except TimeoutError:
            raise Over(LOST, "nothing was heard") from None

    async def _receive(self) -> Plain:
        try:
            data = await self._socket.recv()
        except ConnectionClosed as closed:
            _end(closed)
        try:
            frame: Plain = json.loads(data) if isinstance(data, str) else msgpack.unpackb(data)
        except ValueError as error:
            raise Over(LOST, f"a frame was not understood: {error}") from None
        return frame

    async def _hear(self, frame: Plain, tasks: asyncio.TaskGroup) -> None:
        match frame["type"]:
            case "welcome":
                self._welcome(frame, tasks)
            case "reset":
                self._follows = False
                tasks.create_task(self._start_over(frame["snapshot"], frame["reason"]))
            case "events":
                self._apply(frame)
            case "reply":
                self._outbox.settle(frame)
            case "signal":
                self._listener.signalled(frame)
            case "ping":
                await self.send({"type": "pong", "n": frame["n"], "cursor": self._state.cursor})
            case "bye":
                raise Over(frame["code"], frame["reason"], tuple(frame["retry_ms"]))

    def _welcome(self, frame: Plain, tasks: asyncio.TaskGroup) -> None:
        self._silence_ms = frame["heartbeat_ms"] * SILENCE_TIMEOUT_MS / HEARTBEAT_MS
        tasks.create_task(self._outbox.send_all(self.send, frame["limits"]["commands_in_flight"]))
        if frame["mode"] == "snapshot":
            tasks.create_task(self._start_over(SNAPSHOT_PATH, "no_cursor"))
        else:
            self._follows = True
            self._listener.went_live()

    async def _start_over(self, path: str, reason: str) -> None:
        """Take a snapshot while the socket stands idle, then follow from the cursor that it was read at."""
        try:
            async with asyncio.timeout(SNAPSHOT_TIMEOUT_S):
                inbox = await self._fetch_snapshot(path)
        except OSError as error:  # a TimeoutError is one
            raise Over(LOST, f"no snapshot: {error}") from None
        self._state.start_over(inbox)
        self._follows = True
        await self.send({"type": "resume", "cursor": inbox["cursor"]})
        self._listener.started_over(reason)
        self._listener.went_live()

    def _apply(self, frame: Plain) -> None:
        """Apply a batch that begins where the state stands; any other means that something was missed."""
        if not self._follows or frame["after"] != self._state.cursor:
            raise Over(LOST, "events begin elsewhere than the state ends")
        self._state.advance(frame["events"], frame["upto"])
        self._listener.applied(frame["events"])


def _heed_cancellation() -> None:
    """Raise a cancellation that came while the group was ending by an error: a TaskGroup forgets it then."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


def _end(closed: ConnectionClosed) -> NoReturn:
    code, reason = (
        (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (LOST, "the connection was lost")
    )
    raise Over(code, reason) from None
