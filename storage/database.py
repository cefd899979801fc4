"""The database: transactions, snapshots and single statements, alike on SQLite and PostgreSQL.

Models work inside `transaction()` and `snapshot()` only. There is no global connection: the scope names the
database, so two nodes with a database each can live in one process, as they do in the tests. (They must
speak the same engine: Tortoise keeps what it compiled for an engine on the model classes.)
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from time import time_ns
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext
from tortoise.exceptions import TransactionManagementError

from storage.backends import postgres, sqlite
from storage.backends.scope import models_of
from storage.errors import IntegrityError, told_plainly
from storage.vault import SERVER, KeyMissing, Vault, current_vault

T = TypeVar("T")
Engine = Literal["sqlite", "postgres"]
Client = sqlite.Client | postgres.Client
TransactionClient = sqlite.TransactionClient | postgres.TransactionClient

BACKENDS = {"sqlite": "storage.backends.sqlite", "postgres": "storage.backends.postgres"}
MODELS = "storage.models"
MIGRATIONS = "storage.migrations"
APP = "storage"


def _now() -> int:
    return time_ns() // 1_000_000


class Database:
    """One database, open. See `open`."""

    def __init__(
        self,
        context: TortoiseContext,
        client: Client,
        master_keys: Mapping[int, bytes],
        now: Callable[[], int],
    ) -> None:
        self.engine: Engine = "sqlite" if isinstance(client, sqlite.Client) else "postgres"
        self.vault = Vault(master_keys, self, now)
        self._context = context
        self._client = client

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, master_keys: Mapping[int, bytes], now: Callable[[], int] = _now
    ) -> AsyncIterator[Database]:
        """Connect to `sqlite:///path/of/file` or `postgres://user:password@host:port/name`, up to date.

        The first of the master keys wraps, the others unwrap; `now` (ms UTC) tells when a data key takes
        over. Raises StoreAway, and KeyMissing when the database was made with other master keys.
        """
        async with connected(configuration(url)) as (context, client):
            database = cls(context, client, master_keys, now)
            await database._load_server_keys()
            yield database

    @asynccontextmanager
    async def transaction(self, firm_id: UUID | None = None) -> AsyncIterator[None]:
        """All or nothing; inside another transaction, a savepoint. Loads the firm's keys if one is named.

        On SQLite it holds the write lock from the start. Raises StoreAway and Collision, when nothing was
        done; a StoreAway from the end of the block leaves open whether it was.
        """
        async with self._scope(firm_id, self._using().in_transaction):
            yield

    @asynccontextmanager
    async def snapshot(self, firm_id: UUID | None = None) -> AsyncIterator[None]:
        """Reads that all see the same moment, and never wait for writers."""
        if self._inside() is not None:
            raise TransactionManagementError("a snapshot cannot begin inside a transaction")
        async with self._scope(firm_id, self._client.in_snapshot):
            yield

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Run one statement that gives rows: in the open transaction or snapshot, else on its own.

        Placeholders are `$1`, `$2`. Ids come as text; truth comes as 0 or 1 on SQLite. On its own a
        statement only reads on SQLite.
        """
        with told_plainly():
            return await self._using().fetch(sql, args)

    async def execute(self, sql: str, args: Sequence[Any] = ()) -> int:
        """Run one statement in the open transaction and give the number of rows that it touched."""
        with told_plainly():
            return await self._required().execute(sql, args)

    async def run_in_thread(self, step: sqlite.Step[T]) -> T:
        """SQLite: run a plain function on the raw connection in one hop to its thread.

        In the open transaction, else as a whole one: BEGIN IMMEDIATE, `step`, COMMIT. A caller that is
        cancelled does not learn the outcome; what was begun still ends, whole.
        """
        client = self._using()
        if isinstance(client, postgres.Client | postgres.TransactionClient):
            raise TypeError("only SQLite runs in a thread of ours")
        with told_plainly():
            return await client.run_in_thread(step)

    async def _load_server_keys(self) -> None:
        try:
            await self.vault.load(SERVER)
        except KeyMissing:
            with suppress(IntegrityError):  # another node was first, or they need another master key
                async with self.transaction():
                    await self.vault.create(SERVER)
            await self.vault.load(SERVER)

    @asynccontextmanager
    async def _scope(
        self, firm_id: UUID | None, begin: Callable[[], AbstractAsyncContextManager[Any]]
    ) -> AsyncIterator[None]:
        if firm_id is not None:
            await self.vault.load(firm_id)
        with told_plainly(), self._bound():
            async with begin():
                yield

    @contextmanager
    def _bound(self) -> Iterator[None]:
        """Make this the database of the models that this task uses."""
        token = current_vault.set(self.vault)
        try:
            with models_of(self._context):
                yield
        finally:
            current_vault.reset(token)

    def _using(self) -> Client | TransactionClient:
        return self._inside() or self._client

    def _inside(self) -> TransactionClient | None:
        client = self._context.connections.get(self.engine)
        return cast(TransactionClient, client) if isinstance(client, TransactionalDBClient) else None

    def _required(self) -> TransactionClient:
        inside = self._inside()
        if inside is None:
            raise TransactionManagementError("a statement that changes something needs a transaction")
        return inside


def configuration(url: str, **options: Any) -> dict[str, Any]:
    """What Tortoise wants to know. The connection is named after its engine: Tortoise caches SQL by name."""
    credentials = expand_db_url(url)["credentials"]
    engine = "sqlite" if "file_path" in credentials else "postgres"
    if engine == "sqlite":
        credentials = {"file_path": credentials["file_path"]}  # without Tortoise's own pragmas
    connection = {"engine": BACKENDS[engine], "credentials": credentials | options}
    app = {"models": [MODELS], "migrations": MIGRATIONS, "default_connection": engine}
    return {"connections": {engine: connection}, "apps": {APP: app}}


def engine_of(config: Mapping[str, Any]) -> Engine:
    return cast(Engine, next(iter(config["connections"])))


@asynccontextmanager
async def connected(config: dict[str, Any]) -> AsyncIterator[tuple[TortoiseContext, Client]]:
    """Connect for as long as the block lasts."""
    context = await _new_context(config)
    client = cast(Client, context.connections.get(engine_of(config)))
    try:
        with told_plainly():
            # Now, not at the first query: Tortoise forgets its lock if that is cancelled while connecting.
            await client.create_connection(with_db=True)
        yield context, client
    finally:
        await client.close()


_preparing = threading.Lock()
_prepared_for: Engine | None = None
"""The engine that the model classes are compiled for."""


async def _new_context(config: dict[str, Any]) -> TortoiseContext:
    """Make a context. Models are compiled once an engine: again would disturb nodes in other threads."""
    global _prepared_for  # noqa: PLW0603, the state it mirrors is global: the model classes
    context = TortoiseContext()
    engine = engine_of(config)
    with _preparing, models_of(context):
        await context.init(config, init_connections=_prepared_for != engine)
        _prepared_for = engine
    return context
