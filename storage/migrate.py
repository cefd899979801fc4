"""Bring a database up to date with the models.

After a change of the models, `tortoise -c storage.migrate.DRAWING_BOARD makemigrations -n what_changed`
writes the next step. Two traps: Tortoise silently leaves out partial unique indexes on SQLite (write them as
`RunSQL`), and its SQLite `AlterField` makes the table anew, which deletes what refers to it unless foreign
keys are off, and forgets indexes made by `RunSQL` (make them again in the same step).
"""

from __future__ import annotations

from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from storage.backends import postgres, sqlite
from storage.backends.scope import models_of
from storage.database import APP, TransactionClient, configuration, connected
from storage.errors import told_plainly

MIGRATION_LOCK = 0x6361757365776179
"""The advisory lock under which one node migrates while others wait ("causeway" in ASCII)."""

LATEST = "__latest__"
"""What Tortoise calls the last step."""

DRAWING_BOARD = configuration("sqlite://:memory:")
"""What Tortoise's command needs to compare the models with the steps so far; it opens no database."""


class Inconsistent(Exception):
    """A migration left rows that refer to nothing; it was undone."""


async def migrate(url: str, upto: str = LATEST) -> list[str]:
    """Apply the steps that this database does not have yet, all or none. Returns their names.

    On PostgreSQL nodes may start together: one applies the steps while the others wait. `upto` names the last
    step wanted, which tests use to make a database of the past. Raises StoreAway.
    """
    # A step may take longer than a statement of the server ever should.
    patience = {} if url.startswith("sqlite:") else {"command_timeout": None}
    config = configuration(url, **patience)
    async with connected(config) as (context, client):
        with told_plainly(), models_of(context):
            if isinstance(client, sqlite.Client):
                await client.execute_script("PRAGMA foreign_keys = OFF")  # has no effect once BEGIN ran
            async with client.in_transaction() as transaction:
                return await _apply(transaction, config["apps"], MigrationTarget(APP, upto))


async def _apply(
    transaction: TransactionClient, apps: dict[str, dict[str, object]], target: MigrationTarget
) -> list[str]:
    if isinstance(transaction, postgres.TransactionClient):
        await transaction.fetch("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK])
    executor = MigrationExecutor(transaction, apps)
    # The executor asks for the applied steps before it makes their table; PostgreSQL would abort here.
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))  # noqa: SLF001
    steps = [step.migration.name for step in await executor.plan([target])]
    await executor.migrate([target], direction="forward")
    on_sqlite = isinstance(transaction, sqlite.TransactionClient)
    if on_sqlite and await transaction.fetch("PRAGMA foreign_key_check", []):
        raise Inconsistent(f"after {', '.join(steps)} some rows refer to rows that do not exist")
    return steps
