"""What a client holds: entities by id and version, read markers, and what is unread, all as of one cursor.

Works on plain values as they travel, and ignores what it does not know, so that an older client lives with a
newer server. Entities are found by the structures of the protocol, wherever one stands in a snapshot, a page
or the body of an event: a new kind of either needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from msgspec import inspect

from protocol import catalog, entities
from protocol.catalog import Structure
from protocol.entities import Message, Portal, ReadMarker, Share
from protocol.events import EVENTS
from protocol.queries import Inbox

Plain = dict[str, Any]


class Unread:
    """What the person has not read, by portal or thread. A badge is the length of a list, never a counter."""

    def __init__(self) -> None:
        self._numbers: dict[str, set[int]] = {}
        self._read: dict[str, int] = {}

    def of(self, scope: str) -> list[int]:
        """The unread numbers of a portal or thread, ascending."""
        return sorted(self._numbers.get(scope, ()))

    def replace(self, given: list[Plain]) -> None:
        """Take the lists of a snapshot."""
        self._numbers = {one["scope"]: set(one["numbers"]) for one in given}
        self._read = {one["scope"]: one["read_number"] for one in given}

    def add(self, scope: str, number: int) -> None:
        """Note something new, unless it has been read on another device."""
        if number > self._read.get(scope, 0):
            self._numbers.setdefault(scope, set()).add(number)

    def discard(self, scope: str, number: int) -> None:
        """Take away what no longer stands."""
        self._numbers.get(scope, set()).discard(number)

    def read(self, scope: str, number: int) -> None:
        """Move the read marker, which only moves forward."""
        if number > self._read.get(scope, 0):
            self._read[scope] = number
            self._numbers[scope] = {one for one in self._numbers.get(scope, ()) if one > number}

    def forget(self, scope: str) -> None:
        """Begin anew with a portal that was joined or left."""
        self._numbers.pop(scope, None)
        self._read.pop(scope, None)


class State:
    """The state of one log at ``cursor``; it changes only together with it."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self._clear()

    def _clear(self) -> None:
        self.me: Plain = {}
        self.firm: Plain = {}
        self.unread = Unread()
        self._entities: dict[Structure, dict[str, Plain]] = {}
        self._markers: dict[tuple[str, str], Plain] = {}

    def find(self, structure: Structure, id: str) -> Plain | None:
        """One entity, if it is held."""
        return self._entities.get(structure, {}).get(id)

    def all(self, structure: Structure) -> list[Plain]:
        """Every held entity of one structure, in no order."""
        return list(self._entities.get(structure, {}).values())

    def read_number(self, portal: str, person: str) -> int:
        """How far a participant has read a portal, as the firm knows it."""
        return int(self._markers.get((portal, person), {}).get("number", 0))

    def start_over(self, inbox: Plain) -> None:
        """Forget everything and take a snapshot: it is the whole truth at its cursor."""
        self._clear()
        self.me, self.firm = inbox["me"], inbox["firm"]
        self.merge(Inbox, inbox)
        self.unread.replace(inbox["unread"])
        self.cursor = inbox["cursor"]

    def advance(self, events: list[Plain], upto: str) -> None:
        """Apply a batch of events and move the cursor with it."""
        for event in events:
            self.apply(event)
        self.cursor = upto

    def apply(self, event: Plain) -> None:
        """Apply one event. Twice does no more than once, and an old one undoes nothing."""
        spec = EVENTS.get(event["kind"])
        if spec is None:
            return
        body = event.get("body")
        if body is None:
            self._bury(spec.body, event)
            return
        self.merge(spec.body, body)
        if spec.kind in _CONSEQUENCES:
            _CONSEQUENCES[spec.kind](self, body)

    def merge(self, structure: Structure, plain: Plain) -> None:
        """Merge what a snapshot, a page, a result or a body holds: the higher version of each entity wins."""
        for found, entity in _entities_in(structure, plain):
            if found is ReadMarker:
                self.move_marker(entity)
            else:
                self._keep(found, entity)

    def move_marker(self, marker: Plain) -> None:
        """Move a participant's read marker, which only moves forward."""
        place = marker["portal"], marker["person"]
        if marker["number"] > self._markers.get(place, {"number": -1})["number"]:
            self._markers[place] = marker

    def forget_portal(self, portal: str) -> None:
        """Forget a portal with all that stands in it."""
        self._entities.get(Portal, {}).pop(portal, None)
        for structure, held in self._entities.items():
            self._entities[structure] = {
                id: entity
                for id, entity in held.items()
                if portal not in (entity.get("portal"), entity.get("scope"))
            }
        self._markers = {place: marker for place, marker in self._markers.items() if place[0] != portal}
        self.unread.forget(portal)

    def _keep(self, structure: Structure, entity: Plain) -> None:
        held = self._entities.setdefault(structure, {})
        if entity["version"] > held.get(entity["id"], {"version": -1})["version"]:
            held[entity["id"]] = entity

    def _bury(self, structure: Structure, event: Plain) -> None:
        """A tombstone without a body leaves of its entity only what every version of it has."""
        if not _is_entity(structure):
            return
        held = self.find(structure, event["entity"]) or {}
        remains = {field.name: held[field.name] for field in _lasting(structure) if field.name in held}
        self._keep(structure, remains | {"id": event["entity"], "version": event["version"], "deleted": True})
        if "portal" in held and "number" in held:
            self.unread.discard(held["portal"], held["number"])


