"""One running server for each file of tests and engine, a firm of its own for each test, and browsers."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from server.settings import Settings
from storage.database import Database
from tests.databases import postgres_copy, sqlite_copy
from tests.http.house import Browser, House, built_house
from tests.nodes import Node, running_node

OpenBrowser: TypeAlias = Callable[[], Browser]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A server behind a proxy, which says where each request comes from."""
    directory: Path = tmp_path_factory.mktemp("node")
    with ExitStack() as running:
        if request.param == "sqlite":
            url = sqlite_copy(request.getfixturevalue("migrated_sqlite"), directory)
        else:
            url = running.enter_context(postgres_copy(request.getfixturevalue("migrated_postgres")))
        settings = Settings(
            data_dir=directory / "var",
            database_url=url,
            master_keys={1: secrets.token_bytes(32)},
            trusted_proxies=("127.0.0.1",),
        )
        yield running.enter_context(running_node(settings))


@pytest.fixture
async def house(node: Node) -> AsyncIterator[House]:
    """A firm with a portal."""
    async with (
        Database.open(node.settings.database_url, node.settings.master_keys) as database,
        built_house(node, database) as house,
    ):
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Browser]:
    """A browser on the firm's own pages in which nobody is signed in."""
    async with house.browser() as browser:
        yield browser


@pytest.fixture
async def ana(house: House) -> Browser:
    """The admin's browser."""
    return house.ana


@pytest.fixture
async def carla(house: House) -> AsyncIterator[Browser]:
    """The client's browser."""
    async with house.clients_browser() as browser:
        yield await house.sign_client_in(browser)


@pytest.fixture
async def open_browser(house: House) -> AsyncIterator[OpenBrowser]:
    """Opens as many browsers on the pages of the firm's clients as the test asks for."""
    async with AsyncExitStack() as browsers:

        def open_one() -> Browser:
            browser = house.clients_browser()
            browsers.push_async_callback(browser.aclose)
            return browser

        yield open_one
