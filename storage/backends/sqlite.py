"""SQLite for one process: one connection that writes and a few that only read, each with a thread.

Tortoise's own client deadlocks for good when a task is cancelled inside its transaction, begins
transactions that cannot be sure of the write lock, and lets a finished transaction be used again.

Two facts carry this module. A connection's thread runs what is queued in order and to its end, whoever
stops waiting; so a rollback queued after a cancelled statement undoes that statement, and a lock may be
freed as soon as the end of its transaction is queued. And in WAL mode readers on connections of their
own neither wait for the writer nor make it wait.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache, partial
from itertools import cycle
from typing import Any, TypeVar
from uuid import UUID

import aiosqlite
from tortoise.backends.base.client import ConnectionWrapper, NestedTransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper

from storage.backends.scope import current, refuse_if_finished

T = TypeVar("T")
Step = Callable[[sqlite3.Connection], T]

READERS = 3
BUSY_TIMEOUT_MS = 5_000
"""How long BEGIN waits for another process (the command line beside a running server)."""

PRAGMAS = {
    "busy_timeout": BUSY_TIMEOUT_MS,
    "journal_mode": "WAL",
    "synchronous": "FULL",  # an acknowledged command survives a power cut, not only a crash
    "foreign_keys": "ON",
    "journal_size_limit": 64 * 1024 * 1024,
    "temp_store": "MEMORY",
}

sqlite3.register_adapter(UUID, str)


class Connection(SqliteClient):
    """One connection. Its UPPER, by which searches compare, knows every alphabet: SQLite's own only ASCII."""

    async def _post_connect(self) -> None:
        await super()._post_connect()
        await _start_in_thread(self._connection, _learn_letters)


class Client(Connection):
    """The connection that writes, and the readers beside it."""

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **(PRAGMAS | options))
        self._readers = [Reader(file_path, **options) for _ in range(READERS)]
        self._next_reader = cycle(self._readers)

    async def create_connection(self, with_db: bool) -> None:
        # The writer first: it makes the file and switches it to WAL.
        await super().create_connection(with_db)
        for reader in self._readers:
            await reader.create_connection(with_db)

    async def close(self) -> None:
        for reader in self._readers:
            await reader.close()
        async with self._lock:
            await super().close()

    def in_transaction(self) -> AbstractAsyncContextManager[TransactionClient]:
        """A context that commits at its end, or undoes everything when something is raised in it."""
        return _transaction(self, "BEGIN IMMEDIATE")

    _in_transaction = in_transaction  # type: ignore[assignment]
    """What Tortoise calls, in `get_or_create` and `bulk_create` for instance."""

    def in_snapshot(self) -> AbstractAsyncContextManager[TransactionClient]:
        """A context in which all reads see one moment of the database."""
        return _transaction(self._idle_reader(), "BEGIN")

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        """Read outside any transaction, without waiting for the writer."""
        return await self._idle_reader().fetch(sql, args)

    async def run_in_thread(self, step: Step[T]) -> T:
        """Run `step` as a whole transaction in one hop to the writer's thread.

        A caller that is cancelled does not learn the outcome; the transaction still ends, whole.
        """
        async with self._lock:
            return await _start_in_thread(self._connection, partial(_as_transaction, step))

    def _idle_reader(self) -> Reader:
        idle = (reader for reader in self._readers if not reader.busy)
        return next(idle, None) or next(self._next_reader)


class Reader(Connection):
    """A connection that cannot write."""

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **(PRAGMAS | options | {"query_only": "ON"}))

    @property
    def busy(self) -> bool:
        """Whether a snapshot or a statement holds this connection."""
        return self._lock.locked()

    async def close(self) -> None:
        async with self._lock:
            await super().close()

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        async with self._lock:
            return await _start_in_thread(self._connection, partial(_select, sql, args))


class TransactionClient(SqliteTransactionWrapper):
    """What models and statements use inside a transaction or snapshot, and only there."""

    def acquire_connection(self) -> ConnectionWrapper[aiosqlite.Connection]:
        refuse_if_finished(self)
        return super().acquire_connection()

    def in_transaction(self) -> NestedTransactionContext:
        """A savepoint."""
        refuse_if_finished(self)
        return NestedTransactionContext(TransactionClient(self))

    _in_transaction = in_transaction

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        return await self.run_in_thread(partial(_select, sql, args))

    async def execute(self, sql: str, args: Sequence[Any]) -> int:
        return await self.run_in_thread(partial(_change, sql, args))

    async def execute_script(self, query: str) -> None:
        await self.run_in_thread(partial(_run_script, query))

    async def run_in_thread(self, step: Step[T]) -> T:
        """Run `step` inside this transaction, in one hop to the connection's thread."""
        async with self.acquire_connection() as connection:
            return await _start_in_thread(connection, step)


@asynccontextmanager
async def _transaction(client: Client | Reader, begin: str) -> AsyncIterator[TransactionClient]:
    """Hold the connection's lock from BEGIN to COMMIT or ROLLBACK."""
    inside = TransactionClient(client)
    async with client._lock:
        try:
            await _start_in_thread(client._connection, partial(_run, begin))
            with current(inside):
                yield inside
        except BaseException:
            # Cancelled, a statement or BEGIN itself may be yet to run: this is queued behind it.
            await _start_in_thread(client._connection, _roll_back)
            raise
        await _start_in_thread(client._connection, _commit)


def _start_in_thread(connection: aiosqlite.Connection | None, step: Step[T]) -> asyncio.Future[T]:
    """Queue `step` for the connection's thread at once; it runs even if nobody awaits the result.

    Raises sqlite3.OperationalError when the connection is closed: its thread would never answer.
    """
    if connection is None or not connection._running:
        raise sqlite3.OperationalError("the database is closed")
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    connection._tx.put_nowait((future, partial(step, connection._conn)))
    return future


def _as_transaction(step: Step[T], connection: sqlite3.Connection) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcome = step(connection)
    except BaseException:
        _roll_back(connection)
        raise
    _commit(connection)
    return outcome


def _learn_letters(connection: sqlite3.Connection) -> None:
    connection.create_function("upper", 1, lambda text: text and text.upper(), deterministic=True)


def _run(sql: str, connection: sqlite3.Connection) -> None:
    connection.execute(sql)


def _run_script(script: str, connection: sqlite3.Connection) -> None:
    # One by one: sqlite3's executescript() would commit what is open before it begins.
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        # A full disk fails COMMIT and may leave the transaction open for the next user.
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _select(sql: str, args: Sequence[Any], connection: sqlite3.Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(_numbered(sql), args)]


def _change(sql: str, args: Sequence[Any], connection: sqlite3.Connection) -> int:
    return connection.execute(_numbered(sql), args).rowcount


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """PostgreSQL's placeholders `$1` as SQLite's `?1`."""
    return re.sub(r"\$(\d+)", r"?\1", sql)


client_class = Client
