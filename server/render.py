"""Events as they are told: the entry of a log, with the body that its entity has now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from protocol.frames import Event
from protocol.types import Shape, Side
from storage.database import Database
from storage.log import Entry

BodyFunction = Callable[[Database, Side, Sequence[Entry]], Awaitable[Mapping[str, Shape]]]
"""Loads the bodies of entries of its kinds, by event id; what is gone for good is left out."""


class Renderer:
    """Loads bodies at the moment of delivery, so that deletion and revocation never fight the log."""

    def __init__(self, database: Database, bodies: Mapping[str, BodyFunction]) -> None:
        self._database = database
        self._bodies = bodies

    async def events(self, firm: UUID, side: Side, entries: Sequence[Entry]) -> dict[str, Event]:
        """The events of these entries by event id, as one side may know them, all from one moment."""
        by_function: dict[BodyFunction, list[Entry]] = {}
        for entry in entries:
            by_function.setdefault(self._bodies[entry.kind], []).append(entry)
        found: dict[str, Shape] = {}
        async with self._database.snapshot(firm):
            for load, group in by_function.items():
                found.update(await load(self._database, side, group))
        return {entry.event_id: _event(entry, found.get(entry.event_id)) for entry in entries}


def _event(entry: Entry, body: Shape | None) -> Event:
    """The body may be newer than the entry: then its version counts, and clients skip the later event."""
    return Event(
        id=entry.event_id,
        kind=entry.kind,
        scope=entry.scope,
        entity=entry.entity,
        version=getattr(body, "version", entry.version),
        actor=entry.actor,
        at=entry.at,
        body=body,
        tombstone=body is None or getattr(body, "deleted", False),
    )