def _message_sent(state: State, message: Plain) -> None:
    now = state.find(Message, message["id"]) or message
    if not now.get("deleted") and message["author"] != state.me.get("id"):
        state.unread.add(message["portal"], message["number"])


def _message_deleted(state: State, message: Plain) -> None:
    state.unread.discard(message["portal"], message["number"])


def _share_added(state: State, share: Plain) -> None:
    """A share without a message is an item of its own."""
    now = state.find(Share, share["id"]) or share
    if not share.get("message") and not now.get("stopped") and share["sharer"] != state.me.get("id"):
        state.unread.add(share["portal"], share["number"])


def _share_stopped(state: State, share: Plain) -> None:
    if not share.get("message"):
        state.unread.discard(share["portal"], share["number"])


def _text_received(state: State, text: Plain) -> None:
    state.unread.add(text["thread"], text["number"])


def _read(state: State, marker: Plain) -> None:
    state.unread.read(marker["scope"], marker["number"])


def _message_read(state: State, body: Plain) -> None:
    fact = body["fact"]
    state.move_marker(
        {"portal": fact["portal"], "person": fact["actor"], "number": fact["upto"], "at": fact["at"]}
    )


def _portal_joined(state: State, joined: Plain) -> None:
    """What stood there before was not new to the person."""
    state.unread.forget(joined["portal"]["id"])


def _portal_left(state: State, left: Plain) -> None:
    state.forget_portal(left["portal"])


# What follows from an event beyond the entities that its body holds.
_CONSEQUENCES: dict[str, Callable[[State, Plain], None]] = {
    "message.sent": _message_sent,
    "message.deleted": _message_deleted,
    "message.read": _message_read,
    "share.added": _share_added,
    "share.stopped": _share_stopped,
    "text.received": _text_received,
    "portal.read": _read,
    "thread.read": _read,
    "portal.joined": _portal_joined,
    "portal.left": _portal_left,
}


def _entities_in(structure: Structure, plain: Plain) -> Iterator[tuple[Structure, Plain]]:
    if structure is ReadMarker or _is_entity(structure):
        yield structure, plain
    for name, inner in _places(structure):
        value = plain.get(name)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield from _entities_in(inner, one)


@cache
def _is_entity(structure: Structure) -> bool:
    names = {field.name for field in catalog.fields_of(structure)}
    return structure.__module__ == entities.__name__ and {"id", "version"} <= names


@cache
def _places(structure: Structure) -> tuple[tuple[str, Structure], ...]:
    """The fields in which other structures stand, one or a list of them."""
    fields = catalog.fields_of(structure)
    return tuple((field.name, inner) for field in fields for inner in _structures_of(field.type))


def _structures_of(kind: inspect.Type) -> Iterator[Structure]:
    match kind:
        case inspect.StructType(cls=structure):
            yield structure
        case inspect.ListType(item_type=item):
            yield from _structures_of(item)
        case inspect.UnionType(types=members):
            for member in members:
                yield from _structures_of(member)


@cache
def _lasting(structure: Structure) -> tuple[catalog.Field, ...]:
    return tuple(field for field in catalog.fields_of(structure) if not field.optional)
