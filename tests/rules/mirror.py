"""What a screen must hold: the same as a screen that opens now, however it came to hold it (I12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from protocol.client.state import State
from protocol.entities import (
    Draft,
    Fact,
    Message,
    Participant,
    Portal,
    Share,
    Text,
    Thread,
    User,
)
from protocol.queries import PortalItems, ThreadItems
from tests.rules.world import Actor

MIRRORED = (Portal, Participant, Message, Share, Fact, Thread, Text, User, Draft)
Plain = dict[str, Any]
Picture = dict[str, dict[str, Plain]]


async def fresh_state(who: Actor) -> State:
    """The state of a screen that opens now, and opens every portal and thread."""
    state = State()
    state.start_over(await who.ask("inbox.get"))
    for portal in state.all(Portal):
        await open_portal(state, who, portal["id"])
    for thread in state.all(Thread):
        state.merge(ThreadItems, await who.ask("thread.get", contact=thread["id"]))
    return state


async def open_portal(state: State, who: Actor, portal: str) -> None:
    """Take in all pages of a portal, as scrolling back does."""
    more = True
    before: dict[str, int] = {}
    while more:
        page = await who.ask("portal.get", portal=portal, **before)
        state.merge(PortalItems, page)
        more = page["more"]
        before = {"before": page["messages"][0]["number"]} if more else {}


@dataclass
class Mirror:
    """A person's screen as it goes on living; a portal is opened once, when the person comes into it."""

    who: Actor
    state: State
    opened: set[str] = field(default_factory=set)

    async def open_what_was_joined(self) -> None:
        """Fetch the pages of portals that were joined since, as every screen does on ``portal.joined``."""
        for stay in self.state.all(Participant):
            if stay["person"] == self.who.id and not stay.get("left") and stay["id"] not in self.opened:
                self.opened.add(stay["id"])
                await open_portal(self.state, self.who, stay["portal"])

    async def must_be_true(self, after: str) -> None:
        """Compare with a fresh screen; fail with the differences in words."""
        await self.open_what_was_joined()
        fresh = await fresh_state(self.who)
        wrong = differences(self.state, fresh)
        assert not wrong, f"after {after}, {self.who.name}'s screen differs:\n" + "\n".join(wrong)


def mirror(who: Actor, state: State) -> Mirror:
    """A mirror of a state that already holds the portals that the person is in."""
    own = {stay["id"] for stay in state.all(Participant) if stay["person"] == who.id}
    return Mirror(who, state, own)


def differences(held: State, fresh: State) -> list[str]:
    """In what a state that lived differs from one that was fetched, line by line."""
    lines: list[str] = []
    for name, entities in _picture(fresh).items():
        lines += _compare(name, _picture(held)[name], entities)
    return (
        lines
        + _compare("unread", _unread(held), _unread(fresh))
        + _compare("read", _markers(held), _markers(fresh))
    )


def _picture(state: State) -> Picture:
    held = {kind.__name__: {one["id"]: one for one in state.all(kind)} for kind in MIRRORED}
    held["Draft"] = {id: draft for id, draft in held["Draft"].items() if draft["text"]}
    return held


def _unread(state: State) -> dict[str, list[int]]:
    scopes = [one["id"] for kind in (Portal, Thread) for one in state.all(kind)]
    return {scope: state.unread.of(scope) for scope in scopes}


def _markers(state: State) -> dict[str, int]:
    stays = state.all(Participant)
    return {
        f"{one['portal']} {one['person']}": state.read_number(one["portal"], one["person"]) for one in stays
    }


def _compare(name: str, held: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[str]:
    lines = [f"{name} {id}: held, but not there" for id in held.keys() - fresh.keys()]
    lines += [f"{name} {id}: there, but not held" for id in fresh.keys() - held.keys()]
    for id in held.keys() & fresh.keys():
        if _content(held[id]) != _content(fresh[id]) or _version(held[id]) > _version(fresh[id]):
            lines.append(f"{name} {id}: held {held[id]}, there {fresh[id]}")
    return lines


def _content(entity: Any) -> Any:
    """What an entity says. Its version may have moved for others: a contact's note moves its stays'."""
    return {**entity, "version": 0} if isinstance(entity, dict) else entity


def _version(entity: Any) -> int:
    return int(entity["version"]) if isinstance(entity, dict) else 0
