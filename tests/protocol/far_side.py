"""A small server that speaks the protocol over real sockets, and misbehaves where a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from protocol.codec import Encoding, decode_frame, encode
from protocol.frames import (
    SUBPROTOCOLS,
    Bye,
    CommandFrame,
    Hello,
    Inbound,
    Limits,
    Ping,
    PongIn,
    Problem,
    Reply,
    Reset,
    Resume,
    Signal,
    SignalIn,
    Welcome,
)
from protocol.types import Shape

Plain = dict[str, Any]


def uuid(number: int) -> str:
    """An id that a reader can tell from another."""
    return str(UUID(int=number))


ME, OTHER, PORTAL = uuid(1), uuid(2), uuid(3)


@dataclass
class FarSide:
    """One log, one person, and what was heard from any number of sockets."""

    heartbeat_ms: int = 25_000
    commands_in_flight: int = 32
    url: str = ""
    events: list[Plain] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)
    hellos: list[Hello] = field(default_factory=list)
    commands: list[CommandFrame] = field(default_factory=list)
    effects: dict[str, Plain] = field(default_factory=dict)
    signals: list[SignalIn] = field(default_factory=list)
    pongs: list[PongIn] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refuse: Problem | None = None
    replies_to_lose: int = 0
    snapshots_to_refuse: int = 0
    mute: bool = False
    greeting: Bye | None = None
    _sockets: set[ServerConnection] = field(default_factory=set)
    _followers: dict[ServerConnection, int] = field(default_factory=dict)

    @property
    def cursor(self) -> str:
        return f"c{len(self.events)}"

    async def append(self, *events: Plain) -> None:
        """Add events to the log and send them to whoever follows it."""
        self.events.extend(events)
        for socket in list(self._followers):
            await self._deliver(socket)

    async def send(self, frame: Shape | Plain) -> None:
        """Say something on every socket."""
        for socket in list(self._sockets):
            await _say(socket, frame)

    async def ping(self) -> None:
        await self.send(Ping(n=7))

    async def reset(self, reason: str) -> None:
        """Tell every client that its cursor cannot be followed."""
        self._followers.clear()
        await self.send({"type": "reset", "reason": reason, "snapshot": "/api/inbox.get"})

    def cut(self) -> None:
        """Let every line break without a word."""
        for socket in self._sockets:
            socket.transport.abort()

    async def close(self, code: int) -> None:
        for socket in list(self._sockets):
            await socket.close(code, "as the test wishes")

    async def snapshot(self, path: str) -> Plain:
        """What the client's own way of fetching gets."""
        self.snapshots.append(path)
        if self.snapshots_to_refuse:
            self.snapshots_to_refuse -= 1
            raise ConnectionRefusedError("no answer")
        messages = {
            event["entity"]: event["body"] for event in self.events if event["kind"] == "message.sent"
        }
        last = [max(messages.values(), key=lambda one: int(one["number"]))] if messages else []
        numbers = [one["number"] for one in messages.values() if one["author"] != ME]
        return {
            "cursor": self.cursor,
            "me": {"id": ME, "name": "Ada", "role": "member", "email": "ada@firm.example"},
            "firm": {"id": uuid(9), "name": "Firm", "slug": "firm", "time_zone": "UTC"},
            "users": [],
            "portals": [portal()],
            "participants": [],
            "messages": last,
            "threads": [],
            "texts": [],
            "unread": [{"scope": PORTAL, "read_number": 0, "numbers": numbers}],
            "drafts": [],
        }

    async def converse(self, socket: ServerConnection) -> None:
        """The life of one socket."""
        request = socket.request
        assert request is not None
        self.headers.append(dict(request.headers.raw_items()))
        self._sockets.add(socket)
        try:
            async for data in socket:
                await self._hear(socket, _decode(socket, data))
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(socket)
            self._followers.pop(socket, None)

    async def _hear(self, socket: ServerConnection, frame: Inbound) -> None:
        match frame:
            case Hello():
                await self._welcome(socket, frame)
            case Resume(cursor=cursor):
                await self._follow(socket, cursor)
            case CommandFrame():
                await self._execute(socket, frame)
            case SignalIn():
                self.signals.append(frame)
                await _say(
                    socket, Signal(kind=frame.kind, scope=frame.scope, ttl_ms=frame.ttl_ms, actor=OTHER)
                )
            case PongIn():
                self.pongs.append(frame)

    async def _welcome(self, socket: ServerConnection, hello: Hello) -> None:
        self.hellos.append(hello)
        if self.greeting:
            await _say(socket, self.greeting)
            await socket.close(self.greeting.code, self.greeting.reason)
            return
        resumes = hello.cursor is not None and hello.cursor not in self.forgotten
        await _say(
            socket,
            Welcome(
                connection=uuid(100 + len(self.hellos)),
                log=uuid(9),
                cursor=hello.cursor or self.cursor,
                mode="resume" if hello.cursor is not None else "snapshot",
                heartbeat_ms=self.heartbeat_ms,
                now=1_700_000_000_000,
                limits=Limits(commands_in_flight=self.commands_in_flight),
                expires=1_800_000_000_000,
            ),
        )
        if resumes and hello.cursor:
            await self._follow(socket, hello.cursor)
        elif hello.cursor:
            await _say(socket, Reset(reason="diverged", snapshot="/api/inbox.get"))

    async def _follow(self, socket: ServerConnection, cursor: str) -> None:
        self._followers[socket] = int(cursor[1:])
        await self._deliver(socket)

    async def _deliver(self, socket: ServerConnection) -> None:
        after = self._followers[socket]
        self._followers[socket] = len(self.events)
        if after < len(self.events) and not self.mute:
            frame = {
                "type": "events",
                "after": f"c{after}",
                "upto": self.cursor,
                "events": self.events[after:],
            }
            await _say(socket, frame)

    async def _execute(self, socket: ServerConnection, frame: CommandFrame) -> None:
        self.commands.append(frame)
        if self.mute:
            return
        if self.refuse:
            await _say(socket, Reply(id=frame.id, ok=False, error=self.refuse))
            return
        repeated = frame.key in self.effects
        result = self.effects.setdefault(frame.key, {"effect": len(self.effects) + 1})
        if self.replies_to_lose:
            self.replies_to_lose -= 1
            socket.transport.abort()
            return
        await _say(socket, Reply(id=frame.id, ok=True, result=result, repeated=repeated))


