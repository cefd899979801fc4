"""Migrations: they make what the models say, on both engines, and keep what a database holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from storage.backends.scope import models_of
from storage.database import Client, Database, configuration, connected
from storage.errors import IntegrityError
from storage.keys import new_id
from storage.migrate import DRAWING_BOARD, migrate
from storage.models import LogEntry, Participant
from tests.servers import PostgresServer
from tests.storage.conftest import MASTERS

STEPS = sorted(path.stem for path in Path("storage/migrations").glob("[0-9]*.py"))
BY_HAND = {"participant_open"}
"""Indexes that the models cannot state."""

Rows = list[dict[str, Any]]


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/empty.sqlite3"


@pytest.fixture
async def empty_postgres_url(postgres: PostgresServer) -> AsyncIterator[str]:
    name = f"empty_{new_id().hex}"
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute(f"CREATE DATABASE {name}")
    yield postgres.url(name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


async def test_the_steps_lead_to_the_models() -> None:
    """A change of a model without a migration fails here; `storage.migrate` says how to write it."""
    async with _open(DRAWING_BOARD) as (context, _):
        assert context.apps is not None
        missing = await MigrationAutodetector(context.apps, DRAWING_BOARD["apps"]).changes()
    assert [operation for writer in missing for operation in writer.operations] == []


async def test_an_empty_database_gets_the_tables_that_the_models_would_make(
    empty_url: str, tmp_path: Path
) -> None:
    assert await migrate(empty_url) == STEPS
    migrated = await _schema(empty_url)
    async with _cleared(empty_url) as url, _open(configuration(url)) as (context, _):
        await context.generate_schemas(safe=False)
        made = await _schema(url)
    assert set(migrated) - set(made) == {"tortoise_migrations"}
    assert {table: migrated[table] for table in made} == made


async def test_a_populated_database_keeps_what_it_holds(empty_url: str) -> None:
    await migrate(empty_url, upto=STEPS[0])
    for step in STEPS[1:]:
        async with _open(configuration(empty_url)) as (_, client):
            await _populate(client)
            before = await _contents(client)
        assert await migrate(empty_url, upto=step) == [step]
        async with _open(configuration(empty_url)) as (_, client):
            after = await _contents(client)
        for table, rows in before.items():
            if table != "tortoise_migrations":
                assert _common(rows, after[table]) == rows, table


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert await migrate(database_url) == []


async def test_nodes_that_start_together_migrate_once(empty_postgres_url: str) -> None:
    async with asyncio.TaskGroup() as group:
        nodes = [group.create_task(migrate(empty_postgres_url)) for _ in range(3)]
    assert sorted(len(node.result()) for node in nodes) == [0, 0, len(STEPS)]


async def test_a_step_that_fails_leaves_nothing_half_done(empty_url: str) -> None:
    async with _open(configuration(empty_url)) as (_, client):
        await client.execute_script("CREATE TABLE participant (id INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        await migrate(empty_url)
    assert set(await _schema(empty_url)) == {"participant"}


async def test_a_person_takes_part_at_most_once_at_a_time(database: Database) -> None:
    portal_id, person_id = new_id(), new_id()

    async def join(left_at: int | None) -> None:
        async with database.transaction():
            await Participant.create(
                firm_id=portal_id,
                portal_id=portal_id,
                person_id=person_id,
                side="firm",
                joined_at=1,
                left_at=left_at,
            )

    await join(left_at=2)
    await join(left_at=3)
    await join(left_at=None)
    with pytest.raises(IntegrityError):
        await join(left_at=None)


async def test_a_number_of_a_log_is_given_once(database: Database) -> None:
    """I3."""
    log_id = new_id()

    async def append() -> None:
        async with database.transaction():
            await LogEntry.create(
                firm_id=log_id,
                log_id=log_id,
                event_id=new_id(),
                scope_id=log_id,
                entity_id=log_id,
                actor_id=log_id,
                seq=1,
                tag=1,
                kind="message.sent",
                version=1,
                at=1,
            )

    await append()
    with pytest.raises(IntegrityError):
        await append()


async def test_an_installation_is_migrated_from_the_command_line(empty_url: str) -> None:
    for said in (b"applied 0001_initial", b"up to date"):
        process = await asyncio.create_subprocess_exec(
            ".venv/bin/python", "-m", "storage", "migrate", empty_url, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        assert process.returncode == 0
        assert said in output
    async with Database.open(empty_url, MASTERS):
        pass


@asynccontextmanager
async def _open(config: dict[str, Any]) -> AsyncIterator[tuple[TortoiseContext, Client]]:
    """A database at any step; `Database.open` wants the last one."""
    async with connected(config) as (context, client):
        with models_of(context):
            yield context, client


@asynccontextmanager
async def _cleared(url: str) -> AsyncIterator[str]:
    """The same place, empty again."""
    if url.startswith("sqlite:"):
        yield url + ".made"
        return
    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    yield url


async def _schema(url: str) -> dict[str, dict[str, Any]]:
    """Each table's columns, and its indexes as unique or not over which columns."""
    async with _open(configuration(url)) as (_, client):
        return {
            table: {"columns": await _columns(client, table), "indexes": await _indexes(client, table)}
            for table in await _tables(client)
        }


