"""A socket read byte by byte: what a line brings, whatever a well-behaved client would make of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from protocol.codec import Encoding
from tests.rules.world import PATIENCE_S, Actor

Frame = dict[str, Any]
T = TypeVar("T")


@dataclass
class Wire:
    """One socket of one person, with every byte that it brought and every event that stood in them."""

    socket: ClientConnection
    encoding: Encoding
    device: str
    raw: list[bytes] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    events: list[Frame] = field(default_factory=list)
    close_code: int | None = None
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    _pings: int = 0

    @property
    def everything(self) -> bytes:
        """All bytes so far."""
        return b"\n".join(self.raw)

    async def send(self, frame: Frame) -> None:
        """Say something."""
        await self.socket.send(json.dumps(frame) if self.encoding == "json" else msgpack.packb(frame))

    async def command(self, number: int, name: str, *, key: str | None = None, **args: Any) -> Frame:
        """One command under a number of the test's choosing; the reply."""
        seen = len(self.frames)
        asked = {"id": number, "key": key or secrets.token_urlsafe(16), "name": name, "args": args}
        await self.send({"type": "command", **asked})
        return await self.until(
            lambda: next((each for each in self.frames[seen:] if each.get("id") == number), None),
            f"the reply to {name}",
        )

    async def settle(self) -> None:
        """Wait until the server has heard all that was said here."""
        self._pings += 1
        wanted = {"type": "pong", "n": self._pings}
        await self.send({"type": "ping", "n": self._pings})
        await self.until(lambda: wanted in self.frames or None, "the pong")

    async def hears(self, kind: str, **fields: Any) -> Frame:
        """Wait for an event."""

        def found() -> Frame | None:
            wanted = {"kind": kind, **fields}
            return next((event for event in self.events if wanted.items() <= event.items()), None)

        return await self.until(found, kind)

    async def closed(self) -> int:
        """Wait for the end; its close code."""
        return await self.until(lambda: self.close_code, "the socket's end")

    async def until(self, condition: Callable[[], T | None], what: str) -> T:
        """Wait for something, and fail in words if it does not come."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := condition()) is None:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            heard = [event["kind"] for event in self.events]
            raise AssertionError(f"not within {PATIENCE_S:g} s: {what}; heard {heard}") from None
        return found

    async def listen(self) -> None:
        """Take in what comes, until the end."""
        try:
            async for data in self.socket:
                self._take(data)
        except ConnectionClosed:
            pass
        finally:
            self.close_code = self.socket.close_code
            self._heard.set()

    def _take(self, data: str | bytes) -> None:
        self.raw.append(data.encode() if isinstance(data, str) else data)
        frame: Frame = json.loads(data) if isinstance(data, str) else msgpack.unpackb(data)
        self.frames.append(frame)
        self.events.extend(frame["events"] if frame["type"] == "events" else ())
        self._heard.set()


@contextlib.asynccontextmanager
async def open_wire(
    who: Actor, *, encoding: Encoding = "json", cursor: str | None = None, device: str | None = None
) -> AsyncIterator[Wire]:
    """A line of somebody that follows from a cursor, or from now."""
    credential = who.credential
    async with (
        connect(
            who.socket_url,
            origin=Origin(who.node.url) if credential.cookie else None,
            subprotocols=[Subprotocol(f"causeway.v1.{encoding}")],
            additional_headers=credential.headers,
            compression=None,
            proxy=None,
        ) as socket,
        asyncio.TaskGroup() as tasks,
    ):
        wire = Wire(socket, encoding, device or secrets.token_urlsafe(12))
        listening = tasks.create_task(wire.listen())
        hello = {"type": "hello", "app": "test", "device": wire.device, "csrf": credential.csrf}
        await wire.send(hello | ({} if cursor is None else {"cursor": cursor}))
        welcome = await wire.until(lambda: wire.frames[0] if wire.frames else None, "the welcome")
        if welcome["mode"] == "snapshot" and cursor is None:
            await wire.send({"type": "resume", "cursor": welcome["cursor"]})
        await wire.settle()
        yield wire
        listening.cancel()
