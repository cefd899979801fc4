"""One change of the world: rows, the events that state them, and the doorbell after COMMIT.

Events are appended in the same transaction as what they state, so one exists if and only if the other does
(I2). Nothing is announced before it is true.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar
from uuid import UUID, uuid4

from protocol.events import EVENTS
from protocol.types import Side
from storage import log, outbox
from storage.database import Database
from storage.errors import Collision, IntegrityError
from storage.keys import derived_id, new_id
from storage.log import Cursor, Draft

T = TypeVar("T")

CROSSINGS = 5
"""So often is a change tried that others cross; more means a fault."""


class Doorbell(Protocol):
    """Tells every node that logs have grown. It may fail or lie: nodes look for themselves besides."""

    def ring(self, heads: Mapping[str, Cursor]) -> None:
        """Announce the new ends of logs, by their ids; never waits, never raises."""


class Transaction:
    """What a feature works with: the open transaction, its time, its actor, and the events to append."""

    def __init__(self, database: Database, firm: UUID, actor: UUID, now: int, key: str) -> None:
        self.database = database
        self.firm = firm
        self.actor = actor
        self.now = now
        self.heads: dict[str, Cursor] = {}
        self._key = key
        self._drafts: list[Draft] = []

    def derived_id(self, *parts: str) -> UUID:
        """An id that belongs to this command: the same in every repeat, for ever (P7)."""
        return derived_id(self.actor, self._key, *parts)

    def tell(
        self,
        kind: str,
        *,
        scope: UUID,
        entity: UUID,
        version: int,
        number: int = 0,
        clients: Iterable[UUID] = (),
    ) -> None:
        """State an event to the audience of its kind.

        Args:
            scope: the portal or thread that it happened in, or the firm.
            number: the message number from which on it is visible; 0 where all of the scope is.
            clients: the contacts who take part in the portal, where the kind reaches clients.
        """
        spec = EVENTS[kind]
        logs = [] if spec.audience == "clients" else [self.firm]
        if spec.client:
            logs.extend(clients)
        self._draft(logs, kind, scope, entity, version, number, None)

    def tell_person(
        self, kind: str, person: UUID, side: Side, *, scope: UUID, entity: UUID, version: int, number: int = 0
    ) -> None:
        """State an event to one person alone, on all of that person's devices."""
        self._draft([person if side == "client" else self.firm], kind, scope, entity, version, number, person)

    async def later(self, kind: str, subject: UUID, due_at: int | None = None) -> None:
        """Leave work for the outside world; it exists if and only if this transaction commits."""
        await outbox.put(self.firm, kind, subject, self.now if due_at is None else due_at)

    async def append(self) -> None:
        """Append the stated events; as late as can be, since it locks the heads of their logs."""
        drafts, self._drafts = self._drafts, []
        self.heads |= await log.append(self.database, drafts)

    def _draft(
        self,
        logs: Iterable[UUID],
        kind: str,
        scope: UUID,
        entity: UUID,
        version: int,
        number: int,
        person: UUID | None,
    ) -> None:
        # The id is the same in every log that holds it. A uuid7 would tell clients when somebody came (R4).
        event = uuid4() if EVENTS[kind].audience == "clients" else new_id()
        self._drafts.extend(
            Draft(each, event, kind, scope, entity, version, self.actor, self.now, number, person)
            for each in logs
        )


@asynccontextmanager
async def transaction(
    database: Database, bell: Doorbell, *, firm: UUID, actor: UUID, now: int, key: str = ""
) -> AsyncIterator[Transaction]:
    """Open a transaction of one firm; on leaving, append its events, commit, and only then ring."""
    async with database.transaction(firm):
        change = Transaction(database, firm, actor, now, key)
        yield change
        await change.append()
    if change.heads:
        bell.ring(change.heads)


async def change_alone(
    database: Database,
    bell: Doorbell,
    step: Callable[[Transaction], Awaitable[T]],
    *,
    firm: UUID,
    actor: UUID,
    now: int,
) -> T:
    """Run a step in a transaction of its own, again from its beginning where another one crossed it."""
    for _ in range(CROSSINGS - 1):
        try:
            async with transaction(database, bell, firm=firm, actor=actor, now=now) as change:
                return await step(change)
        except (Collision, IntegrityError):
            continue
    async with transaction(database, bell, firm=firm, actor=actor, now=now) as change:
        return await step(change)
