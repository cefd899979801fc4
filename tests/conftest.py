"""What the tests stand on: real databases, a real Valkey, and whole servers on ports of their own."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from server.settings import Settings
from tests.databases import migrate_template, migrated_sqlite_file, postgres_copy, sqlite_copy
from tests.nodes import Node, running_node
from tests.servers import PostgresServer, ValkeyServer, postgres_server, valkey_server

StartNode: TypeAlias = Callable[[Settings], Node]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the browser's tests last: where Playwright runs its loop, no other loop can run any more."""
    items.sort(key=_drives_a_browser)


def _drives_a_browser(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "playwright" in item.fixturenames


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """One Valkey for the whole run: channels are named after firms, and every test makes its own."""
    with valkey_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL cluster for the whole run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> PostgresServer:
    """The cluster with a migrated database to copy."""
    migrate_template(postgres)
    return postgres


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    return migrated_sqlite_file(tmp_path_factory.mktemp("migrated"))


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    return sqlite_copy(migrated_sqlite, tmp_path)


@pytest.fixture
def postgres_url(migrated_postgres: PostgresServer) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with postgres_copy(migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database: the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a server on a fresh database, with nothing around it."""
    return Settings(
        data_dir=tmp_path / "var",
        database_url=database_url,
        master_keys={1: secrets.token_bytes(32)},
    )


@pytest.fixture
def start_node() -> Iterator[StartNode]:
    """Starts as many servers as the test asks for and ends them with it."""
    with contextlib.ExitStack() as nodes:
        yield lambda settings: nodes.enter_context(running_node(settings))


@pytest.fixture
def node(settings: Settings, start_node: StartNode) -> Node:
    """One running server."""
    return start_node(settings)
