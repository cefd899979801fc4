"""Who may do what, over the doors (P9, A4); and a denial is the same as "there is no such thing"."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from protocol.commands import COMMANDS
from protocol.doors import DOORS
from protocol.queries import QUERIES
from storage import log
from tests.rules.matrix import EVERYBODY, NOBODY_HERE, ROWS, Args, Case, Cast, Row
from tests.rules.world import Actor, World, open_world

WHO = sorted(EVERYBODY | NOBODY_HERE)
NOT_IN_TABLE = {"sign_out"}
"""What concerns nothing but the asker's own session, twice without fault."""


@pytest_asyncio.fixture
async def cast(world: World) -> AsyncIterator[Cast]:
    """Two firms at one node."""
    async with open_world(world.node) as other:
        yield await Cast.gather(world, other)


async def knock(who: Actor, name: str, args: Args) -> httpx.Response:
    """Try one thing, as that person's browser or program would."""
    url, headers = f"{who.node.url}/api", who.headers
    if name in COMMANDS:
        headers = headers | {"Idempotency-Key": secrets.token_urlsafe(12)}
        return await who.http.post(f"{url}/{name}", json=args, headers=headers)
    if name in QUERIES:
        return await who.http.get(f"{url}/{name}", params=args, headers=headers)
    match name:
        case "document.upload":
            path = f"portals/{args['portal']}/documents/{secrets.token_urlsafe(12)}?name=a.txt"
            return await who.http.put(f"{url}/{path}", content=b"a", headers=headers)
        case "document.download":
            return await who.http.get(f"{url}/documents/{args['document']}/content", headers=headers)
    return await who.http.get(f"{url}/session", headers=headers)


def outcome(answer: httpx.Response) -> str:
    """``ok``, or the code of the refusal."""
    return "ok" if answer.is_success else str(answer.json()["error"]["code"])


def told(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """Everything that an answer tells."""
    return answer.status_code, answer.content, dict(answer.headers)


async def what_was_told(cast: Cast) -> dict[str, log.Head]:
    """Where every log of both firms ends."""
    logs = [str(cast.world.firm), *[actor.id for actor in cast.people.values()]]
    return await log.heads(cast.world.database, logs)


def test_every_command_query_and_door_has_a_row() -> None:
    doors = {door.name for door in DOORS if door.credential != "none"} - NOT_IN_TABLE
    assert {row.name for row in ROWS} == COMMANDS.keys() | QUERIES.keys() | doors


async def test_p9_a4_who_may_not_is_told_the_same_as_where_there_is_nothing(cast: Cast) -> None:
    case = await cast.new_case()
    before = await what_was_told(cast)
    wrong = []
    for row in ROWS:
        for who in WHO:
            if row.outcome(who) != "ok":
                wrong += await _wrongly_told(cast.people[who], who, row, case)
    assert wrong == []
    assert await what_was_told(cast) == before, "what is refused changes nothing (I2)"


async def _wrongly_told(actor: Actor, who: str, row: Row, case: Case) -> list[str]:
    denied = await knock(actor, row.name, row.filled(case))
    nothing = await knock(actor, row.name, row.filled(case.elsewhere(who)))
    if outcome(denied) != row.outcome(who):
        return [f"{row.name} {row.args} by {who}: {outcome(denied)}, not {row.outcome(who)}"]
    if told(denied) != told(nothing):
        return [f"{row.name} {row.args} by {who}: {told(denied)}, but {told(nothing)} where there is nothing"]
    return []


async def test_p9_a4_who_may_is_let_in(cast: Cast) -> None:
    shared = await cast.new_case()
    wrong = []
    for row in ROWS:
        for who in sorted(row.let_in):
            case = await cast.new_case() if row.uses_up else shared
            answer = await knock(cast.people[who], row.name, row.filled(case))
            if outcome(answer) != "ok":
                wrong.append(f"{row.name} {row.args} by {who}: {answer.text}")
    assert wrong == []


async def test_a4_whoever_was_let_in_is_not_any_more_once_removed(cast: Cast) -> None:
    case = await cast.new_case()
    tom = cast.world.tom
    await tom.do("participant.add", portal=case.ids["portal"], person=cast.world.priya.id)
    for who, becomes in (("client", "removed"), ("insider", "outsider")):
        person = cast.people[who]
        await cast.world.priya.do("participant.remove", portal=case.ids["portal"], person=person.id)
        lost = [row for row in ROWS if row.outcome(who) == "ok" and row.outcome(becomes) == "not_found"]
        for row in lost:
            if row.name != "session.end":  # it is the person's own still
                answer = await knock(person, row.name, row.filled(case))
                assert outcome(answer) == "not_found", (row.name, who)
