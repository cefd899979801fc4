"""Events as they are told: the entry of a log, with the body that its entity has now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from msgspec import structs

from protocol.events import EVENTS
from protocol.frames import Event
from protocol.types import Shape, Side
from server.gathering import Gathering
from storage.database import Database
from storage.log import Entry

BodyFunction = Callable[[Side, Sequence[Entry]], Awaitable[Mapping[str, Shape]]]
"""Loads the bodies of entries of its kinds, by event id, as one side may know them; without what is gone."""


PlainBodyFunction = Callable[[Database, UUID, Collection[str]], Awaitable[Sequence["Identified"] | None]]
"""Loads entities of a firm, by their ids, by one statement; none where that does not tell all of them."""


_NAME_THEIR_ACTOR = frozenset({"message.sent", "share.added"})
"""Events whose body tells clients who did it; whoever renames a document need not be known to them at all."""


class Identified(Protocol):
    """Any entity."""

    @property
    def id(self) -> str:
        """Its id on the wire."""


def by_entity(load: Callable[[Collection[str]], Awaitable[Iterable[Identified]]]) -> BodyFunction:
    """Bodies that are the entities themselves, loaded together by their ids."""

    async def bodies(_: Side, entries: Sequence[Entry]) -> Mapping[str, Shape]:
        return _by_event(entries, await load({entry.entity for entry in entries}))

    return bodies


def one_by_one(load: Callable[[Side, Entry], Awaitable[Shape]]) -> BodyFunction:
    """Bodies that are made for one entry at a time, where there are few."""

    async def bodies(side: Side, entries: Sequence[Entry]) -> Mapping[str, Shape]:
        return {entry.event_id: await load(side, entry) for entry in entries}

    return bodies


class Renderer:
    """Loads bodies at the moment of delivery, so that deletion and revocation never fight the log."""

    def __init__(
        self,
        database: Database,
        bodies: Mapping[str, BodyFunction],
        plain_bodies: Mapping[str, PlainBodyFunction] | None = None,
    ) -> None:
        self._database = database
        self._bodies = bodies
        self._plain_bodies = plain_bodies or {}
        self._plain_reads = Gathering(self._read_plain)

    async def events(self, firm: UUID, side: Side, entries: Sequence[Entry]) -> dict[str, Event]:
        """The events of these entries by event id, as one side may know them, all from one moment."""
        found = await self._plain(firm, entries) or await self._of_one_moment(firm, side, entries)
        events = {entry.event_id: _event(entry, found.get(entry.event_id)) for entry in entries}
        return events if side == "firm" else {id_: _for_clients(event, firm) for id_, event in events.items()}

    async def _plain(self, firm: UUID, entries: Sequence[Entry]) -> Mapping[str, Shape] | None:
        """Bodies that one statement can tell: it sees one moment by itself."""
        loads = {self._plain_bodies.get(entry.kind) for entry in entries}
        load = loads.pop() if len(loads) == 1 else None
        if load is None:
            return None
        entities = await self._plain_reads.ask((load, firm), {entry.entity for entry in entries})
        return _by_event(entries, entities) if entities else None

    async def _read_plain(
        self, group: tuple[PlainBodyFunction, UUID], wanted: Sequence[set[str]]
    ) -> Sequence[Sequence[Identified]]:
        """Those of all logs together: what is said to several people is loaded once."""
        load, firm = group
        entities = await load(self._database, firm, set().union(*wanted)) or ()
        return [entities] * len(wanted)

    async def _of_one_moment(self, firm: UUID, side: Side, entries: Sequence[Entry]) -> Mapping[str, Shape]:
        by_function: dict[BodyFunction, list[Entry]] = {}
        for entry in entries:
            by_function.setdefault(self._bodies[entry.kind], []).append(entry)
        found: dict[str, Shape] = {}
        async with self._database.snapshot(firm):
            for load, group in by_function.items():
                found.update(await load(side, group))
        return found


def _by_event(entries: Sequence[Entry], entities: Iterable[Identified]) -> Mapping[str, Shape]:
    found = {entity.id: entity for entity in entities}
    return {entry.event_id: found[entry.entity] for entry in entries if entry.entity in found}  # type: ignore[misc]


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


def _for_clients(event: Event, firm: UUID) -> Event:
    """Without what only the firm may know: times of coming and going, and actors whom no body names."""
    audience = EVENTS[event.kind].audience
    names_actor = audience == "person" or event.kind in _NAME_THEIR_ACTOR
    return structs.replace(
        event,
        at=0 if audience == "clients" else event.at,
        actor=event.actor if names_actor else str(firm),
    )
