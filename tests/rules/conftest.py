"""The firm that the rules are proved on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.nodes import Node
from tests.rules.world import World, open_world


@pytest_asyncio.fixture
async def world(node: Node) -> AsyncIterator[World]:
    """A firm with people and a case behind one running server; once on each engine."""
    async with open_world(node) as opened:
        yield opened
