"""The least that a message can cost in a database: its rows, by the bare driver, without a question asked."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg

from benchmarks.node import MESSAGE_BYTES
from benchmarks.processes import Processes

SECONDS = 0.7
TIMES = 3
SYNC_BYTES = 8_192

ROWS = (
    "UPDATE portal SET last_number = CAST(:number AS int) WHERE id = :portal",
    """
    INSERT INTO message (id, firm_id, portal_id, version, number, author_id, at, body)
    VALUES (:message, :firm, :portal, 1, CAST(:number AS int), :author, 0, :body)
    """,
    "UPDATE log_head SET seq = CAST(:number AS bigint), tag = 1 WHERE id IN (:firm, :client)",
    """
    INSERT INTO log_entry (firm_id, log_id, seq, tag, event_id, kind, scope_id, entity_id, version, actor_id,
                           at, number)
    SELECT :firm, id, CAST(:number AS bigint), 1, :event, 'message.sent', :portal, :message, 1, :author, 0, 1
    FROM log_head WHERE id IN (:firm, :client)
    """,
    """
    INSERT INTO command_reply (id, firm_id, person_id, name, digest, result, at)
    VALUES (:reply, :firm, :author, 'message.send', 'digest', :body, 0)
    """,
    "UPDATE device SET last_number = CAST(:number AS bigint)",
)
NAMES = ("firm", "portal", "author", "client", "number", "message", "event", "reply", "body")
PEOPLE = """
SELECT p.firm_id, p.id, p.opened_by, s.person_id FROM portal p
JOIN participant s ON s.portal_id = p.id AND s.side = 'client'
"""
FIRST_NUMBER = 1_000_000
"""Beyond all that the server has given."""


@dataclass(frozen=True)
class Floor:
    """What one message took. The database's CPU is that of its own process, if it has one."""

    seconds: float
    driver_us: float
    database_us: float


@dataclass
class _Messages:
    """Values for one message after another, by name."""

    people: tuple[Any, ...]
    number: int = FIRST_NUMBER
    body: bytes = field(default_factory=lambda: os.urandom(MESSAGE_BYTES))

    def next(self) -> dict[str, Any]:
        self.number += 1
        ids = [str(uuid4()) for _ in range(3)]
        return dict(zip(NAMES, [*self.people, self.number, *ids, self.body], strict=True))


def of_sqlite(path: str) -> Floor:
    """A transaction of a few statements, in this thread."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    messages = _Messages(connection.execute(PEOPLE).fetchone())

    async def write() -> None:
        values = messages.next()
        connection.execute("BEGIN IMMEDIATE")
        for statement in ROWS:
            connection.execute(statement, values)
        connection.execute("COMMIT")

    try:
        return asyncio.run(_least(write, None))
    finally:
        connection.close()


def of_postgres(url: str, database: Processes) -> Floor:
    """One statement for all, over one connection."""
    return asyncio.run(_of_postgres(url, database))


async def _of_postgres(url: str, database: Processes) -> Floor:
    connection = await asyncpg.connect(url)
    parts = ", ".join(f"part_{place} AS ({_numbered(statement)})" for place, statement in enumerate(ROWS))
    statement = await connection.prepare(f"WITH {parts} SELECT 1")
    messages = _Messages(tuple((await connection.fetchrow(PEOPLE)) or ()))

    async def write() -> None:
        await statement.fetch(*messages.next().values())

    try:
        return await _least(write, database)
    finally:
        await connection.close()


def _numbered(statement: str) -> str:
    """Named placeholders as PostgreSQL's."""
    return re.sub(r":(\w+)", lambda found: f"${NAMES.index(found[1]) + 1}", statement)


async def _least(write: Callable[[], Awaitable[None]], database: Processes | None) -> Floor:
    """The least in each figure of several runs."""
    runs = [await _measured(write, database) for _ in range(TIMES)]
    return Floor(
        min(run.seconds for run in runs),
        min(run.driver_us for run in runs),
        min(run.database_us for run in runs),
    )


async def _measured(write: Callable[[], Awaitable[None]], database: Processes | None) -> Floor:
    cpu_us = database.cpu_us if database else lambda: 0.0
    count, began, cpu, other = 0, time.monotonic(), time.thread_time(), cpu_us()
    while time.monotonic() - began < SECONDS:
        await write()
        count += 1
    return Floor(
        (time.monotonic() - began) / count,
        (time.thread_time() - cpu) * 1e6 / count,
        (cpu_us() - other) / count,
    )


def syncs_a_second() -> float:
    """How many writes the disk makes durable, one after another."""
    with tempfile.TemporaryFile() as file:
        content = os.urandom(SYNC_BYTES)
        count, end = 0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            os.pwrite(file.fileno(), content, count % 1_024 * SYNC_BYTES)
            os.fdatasync(file.fileno())
            count += 1
    return count / SECONDS