@asynccontextmanager
async def far_side(**options: Any) -> AsyncIterator[FarSide]:
    """Serve a log on a free port of this machine."""
    side = FarSide(**options)
    subprotocols = [Subprotocol(name) for name in SUBPROTOCOLS]
    async with serve(
        side.converse, "127.0.0.1", 0, subprotocols=subprotocols, compression=None, ping_interval=None
    ) as server:
        side.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"
        yield side


def portal() -> Plain:
    return {
        "id": PORTAL,
        "version": 1,
        "name": "Doe v. Roe",
        "number": "24-1",
        "area": "",
        "opened_at": 1,
    }


def message(number: int, version: int = 1, author: str = OTHER, **more: Any) -> Plain:
    return {
        "id": uuid(1_000 + number),
        "version": version,
        "portal": PORTAL,
        "number": number,
        "author": author,
        "at": number,
        "text": f"message {number}",
        **more,
    }


def event(kind: str, body: Plain | None, **more: Any) -> Plain:
    entity = body or {}
    return {
        "id": uuid(5_000),
        "kind": kind,
        "scope": PORTAL,
        "entity": entity.get("id", uuid(0)),
        "version": entity.get("version", 1),
        "actor": OTHER,
        "at": 1,
        "body": body,
        **more,
    }


def sent(number: int, **more: Any) -> Plain:
    return event("message.sent", message(number, **more))


def _decode(socket: ServerConnection, data: str | bytes) -> Inbound:
    encoding = _encoding(socket)
    assert isinstance(data, str) == (encoding == "json"), "text and binary belong to different subprotocols"
    return decode_frame(data.encode() if isinstance(data, str) else data, encoding)


async def _say(socket: ServerConnection, frame: Shape | Plain) -> None:
    encoding = _encoding(socket)
    data = encode(frame, encoding)
    try:
        await socket.send(data, text=encoding == "json")
    except ConnectionClosed:
        await asyncio.sleep(0)


def _encoding(socket: ServerConnection) -> Encoding:
    return "json" if socket.subprotocol == "causeway.v1.json" else "msgpack"
