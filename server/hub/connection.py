"""One socket from its first frame to its last: new, then idle or live, then closed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from protocol.codec import decode_frame
from protocol.errors import CLOSES, Close, ProtocolViolation, Refused
from protocol.frames import (
    HEARTBEAT_MS,
    HELLO_TIMEOUT_MS,
    SILENCE_TIMEOUT_MS,
    CommandFrame,
    Hello,
    Inbound,
    Limits,
    Outbound,
    Ping,
    PingIn,
    Pong,
    PongIn,
    Reset,
    Resume,
    SignalIn,
    Welcome,
)
from server.access import Sight
from server.clock import Clock
from server.dispatch import Dispatch
from server.hub.audience import Follower
from server.hub.commands import Commands
from server.hub.crowd import Crowd
from server.hub.delivery import Spawn
from server.hub.feed import Feed
from server.hub.feeds import Feeds
from server.hub.greeting import Greet, Greeting
from server.hub.pace import TokenBucket
from server.hub.signals import Mouth, Signals
from server.hub.wire import Wire
from storage.errors import StoreAway
from storage.keys import new_id

GREET_TIMEOUT_S = 10.0
FRAMES_PER_SECOND = 100
FRAMES_BURST = 300
SNAPSHOT = "/api/inbox.get"

log: structlog.stdlib.BoundLogger = structlog.get_logger("hub")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every connection of a node shares."""

    dispatch: Dispatch
    feeds: Feeds
    signals: Signals
    crowd: Crowd
    clock: Clock
    elapsed: Clock
    run_command: Spawn
    spawn: Spawn


@dataclass(frozen=True, slots=True)
class Session:
    """What a connection has once it said hello."""

    greeting: Greeting
    feed: Feed
    follower: Follower
    commands: Commands


