"""PostgreSQL: a pool whose slots come back whatever happens to the task that took them.

Tortoise's own client leaks a slot when a task is cancelled between taking a connection and BEGIN, and
lets a finished transaction be used again, on a connection that by then belongs to someone else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Literal, cast

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import ConnectionWrapper, NestedTransactionContext

from storage.backends.scope import current, refuse_if_finished
from storage.errors import StoreAway

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]

CONNECT_TIMEOUT_S = 10.0
ACQUIRE_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 30.0

SERVER_SETTINGS = {
    "application_name": "causeway",
    "jit": "off",  # compiling costs more than our short statements
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}

Isolation = Literal["read_committed", "repeatable_read"]


class Client(AsyncpgDBClient):
    """The pool."""

    def __init__(self, **options: Any) -> None:
        defaults: dict[str, Any] = {
            "command_timeout": COMMAND_TIMEOUT_S,
            "timeout": CONNECT_TIMEOUT_S,
            "minsize": 2,
            "maxsize": 10,
            "server_settings": SERVER_SETTINGS,
        }
        super().__init__(**(defaults | options))
        self._disturbed: set[int] = set()
        self._at_hand: list[PoolConnectionProxy[asyncpg.Record]] = []
        self._waiting = 0

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            raise StoreAway("the database is closed")
        return self._pool

    async def create_pool(self, **options: Any) -> Pool:
        with _reaching():
            return await asyncpg.create_pool(init=_speak_ids_as_text, reset=self._settle, **options)

    def in_transaction(self) -> AbstractAsyncContextManager[TransactionClient]:
        """A context that commits at its end, or undoes everything when something is raised in it."""
        return _transaction(self, "read_committed")

    _in_transaction = in_transaction  # type: ignore[assignment]
    """What Tortoise calls, in `get_or_create` and `bulk_create` for instance."""

    def in_snapshot(self) -> AbstractAsyncContextManager[TransactionClient]:
        """A context in which all reads see one moment of the database."""
        return _transaction(self, "repeatable_read", readonly=True)

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        """Run one statement outside any transaction."""
        async with self.connection() as connection:
            return [dict(row) for row in await connection.fetch(sql, *args)]

    async def close(self) -> None:
        self._waiting += 1  # for those that are still in use
        try:
            while self._at_hand:
                await self.pool.release(self._at_hand.pop())
            await super().close()
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Take a connection; raises StoreAway when there is none to be had.

        One that nothing happened to stays at hand for the next: through the pool's door and back costs as
        much as a statement. It goes back where somebody waits at that door.
        """
        connection = await self._take()
        pid = connection.get_server_pid()
        try:
            yield connection
        except BaseException:
            self._disturbed.add(pid)
            await self.pool.release(connection)
            raise
        if self._waiting:
            await self.pool.release(connection)
        else:
            self._at_hand.append(connection)

    async def _take(self) -> PoolConnectionProxy[asyncpg.Record]:
        while self._at_hand:
            connection = self._at_hand.pop()
            if not _is_lost(connection):
                return connection
            await self.pool.release(connection)
        self._waiting += 1
        try:
            with _reaching():
                return await self.pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
        finally:
            self._waiting -= 1

    async def _settle(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        """Reset a connection on its way back to the pool, but only where something was raised.

        asyncpg would do it always, a round trip for what nothing here sets. After a cancellation it is
        needed: between parsing a statement and running it, asyncpg forgets to end what the server began.
        """
        pid = connection.get_server_pid()
        if pid in self._disturbed:
            self._disturbed.discard(pid)
            await connection.reset()


class TransactionClient(TransactionWrapper):
    """What models and statements use inside a transaction or snapshot, and only there."""

    def acquire_connection(self) -> ConnectionWrapper[asyncpg.Connection[asyncpg.Record]]:
        refuse_if_finished(self)
        return super().acquire_connection()

    def in_transaction(self) -> NestedTransactionContext:
        """A savepoint."""
        refuse_if_finished(self)
        return NestedTransactionContext(TransactionClient(self))

    _in_transaction = in_transaction

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        async with self.acquire_connection() as connection:
            return [dict(row) for row in await connection.fetch(sql, *args)]

    async def execute(self, sql: str, args: Sequence[Any]) -> int:
        async with self.acquire_connection() as connection:
            return _rows_touched(await connection.execute(sql, *args))


def _is_lost(connection: PoolConnectionProxy[asyncpg.Record]) -> bool:
    """Whether the connection ended while it was at hand. The pool may have taken it back by itself."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


@asynccontextmanager
async def _transaction(
    client: Client, isolation: Isolation, *, readonly: bool = False
) -> AsyncIterator[TransactionClient]:
    """Hold one connection of the pool from BEGIN to COMMIT or ROLLBACK.

    Cancelled at any point, the pool shields its release(), which waits for the statement in flight to be
    called off and rolls back what is open.
    """
    inside = TransactionClient(client)
    async with client.connection() as connection:
        inside._connection = cast("asyncpg.Connection[asyncpg.Record]", connection)
        async with connection.transaction(isolation=isolation, readonly=readonly):
            with current(inside):
                yield inside


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError) as error:
        raise StoreAway(f"no connection to PostgreSQL: {str(error) or 'all are in use'}") from error


async def _speak_ids_as_text(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Give UUID columns as text, as SQLite does and as they travel."""
    await connection.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=str, format="text")


def _rows_touched(status: str) -> int:
    """The count in a command tag such as `UPDATE 3` or `INSERT 0 1`."""
    return int(status.rsplit(" ", 1)[-1])


client_class = Client
