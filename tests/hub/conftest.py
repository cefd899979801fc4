"""The house that every test of the hub lives in, and one node beside it; each test runs over both wires."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from server.hub.doorbell import LocalDoorbell
from tests.hub.house import WIRE, House, HubNode, open_house, running_hub


@pytest.fixture(autouse=True, params=["own", "asgi"])
def wire(request: pytest.FixtureRequest) -> Iterator[str]:
    """What the nodes of a test hold their sockets by."""
    before = WIRE.set(request.param)
    yield request.param
    WIRE.reset(before)


@pytest_asyncio.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    """A firm on SQLite, in the process of its one node."""
    async with open_house(sqlite_url, LocalDoorbell()) as opened:
        yield opened


@pytest_asyncio.fixture
async def node(house: House) -> AsyncIterator[HubNode]:
    """The one node of the house."""
    async with running_hub(house.url, house.bell) as running:
        yield running
