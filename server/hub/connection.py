"""One socket from its first frame to its last: new, then idle or live, then closed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.websockets import WebSocket

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


@dataclass(frozen=True, slots=True)
class Session:
    """What a connection has once it said hello."""

    greeting: Greeting
    feed: Feed
    follower: Follower
    commands: Commands


class Connection:
    """Reads frames in order, answers them, and ends for one reason only, the first."""

    def __init__(self, websocket: WebSocket, wire: Wire, network: str, around: Surroundings) -> None:
        self.id = str(new_id())
        self.closed: Close | None = None
        self._websocket = websocket
        self._wire = wire
        self._network = network
        self._around = around
        self._session: Session | None = None
        self._opened_at = self._heard_at = self._pinged_at = around.elapsed()
        self._pings = 0
        self._frames_heard = 0
        self._bucket = TokenBucket(FRAMES_PER_SECOND, FRAMES_BURST, self._opened_at)
        self._mouth = Mouth()
        self._left = False

    async def read(self, greet: Greet) -> None:
        """Live until the peer or this side has closed."""
        while (message := await self._websocket.receive())["type"] == "websocket.receive":
            if self.closed is None:
                await self._take(message, greet)

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

    def log_closed(self) -> None:
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
            self._wire.abort()
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

    async def _take(self, message: Mapping[str, Any], greet: Greet) -> None:
        """One frame, with every way in which it can go wrong."""
        self._heard_at = self._around.elapsed()
        self._frames_heard += 1
        try:
            frame = decode_frame(self._data_of(message), self._wire.encoding)
            if self._session is not None:
                await self._heed(self._session, frame)
            elif isinstance(frame, Hello):
                await self._welcome(frame, greet)
            else:
                self.end("malformed", "The first frame must be hello.")
        except ProtocolViolation as violation:
            self.end(violation.close.name, violation.detail)
        except Refused:
            self.end("session_revoked")
        except (StoreAway, TimeoutError):
            self.end("store_away")
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("connection.failed", connection=self.id, reference=reference)
            self.end("internal", f"A fault on our side ({reference}).")

    def _data_of(self, message: Mapping[str, Any]) -> bytes:
        if not self._bucket.take(self._heard_at):
            raise ProtocolViolation("rate")
        text: str | None = message.get("text")
        if (text is not None) != (self._wire.encoding == "json"):
            raise ProtocolViolation("wrong_encoding")
        data: bytes = message["bytes"] if text is None else text.encode()
        return data

    async def _heed(self, session: Session, frame: Inbound) -> None:
        match frame:
            case Resume() if not session.follower.live:
                await self._begin(session, frame.cursor)
            case CommandFrame():
                session.commands.ask(frame)
            case SignalIn():
                if self._mouth.may_speak(frame.scope, self._heard_at):
                    self._around.signals.say(session.follower, frame)
            case PingIn():
                self._tell(Pong(n=frame.n))
            case PongIn():
                pass  # that it was heard is all that matters here
            case _:
                self.end("malformed", f"{type(frame).__name__} is not allowed at this moment.")

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
