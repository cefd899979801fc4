"""The reference client as the tests use it, and how they wait for what it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from protocol.client import Backoff, Client, Credential, State, Stopped
from protocol.entities import Message
from tests.protocol.far_side import FarSide

DEADLINE_S = 10


def near_side(far: FarSide, **options: Any) -> Client:
    options.setdefault("credential", Credential(ticket="ticket-1"))
    return Client(far.url, fetch_snapshot=far.snapshot, backoff=Backoff(5, 40), **options)


@asynccontextmanager
async def connected(far: FarSide, **options: Any) -> AsyncIterator[Client]:
    async with asyncio.timeout(DEADLINE_S), near_side(far, **options) as client:
        await client.live()
        yield client


def numbers(state: State) -> list[int]:
    return sorted(one["number"] for one in state.all(Message))


async def holds(client: Client, *expected: int) -> None:
    """Wait until the client holds these messages."""
    await client.until(lambda state: numbers(state) == list(expected))


async def stopping(wait: Any) -> Stopped:
    """The reason with which a wait ends."""
    with pytest.raises(Stopped) as stopped:
        await wait
    return stopped.value


async def eventually(condition: Any) -> None:
    """Wait for something that the far side does."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.005)
