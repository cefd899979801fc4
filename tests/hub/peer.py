"""A client that speaks the protocol to the letter, and holds the server to it while it listens."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from server.access import Person
from tests.hub.house import HubNode

PATIENCE_S = 8.0
Frame = dict[str, Any]


class Peer:
    """One socket. It takes events as they come; each frame must begin where the last one ended (I5)."""

    def __init__(self, websocket: ClientConnection, encoding: str, token: str) -> None:
        self.websocket = websocket
        self.encoding = encoding
        self.cursor: str | None = None
        self.events: list[Frame] = []
        self.batches: list[Frame] = []
        self.others: list[Frame] = []
        self.raw: list[bytes] = []
        self.device = secrets.token_hex(8)
        self._token = token
        self._number = 0

    async def hello(self, cursor: str | None = None, **more: Any) -> Frame:
        """Say hello; the welcome."""
        frame = {"type": "hello", "app": "test", "device": self.device, "token": self._token, **more}
        await self.send(frame | ({"cursor": cursor} if cursor else {}))
        self.cursor = cursor
        return await self.frame("welcome")

    async def live(self) -> str:
        """Say hello and follow from the end of the log; gives where that is."""
        welcome = await self.hello()
        await self.resume(welcome["cursor"])
        cursor: str = welcome["cursor"]
        return cursor

    async def resume(self, cursor: str) -> None:
        """Follow from a cursor, and know that the server has understood."""
        self.cursor = cursor
        await self.send({"type": "resume", "cursor": cursor})
        await self.settle()

    async def settle(self) -> None:
        """Wait until everything sent so far has been handled."""
        self._number += 1
        await self.send({"type": "ping", "n": self._number})
        await self.frame("pong")

    async def command(self, name: str, /, key: str | None = None, **args: Any) -> Frame:
        """Ask for something; the reply."""
        number = await self.ask(name, key, **args)
        return await self.frame("reply", lambda frame: frame["id"] == number)

    async def ask(self, name: str, key: str | None = None, /, **args: Any) -> int:
        """Send a command without waiting; its number."""
        self._number += 1
        key = key or secrets.token_hex(8)
        await self.send({"type": "command", "id": self._number, "key": key, "name": name, "args": args})
        return self._number

    async def send(self, frame: Frame) -> None:
        """Send one frame."""
        await self.websocket.send(msgpack.packb(frame) if self.encoding == "msgpack" else json.dumps(frame))

    async def frame(self, kind: str, matching: Callable[[Frame], bool] = lambda _: True) -> Frame:
        """The next frame of this kind, now or soon; events are taken meanwhile."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for frame in self.others:
                    if frame["type"] == kind and matching(frame):
                        self.others.remove(frame)
                        return frame
                await self.listen()

    async def until(self, enough: Callable[[list[Frame]], bool]) -> list[Frame]:
        """Listen until the events taken so far are enough."""
        async with asyncio.timeout(PATIENCE_S):
            while not enough(self.events):
                await self.listen()
        return self.events

    async def hears(self, text: str) -> Frame:
        """Listen until a message with this text has come."""
        await self.until(lambda events: any(said(event) == text for event in events))
        return next(event for event in self.events if said(event) == text)

    async def told(self, kind: str) -> Frame:
        """Listen until the last event is of this kind."""
        return (await self.until(lambda events: bool(events) and events[-1]["kind"] == kind))[-1]

    async def closed(self) -> int:
        """Listen until the server has closed; the code."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    await self.listen()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006

    async def listen(self) -> None:
        """Take one frame."""
        data = await self.websocket.recv()
        raw = data.encode() if isinstance(data, str) else data
        self.raw.append(raw)
        frame: Frame = json.loads(raw) if self.encoding == "json" else msgpack.unpackb(raw)
        if frame["type"] == "events":
            self._take(frame)
        else:
            self.others.append(frame)

    def _take(self, frame: Frame) -> None:
        assert frame["after"] == self.cursor, "I5: a frame begins where the last one ended"
        assert len(frame["events"]) <= 256
        self.cursor = frame["upto"]
        self.batches.append(frame)
        self.events.extend(frame["events"])

    @property
    def texts(self) -> list[str]:
        """What was said, in the order in which it came."""
        return [text for event in self.events if (text := said(event)) is not None]


def said(event: Frame) -> str | None:
    """The text of a message's event."""
    text: str | None = (event.get("body") or {}).get("text") if event["kind"] == "message.sent" else None
    return text


@asynccontextmanager
async def peer_at(
    node: HubNode, person: Person, encoding: str = "msgpack", **options: Any
) -> AsyncIterator[Peer]:
    """Open a socket for somebody who is signed in."""
    async with connect(
        f"ws://127.0.0.1:{node.port}/ws",
        subprotocols=[Subprotocol(f"causeway.v1.{encoding}")],
        compression=None,
        ping_interval=None,
        proxy=None,
        **options,
    ) as websocket:
        yield Peer(websocket, encoding, node.token(person))


@asynccontextmanager
async def stop_reading(node: HubNode, person: Person, encoding: str = "msgpack") -> AsyncIterator[Peer]:
    """Open a socket that holds next to nothing unread: the server is stuck while the test does not listen."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.connect(("127.0.0.1", node.port))
    async with peer_at(node, person, encoding, sock=narrow, max_queue=1, close_timeout=0.1) as peer:
        yield peer
