"""A plain message takes a short way: nobody can tell it from the long one (P2, P7, I9, I10)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from protocol.commands.portals import SendMessage
from protocol.errors import Refused
from server.access import Person
from server.app import COMMANDS, QUERIES, SHORTCUTS
from server.dispatch import Answer, Dispatch, Request, Shortcut
from server.features.portals import send_message
from server.hub.doorbell import LocalDoorbell
from server.records import portals
from server.transaction import Transaction
from storage.keys import derived_id, new_id
from storage.models import CommandReply, Device, LogEntry, Message, Portal
from tests.rules.world import Actor, World, send

NOW = 1_800_000_000_000
SAME_IN_ALL = {
    "firm_id",
    "person_id",
    "author_id",
    "actor_id",
    "name",
    "kind",
    "version",
    "number",
    "at",
    "body",
}
SAME_IN_ALL |= {"last_number", "share_id", "deleted_at", "deleted_by"}
"""The columns that do not name one message, its portal, or a place in a log."""


class Way:
    """One of the two ways, and a portal of its own on which it is tried."""

    def __init__(self, world: World, portal: str, shortcuts: Mapping[str, Shortcut]) -> None:
        self.world = world
        self.portal = portal
        self.went_long = 0
        commands = {**COMMANDS, "message.send": self._send_message}
        self._dispatch = Dispatch(world.database, LocalDoorbell(), commands, QUERIES, shortcuts)

    async def send(self, who: Actor, key: str, text: str, number: int | None = None) -> Answer:
        """One command, as the hub gives it on."""
        person = Person(UUID(who.id), self.world.firm, who.role, new_id())
        args = {"portal": self.portal, "text": text}
        asked = Request("message.send", self.own(key), args, self.own("telephone"), number)
        return await self._dispatch.execute(person, asked, NOW)

    async def outcome(self, who: Actor, key: str, text: str, number: int | None = None) -> Any:
        """What it came to, without what differs between any two."""
        try:
            answer = await self.send(who, key, text, number)
        except Refused as refused:
            return refused.code, refused.message
        return answer.repeated, answer.result["number"]

    def own(self, name: str) -> str:
        """The name as this way has it."""
        return f"{name}-{self.portal}"

    async def _send_message(self, change: Transaction, who: Person, args: SendMessage) -> Any:
        self.went_long += 1
        return await send_message(change, who, args)


@pytest.fixture
async def ways(world: World) -> list[Way]:
    """The short way and the long one."""
    short, long = world.matter, await world.add_matter("Ruiz v. Second", "ana")
    for portal in (short, long):
        await send(world.priya, portal)
    return [Way(world, short, SHORTCUTS), Way(world, long, {})]


async def test_both_ways_leave_the_same_rows_and_give_the_same_answer(ways: list[Way]) -> None:
    left = []
    for way in ways:
        answer = await way.send(way.world.ana, "plain", " Hello  \n", 1)
        left.append((answer.result["number"], answer.repeated, await _rows_of(way, answer)))
    assert left[0] == left[1]
    assert [way.went_long for way in ways] == [0, 1]


async def _empty(way: Way) -> Any:
    return await way.outcome(way.world.priya, "empty", "  ")


async def _colleague(way: Way) -> Any:
    return await way.outcome(way.world.tom, "colleague", "Hello")


async def _stranger(way: Way) -> Any:
    return await way.outcome(way.world.marco, "stranger", "Hello")


async def _repeated(way: Way) -> Any:
    return [await way.outcome(way.world.ana, "repeated", "the same") for _ in range(2)]


async def _key_reused(way: Way) -> Any:
    return [await way.outcome(way.world.ana, "key-reused", text) for text in ("one", "another")]


async def _overtaken(way: Way) -> Any:
    return [
        await way.outcome(way.world.ana, f"command-{number}", f"text {number}", number)
        for number in (1, 3, 2, 3, 4)
    ]


async def _removed(way: Way) -> Any:
    before = await way.outcome(way.world.ana, "removed", "mine")
    await way.world.priya.do("participant.remove", portal=way.portal, person=way.world.ana.id)
    return before, [await way.outcome(way.world.ana, key, "mine") for key in ("removed", "later")]


CASES = [_empty, _colleague, _stranger, _repeated, _key_reused, _overtaken, _removed]


@pytest.mark.parametrize("case", CASES, ids=[case.__name__.strip("_") for case in CASES])
async def test_both_ways_come_to_the_same(ways: list[Way], case: Callable[[Way], Awaitable[Any]]) -> None:
    short, long = [await case(way) for way in ways]
    assert short == long


async def test_a_repeat_tells_the_same_place_in_the_log(ways: list[Way]) -> None:
    for way in ways:
        first, again = [await way.send(way.world.ana, "repeated", "the same") for _ in range(2)]
        assert (first.result, first.upto) == (again.result, again.upto)


async def test_what_one_statement_tells_is_what_models_tell(ways: list[Way]) -> None:
    """P5 and I12: also of a message that was deleted."""
    way, world = ways[0], ways[0].world
    answers = [await way.send(world.ana, f"message-{place}", f"text {place}") for place in range(2)]
    ids = [answer.result["message"] for answer in answers]
    await world.priya.do("message.delete", message=ids[1])
    short = await portals.plain_messages(world.database, world.firm, ids)
    async with world.database.snapshot(world.firm):
        long = await portals.message_shapes(await Message.filter(id__in=ids))
    assert short is not None
    assert sorted(short, key=str) == sorted(long, key=str)
    assert [message.deleted for message in sorted(long, key=lambda shape: shape.number)] == [False, True]


async def _rows_of(way: Way, answer: Answer) -> Any:
    """All that a message left, without what differs between any two."""
    person, message = UUID(way.world.ana.id), answer.result["message"]
    reply = derived_id(person, way.own("plain"), "reply")
    async with way.world.database.snapshot(way.world.firm):
        found = [
            await Message.get(id=message),
            await CommandReply.get(id=reply),
            await Device.get(id=derived_id(person, way.own("telephone"), "device")),
            *await LogEntry.filter(entity_id=message).order_by("log_id"),
        ]
        portal = await Portal.get(id=way.portal)
        logs = {str(row.log_id) for row in found if isinstance(row, LogEntry)}
    assert answer.upto is not None
    rows = [_plain(row) for row in found]
    return rows, portal.last_number, portal.last_fact, logs


def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SAME_IN_ALL & row._meta.db_fields}
