"""Fresh, migrated databases for the tests, each a copy of one that was migrated once."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from storage.migrate import migrate
from tests.servers import PostgresServer

Result = TypeVar("Result")

TEMPLATE = "migrated"


def migrated_sqlite_file(directory: Path) -> Path:
    """A SQLite file to copy from."""
    path = directory / "migrated.sqlite3"
    run_apart(migrate(f"sqlite://{path}"))
    return path


def sqlite_copy(migrated: Path, directory: Path) -> str:
    """The address of a fresh database in the directory."""
    path = directory / "causeway.sqlite3"
    shutil.copyfile(migrated, path)
    return f"sqlite://{path}"


def migrate_template(server: PostgresServer) -> None:
    """Makes the PostgreSQL database to copy from."""
    run_apart(_on_server(server, f"CREATE DATABASE {TEMPLATE}"))
    run_apart(migrate(server.url(TEMPLATE)))


@contextlib.contextmanager
def postgres_copy(server: PostgresServer) -> Iterator[str]:
    """The address of a fresh database, which goes when its test ends, with whatever still holds it."""
    name = f"test_{uuid.uuid4().hex}"
    # Copying files takes 20 ms where writing the copy to the log, the default, takes 300.
    run_apart(_on_server(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"))
    try:
        yield server.url(name)
    finally:
        run_apart(_on_server(server, f"DROP DATABASE {name} WITH (FORCE)"))


def run_apart(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Runs it to its end in a thread with a loop of its own, whatever loop may run in this one."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(asyncio.run, coroutine).result()


async def _on_server(server: PostgresServer, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"), timeout=10)
    try:
        await connection.execute(statement, timeout=60)
    finally:
        await connection.close()
