"""An HTTP server whose answers a test writes byte by byte, to fail in ways that no framework can."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FarSide:
    """Answers requests with ``answers`` in turn, the last one for ever, and remembers what was asked."""

    answers: list[Answer]
    url: str = ""
    requests: list[Request] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read_request(reader)
            self.requests.append(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            await answer(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def far_side(*answers: Answer) -> AsyncIterator[FarSide]:
    far = FarSide(list(answers))
    server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    far.url = f"http://{host}:{port}"
    async with server:
        yield far


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.rstrip().split("\r\n")
    method, path, _ = line.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return Request(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def answering(status: int, body: Any = None, **headers: str) -> Answer:
    """Answer with a status and a JSON body."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Any\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n{extra}\r\n"
        writer.write(head.encode() + raw)

    return answer


async def hanging_up(request: Request, writer: asyncio.StreamWriter) -> None:
    """Read the whole request, then close without a word."""


async def hanging_up_in_the_middle(request: Request, writer: asyncio.StreamWriter) -> None:
    """Begin an answer and break off."""
    writer.write(b'HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\n{"id": "1')


async def staying_silent(request: Request, writer: asyncio.StreamWriter) -> None:
    """Never answer, and keep the connection open until the other side is tired of it."""
    while not writer.transport.is_closing():
        writer.write(b"")
        await asyncio.sleep(0.01)


async def never_ending(request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer 202 with a body that does not end."""
    writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000000000\r\n\r\n")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()
