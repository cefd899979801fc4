"""Connections that never come to the point."""

from __future__ import annotations

import asyncio

import httpx

from server.http.deadline import HEADERS_TIMEOUT_S
from tests.nodes import Node

PATIENCE_S = 4 * HEADERS_TIMEOUT_S
HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


async def test_slow_and_silent_peers_are_dropped_while_others_are_served(node: Node) -> None:
    host, _, port = node.url.removeprefix("http://").partition(":")
    dropped: list[bytes] = []

    async def stall(first: bytes, drip: bytes) -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(first)
        try:
            while not reader.at_eof():
                writer.write(drip)
                async with asyncio.timeout(PATIENCE_S):
                    if not await _gone_within(reader, 0.2):
                        continue
        except ConnectionError:
            pass
        finally:
            writer.close()
        dropped.append(first + drip)

    async with httpx.AsyncClient() as http, asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as peers:
        for first, drip in ((b"", b""), (HEAD, b""), (HEAD + b"X-Slow: ", b"a")):
            peers.create_task(stall(first, drip))
        while len(dropped) < 3:
            assert (await http.get(f"{node.url}/healthz")).status_code == 200
            await asyncio.sleep(0)
    assert len(dropped) == 3


async def _gone_within(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Whether the far side closes within a moment."""
    try:
        async with asyncio.timeout(seconds):
            return await reader.read(1) == b""
    except TimeoutError:
        return False