class Connection:
    """Takes frames in order, answers them, and ends for one reason only, the first.

    It is its transport's listener, and no task of its own waits for anything: one that has to ask the store
    holds its socket back until the answer is there.
    """

    __slots__ = (
        "_around",
        "_bucket",
        "_forget",
        "_frames_heard",
        "_greet",
        "_heard_at",
        "_left",
        "_mouth",
        "_network",
        "_opened_at",
        "_over",
        "_pinged_at",
        "_pings",
        "_session",
        "_wire",
        "closed",
        "id",
    )

    def __init__(
        self,
        wire: Wire,
        network: str,
        greet: Greet,
        around: Surroundings,
        forget: Callable[[Connection], None],
    ) -> None:
        self.id = str(new_id())
        self.closed: Close | None = None
        self._wire = wire
        self._network = network
        self._greet: Greet | None = greet
        self._around = around
        self._forget = forget
        self._session: Session | None = None
        self._opened_at = self._heard_at = self._pinged_at = around.elapsed()
        self._pings = 0
        self._frames_heard = 0
        self._bucket = TokenBucket(FRAMES_PER_SECOND, FRAMES_BURST, self._opened_at)
        self._mouth: Mouth | None = None
        self._left = False
        self._over = False

    def counts(self) -> None:
        """Note that the peer lives; one that sends too much has to go, whatever it sends."""
        self._heard_at = self._around.elapsed()
        if self.closed is None and not self._bucket.take(self._heard_at):
            self.end("rate")

    def heard(self, data: bytes | str) -> None:
        """Take one frame, with every way in which it can go wrong."""
        if self.closed is not None:
            return
        self._frames_heard += 1
        try:
            self._take(self._decoded(data))
        except Exception as error:  # noqa: BLE001 - it is logged where it is a fault of ours
            self._fail(error)

    def drained(self) -> None:
        """The kernel has taken all that was written."""
        self._wire.drained()

    def going(self) -> None:
        """The peer has closed, or does not speak WebSocket."""
        self.leave()
        self._wire.stop()

    def gone(self) -> None:
        """The socket is no more."""
        if self._over:
            return
        self._over = True
        self.going()
        self._log_closed()
        self._forget(self)

    def stopping(self) -> None:
        """The server shuts down."""
        self.end("draining")

    def end(self, name: str, reason: str = "") -> None:
        """Say goodbye with the close code of this name."""
        if self.closed is not None:
            return
        self.closed = CLOSES[name]
        self.leave()
        if self._session is not None and self.closed.code >= 4100:
            self._session.commands.drop()
        self._wire.close(self.closed, reason or self.closed.meaning)

    def leave(self) -> None:
        """Free every place that this connection holds, once."""
        if self._left:
            return
        self._left = True
        if self._session is None:
            self._around.crowd.let_go(self._network)
        else:
            self._session.feed.leave(self._session.follower)
            self._around.crowd.leave(self._session.greeting.person.id, self.id)

    def _log_closed(self) -> None:
        """One line about the whole of it, once the socket is gone."""
        session = self._session
        log.info(
            "connection.closed",
            connection=self.id,
            code=self.closed.code if self.closed else None,
            ms=self._around.elapsed() - self._opened_at,
            frames_heard=self._frames_heard,
            frames_sent=self._wire.frames_sent,
            events=session.follower.events_sent if session else 0,
            commands=session.commands.answered if session else 0,
        )

    def look_after(self, now: int) -> None:
        """What the clock asks for: deadlines, and a ping when it is due. From the one shared timer."""
        if self._wire.overdue(now):
            self._wire.transport.abort()
        elif self.closed is None:
            missed = self._missed_deadline(now)
            if missed is not None:
                self.end(missed)
            elif self._session is not None and now - self._pinged_at >= HEARTBEAT_MS:
                self._ping(now, self._session)

    def _missed_deadline(self, now: int) -> str | None:
        if self._session is None:
            return "no_hello" if now - self._opened_at >= HELLO_TIMEOUT_MS else None
        if self._around.clock() >= self._session.greeting.expires:
            return "expired"
        if now - self._heard_at >= SILENCE_TIMEOUT_MS:
            return "heartbeat"
        return "slow" if self._wire.stalled(now) else None

    def _decoded(self, data: bytes | str) -> Inbound:
        if isinstance(data, str) != (self._wire.encoding == "json"):
            raise ProtocolViolation("wrong_encoding")
        return decode_frame(data.encode() if isinstance(data, str) else data, self._wire.encoding)

    def _take(self, frame: Inbound) -> None:
        if self._session is not None:
            self._heed(self._session, frame)
        elif isinstance(frame, Hello) and self._greet is not None:
            greet, self._greet = self._greet, None
            self._ask_store(lambda: self._welcome(frame, greet))
        else:
            self.end("malformed", "The first frame must be hello.")

    def _heed(self, session: Session, frame: Inbound) -> None:
        match frame:
            case Resume() if not session.follower.live:
                self._ask_store(lambda: self._begin(session, frame.cursor))
            case CommandFrame():
                session.commands.ask(frame)
            case SignalIn():
                self._mouth = self._mouth or Mouth()
                if self._mouth.may_speak(frame.scope, self._heard_at):
                    self._around.signals.say(session.follower, frame)
            case PingIn():
                self._tell(Pong(n=frame.n))
            case PongIn():
                pass  # that it was heard is all that matters here
            case _:
                self.end("malformed", f"{type(frame).__name__} is not allowed at this moment.")

    def _ask_store(self, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do what has to wait; frames behind it stay in the socket until it is done."""
        self._wire.transport.hold()
        self._around.spawn(self._go_through(step))

    async def _go_through(self, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await step()
        except Exception as error:  # noqa: BLE001 - it is logged where it is a fault of ours
            self._fail(error)
        finally:
            self._wire.transport.go_on()

    def _fail(self, error: Exception) -> None:
        match error:
            case ProtocolViolation():
                self.end(error.close.name, error.detail)
            case Refused():
                self.end("session_revoked")
            case StoreAway() | TimeoutError():
                self.end("store_away")
            case _:
                reference = secrets.token_hex(4)
                log.error("connection.failed", connection=self.id, reference=reference, exc_info=error)
                self.end("internal", f"A fault on our side ({reference}).")

    async def _welcome(self, hello: Hello, greet: Greet) -> None:
        async with asyncio.timeout(GREET_TIMEOUT_S):
            greeting = await greet(hello)
            feed = await self._around.feeds.of(greeting.person)
        if self.closed is not None:
            return
        session = self._session = self._introduced(hello, greeting, feed)
        await feed.join(session.follower)
        self._tell(
            Welcome(
                connection=self.id,
                log=feed.id,
                cursor=hello.cursor or str(feed.known),
                mode="resume" if hello.cursor else "snapshot",
                heartbeat_ms=HEARTBEAT_MS,
                now=self._around.clock(),
                limits=Limits(),
                expires=greeting.expires,
            )
        )
        if hello.cursor:
            await self._begin(session, hello.cursor)

    def _introduced(self, hello: Hello, greeting: Greeting, feed: Feed) -> Session:
        """No stranger any more: counted with the other sockets of its person."""
        around, person = self._around, greeting.person
        around.crowd.let_go(self._network)
        around.crowd.admit(person.id, self.id, lambda: self.end("too_many_sockets"))
        nothing = Sight(str(person.id), person.side, 0)
        follower = Follower(self.id, person, self._wire, self.end, nothing)
        commands = Commands(
            around.dispatch,
            person,
            hello.device,
            self._tell,
            around.run_command,
            around.clock,
            around.elapsed,
        )
        log.info(
            "connection.opened",
            connection=self.id,
            firm=str(person.firm),
            side=person.side,
            encoding=self._wire.encoding,
            resuming=hello.cursor is not None,
        )
        return Session(greeting, feed, follower, commands)

    async def _begin(self, session: Session, cursor: str) -> None:
        if self.closed is not None:
            return
        reason = await session.feed.begin(session.follower, cursor)
        if reason is not None:
            self._tell(Reset(reason=reason, snapshot=SNAPSHOT))

    def _tell(self, frame: Outbound) -> None:
        """Send what is this socket's alone; one that has no room left for it reads too slowly."""
        if not self._wire.tell(frame):
            self.end("slow")

    def _ping(self, now: int, session: Session) -> None:
        self._pinged_at = now
        self._pings += 1
        session.feed.tell_where(session.follower)
        self._tell(Ping(n=self._pings))
