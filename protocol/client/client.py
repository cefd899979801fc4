"""One followed log over any number of sockets."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.typing import Origin, Subprotocol

from protocol.client.conversation import LOST, Conversation, End, FetchSnapshot, Over, Plain
from protocol.client.outbox import Outbox
from protocol.client.reconnect import Backoff, Stopped, step_after
from protocol.client.state import State
from protocol.client.stream import Stream
from protocol.codec import Encoding
from protocol.errors import CLOSES

OPEN_TIMEOUT_S = 10
CLOSE_TIMEOUT_S = 2
MAX_FRAME_BYTES = 1024 * 1024
STREAM_LIMIT = 10_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Credential:
    """Who the client is: a program's token, a single-use ticket, or a cookie with its CSRF token."""

    token: str | None = field(default=None, repr=False)
    ticket: str | None = field(default=None, repr=False)
    cookie: str | None = field(default=None, repr=False)
    csrf: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What opens the door: the handshake's headers. A secret never stands in a URL."""
        if self.token is not None:
            return {"Authorization": f"Bearer {self.token}"}
        return {"Cookie": self.cookie} if self.cookie else {}


@dataclass(slots=True)
class Memory:
    """What outlives a client: the device's name, its numbered commands, and the state to resume from."""

    device: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    outbox: Outbox = field(default_factory=Outbox)
    state: State = field(default_factory=State)


