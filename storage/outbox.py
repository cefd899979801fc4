"""Work for the outside world: written in the transaction that wants it, done by one worker at a time.

A claim is a lease. While it lasts nobody else gets the item; when its holder dies it runs out, and the item
is claimed again. So every kind of work is prepared to be begun twice.

An item's key derives from its kind and subject: one text or mail has one item for all of its life, and
whoever knows the subject can plan or end its work without having claimed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from storage.database import Database
from storage.keys import derived_id, new_id
from storage.models import OutboxItem

Kind = Literal["text", "email"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item in one worker's hands. ``attempts`` counts its claims since it was last planned, with this."""

    id: UUID
    firm: UUID
    subject: UUID
    attempts: int
    claim: UUID


_IS_DUE = "state = 'due' AND kind = $1 AND due_at <= $2 AND claimed_until <= $2"
_PEEK = f"SELECT 1 FROM outbox WHERE {_IS_DUE} LIMIT 1"  # noqa: S608, no input in it
_CLAIM = """
WITH due AS (SELECT id FROM outbox WHERE {is_due} ORDER BY due_at LIMIT $3 {lock})
UPDATE outbox SET claim = $4, claimed_until = $5, attempts = attempts + 1 WHERE id IN (SELECT id FROM due)
RETURNING id, firm_id, subject_id, attempts, due_at
"""
# SQLite needs no row locks: a transaction that writes is alone from its beginning.
_CLAIM_ON = {
    "postgres": _CLAIM.format(is_due=_IS_DUE, lock="FOR UPDATE SKIP LOCKED"),
    "sqlite": _CLAIM.format(is_due=_IS_DUE, lock=""),
}


async def put(firm: UUID, kind: str, subject: UUID, due_at: int) -> None:
    """Leave work; inside the transaction that wants it."""
    await OutboxItem.create(
        id=derived_id(kind, subject), firm_id=firm, kind=kind, subject_id=subject, due_at=due_at
    )


async def claim(database: Database, kind: Kind, now: int, lease_ms: int, limit: int) -> list[Claimed]:
    """Take up to ``limit`` due items, the longest due first. Looking first spares SQLite's one writer."""
    if limit < 1 or not await database.fetch(_PEEK, [kind, now]):
        return []
    token = new_id()
    async with database.transaction():
        rows = await database.fetch(_CLAIM_ON[database.engine], [kind, now, limit, token, now + lease_ms])
    return [
        Claimed(UUID(row["id"]), UUID(row["firm_id"]), UUID(row["subject_id"]), row["attempts"], token)
        for row in sorted(rows, key=lambda row: row["due_at"])
    ]


async def plan(database: Database, kind: Kind, subject: UUID, due_at: int) -> None:
    """Say when an item is due next, whoever holds it; work that has ended stays ended."""
    await database.execute(
        "UPDATE outbox SET due_at = $1, attempts = 0 WHERE id = $2 AND state = 'due'",
        [due_at, derived_id(kind, subject)],
    )


async def end(database: Database, kind: Kind, subject: UUID) -> None:
    """Say that nothing is left to do, whoever holds the item."""
    await database.execute("UPDATE outbox SET state = 'done' WHERE id = $1", [derived_id(kind, subject)])


async def postpone(database: Database, item: Claimed, due_at: int, error: str) -> None:
    """Give an item back after a try that failed; its tries go on counting."""
    await database.execute(
        "UPDATE outbox SET due_at = $1, last_error = $2, claim = NULL, claimed_until = 0"
        " WHERE id = $3 AND claim = $4",
        [due_at, error[:200], item.id, item.claim],
    )


async def release(database: Database, item: Claimed) -> None:
    """Give an item back, unless the lease ran out and another worker has it."""
    await database.execute(
        "UPDATE outbox SET claim = NULL, claimed_until = 0 WHERE id = $1 AND claim = $2",
        [item.id, item.claim],
    )