async def _tables(client: Client) -> list[str]:
    rows = await client.fetch(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if _is_sqlite(client)
        else "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
        [],
    )
    return [row["name"] for row in rows]


async def _columns(client: Client, table: str) -> set[tuple[str, str, bool]]:
    """Name, type, and whether it may be null."""
    if _is_sqlite(client):
        rows = await client.fetch(f'PRAGMA table_info("{table}")', [])
        return {(row["name"], row["type"], not row["notnull"]) for row in rows}
    rows = await client.fetch(
        "SELECT column_name::text AS name, data_type::text AS type, is_nullable = 'YES' AS optional,"
        " is_identity::text AS identity, character_maximum_length AS length"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
        [table],
    )
    return {(row["name"], f"{row['type']}({row['length']})", row["optional"]) for row in rows}


async def _indexes(client: Client, table: str) -> set[tuple[bool, tuple[str, ...]]]:
    if _is_sqlite(client):
        return {
            (
                bool(index["unique"]),
                tuple([c["name"] for c in await client.fetch(f'PRAGMA index_info("{name}")', [])]),
            )
            for index in await client.fetch(f'PRAGMA index_list("{table}")', [])
            if (name := index["name"]) not in BY_HAND
        }
    rows = await client.fetch(
        "SELECT index.relname::text AS name, indisunique AS is_unique,"
        " array_agg(attname::text ORDER BY array_position(indkey::int[], attnum::int)) AS columns"
        " FROM pg_index JOIN pg_class index ON index.oid = indexrelid"
        " JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)"
        " WHERE indrelid = to_regclass('public.' || quote_ident($1)) GROUP BY 1, 2",
        [table],
    )
    return {(row["is_unique"], tuple(row["columns"])) for row in rows if row["name"] not in BY_HAND}


async def _populate(client: Client) -> None:
    """Put three rows into every table, as it is at this step: the models may be ahead of it."""
    async with client.in_transaction() as transaction:
        for table in set(await _tables(client)) - {"tortoise_migrations"}:
            columns = sorted(await _columns(client, table))
            generated = {"id"} if table == "log_entry" else set()
            given = [(name, type) for name, type, _ in columns if name not in generated]
            names = ", ".join(f'"{name}"' for name, _ in given)
            marks = ", ".join(f"${place}" for place, _ in enumerate(given, 1))
            for number in range(3):
                values = [_some_value(type, number) for _, type in given]
                await transaction.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)


def _some_value(type: str, number: int) -> Any:
    kind = type.lower()
    if kind.startswith(("uuid", "char(36)")):
        return new_id()
    if kind.startswith(("bytea", "blob")):
        return bytes([number])
    if kind.startswith("bool"):
        return number == 1
    return number if "int" in kind else f"{number}-{new_id().hex[-8:]}"  # the end of a uuid7 is random


async def _contents(client: Client) -> Mapping[str, Rows]:
    return {
        table: await client.fetch(f'SELECT * FROM "{table}" ORDER BY 1', [])
        for table in await _tables(client)
    }


def _common(before: Rows, after: Rows) -> Rows:
    """The later rows without the columns that came since."""
    return [{name: row[name] for name in old if name in row} for old, row in zip(before, after, strict=True)]


def _is_sqlite(client: Client) -> bool:
    return client.capabilities.dialect == "sqlite"