class Client:
    """Follows one person's log, keeps its state, and sends that person's commands in order.

    ::

        async with Client("wss://…/ws", credential=Credential(token=…), fetch_snapshot=fetch) as client:
            await client.live()
            await client.command("message.send", portal=portal, text="Good morning")
            async for event in client.events():
                ...

    Args:
        url: where the server's ``/ws`` is.
        credential: as whom to connect.
        fetch_snapshot: asks the server for a path and gives its JSON; raises OSError where to try again.
        renew: gets a new credential after the old one expired; without it, expiry stops the client.
        memory: that of an earlier client, to resume where it ended; never that of two at once.
    """

    def __init__(
        self,
        url: str,
        *,
        credential: Credential,
        fetch_snapshot: FetchSnapshot,
        renew: Callable[[], Awaitable[Credential]] | None = None,
        app: str = "causeway-python",
        encoding: Encoding = "msgpack",
        memory: Memory | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.memory = memory or Memory()
        self.state = self.memory.state
        self.connections = 0
        self._url = url
        self._credential = credential
        self._fetch_snapshot = fetch_snapshot
        self._renew = renew
        self._app = app
        self._subprotocol = Subprotocol(f"causeway.v1.{encoding}")
        self._backoff = backoff or Backoff()
        self._tasks = asyncio.TaskGroup()
        self._life: asyncio.Task[None] | None = None
        self._conversation: Conversation | None = None
        self._is_live = False
        self._stopped: Stopped | None = None
        self._turn = asyncio.Event()
        self._event_streams: WeakSet[Stream] = WeakSet()
        self._signal_streams: WeakSet[Stream] = WeakSet()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._life = self._tasks.create_task(self._stay_connected())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._life:
            self._life.cancel()
        # The body's own exception is not the group's: it passes as it is, not wrapped in an ExceptionGroup.
        await self._tasks.__aexit__(None, None, None)
        self._stop(Stopped(1000, "the client was left"))

    async def live(self) -> None:
        """Wait until the client follows its log.

        Raises:
            Stopped: it never will.
        """
        await self.until(lambda _: self._is_live)

    async def until(self, condition: Callable[[State], T]) -> T:
        """Wait until something holds of the state, and give what the condition gave.

        Raises:
            Stopped: the client has stopped before.
        """
        while not (found := condition(self.state)):
            if self._stopped:
                raise self._stopped
            await self._turn.wait()
        return found

    async def command(self, name: str, /, *, key: str | None = None, **args: Any) -> Any:
        """Ask for one effect and wait for the result, over as many connections as it takes.

        Cancelling the wait does not take the command back.

        Args:
            key: that of a refused command, to try it again; otherwise a new one is made.

        Raises:
            CommandRefused: the server's answer.
            Stopped: no answer will come.
        """
        if self._stopped:
            raise self._stopped
        return await self.memory.outbox.add(name, args, key).reply

    def events(self) -> Stream:
        """Every event from now on, already applied to the state.

        Where the state was replaced, or the reader fell far behind, ``{"kind": "reset", "reason": …}`` stands
        for whatever happened in between. Ends by raising ``Stopped``.
        """
        stream = Stream(STREAM_LIMIT, when_full={"kind": "reset", "reason": "behind"})
        self._event_streams.add(stream)
        return stream

    def signals(self) -> Stream:
        """Every signal from now on."""
        stream = Stream(STREAM_LIMIT)
        self._signal_streams.add(stream)
        return stream

    async def signal(self, kind: str, scope: str, ttl_ms: int = 5_000) -> None:
        """Send a signal if there is a connection; like all signals, it may be lost."""
        if not self._conversation:
            return
        try:
            await self._conversation.send({"type": "signal", "kind": kind, "scope": scope, "ttl_ms": ttl_ms})
        except Over:
            return

    async def _stay_connected(self) -> None:
        while True:
            end = await self._connect_once()
            self._is_live = False
            step = step_after(end.code)
            if step == "stop" or (step == "new_credential" and not self._renew):
                self._stop(Stopped(end.code, end.reason))
                return
            if step == "start_over":
                self.state.cursor = None
            await asyncio.sleep(self._backoff.next_ms(end.retry_ms) / 1_000)
            if step == "new_credential" and self._renew:
                await self._get_credential(self._renew)

    async def _get_credential(self, renew: Callable[[], Awaitable[Credential]]) -> None:
        try:
            self._credential = await renew()
        except OSError:  # the old one is refused once more, and it is asked for again
            return

    async def _connect_once(self) -> End:
        try:
            async with connect(
                self._url,
                origin=_origin_of(self._url) if self._credential.cookie else None,
                subprotocols=[self._subprotocol],
                additional_headers=self._credential.headers,
                compression=None,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=CLOSE_TIMEOUT_S,
                ping_interval=None,  # the protocol has heartbeats of its own, which carry the cursor
                max_size=MAX_FRAME_BYTES,
                proxy=None,
            ) as socket:
                return await self._converse(socket)
        except InvalidStatus as refused:
            return _end_of_status(refused.response.status_code)
        except (OSError, InvalidHandshake) as error:
            return End(LOST, str(error))
        finally:
            self._conversation = None

    async def _converse(self, socket: ClientConnection) -> End:
        self.connections += 1
        memory, credential = self.memory, self._credential
        conversation = Conversation(socket, memory.state, memory.outbox, self, self._fetch_snapshot)
        self._conversation = conversation
        hello = {"token": credential.ticket, "csrf": credential.csrf}
        return await conversation.run({"app": self._app, "device": memory.device, **hello})

    def _stop(self, reason: Stopped) -> None:
        self._stopped = self._stopped or reason
        self.memory.outbox.abandon(self._stopped)
        for stream in (*self._event_streams, *self._signal_streams):
            stream.end(self._stopped)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        self._turn.set()
        self._turn = asyncio.Event()

    # What the conversation tells.

    def went_live(self) -> None:
        """A connection follows the log."""
        self._is_live = True
        self._backoff.reset()
        self._tell_waiting()

    def applied(self, events: list[Plain]) -> None:
        """Pass on what was applied."""
        for stream in self._event_streams:
            for event in events:
                stream.put(event)
        self._tell_waiting()

    def started_over(self, reason: str) -> None:
        """Say that the state was replaced."""
        self.applied([{"kind": "reset", "reason": reason}])

    def signalled(self, signal: Plain) -> None:
        """Pass on a signal."""
        for stream in self._signal_streams:
            stream.put(signal)


def _origin_of(url: str) -> Origin:
    """The origin of the server's own pages, which is what a browser would say."""
    parts = urlsplit(url)
    return Origin(f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}")


def _end_of_status(status: int) -> End:
    """A refused handshake has no close code; its HTTP status says as much."""
    if status == 401:
        return End(CLOSES["expired"].code, "not signed in")
    if status == 403:
        return End(CLOSES["forbidden"].code, "refused at the door")
    return End(LOST, f"HTTP status {status}")
