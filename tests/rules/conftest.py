"""One running server for each file of tests and engine, and in it a firm of its own for each test."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from server.settings import Settings
from tests.databases import postgres_copy, sqlite_copy
from tests.nodes import Node, running_node
from tests.rules.world import World, open_world


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One running server, once on each engine."""
    directory: Path = tmp_path_factory.mktemp("node")
    with ExitStack() as running:
        if request.param == "sqlite":
            url = sqlite_copy(request.getfixturevalue("migrated_sqlite"), directory)
        else:
            url = running.enter_context(postgres_copy(request.getfixturevalue("migrated_postgres")))
        keys = {1: secrets.token_bytes(32)}
        settings = Settings(data_dir=directory / "var", database_url=url, master_keys=keys)
        yield running.enter_context(running_node(settings))


@pytest_asyncio.fixture
async def world(node: Node) -> AsyncIterator[World]:
    """A firm with people and a case."""
    async with open_world(node) as opened:
        yield opened
