"""Base records: the firm's own people, and what ends when their rights change (A5)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from protocol.entities import Participant, User
from server import sessions
from server.clock import wall_clock
from server.hub.doorbell import LocalDoorbell
from server.transaction import transaction
from storage.models import Session
from tests.rules.wire import open_wire
from tests.rules.world import RefusedByServer, World, refused, send

NOBODY = "01890000-0000-7000-8000-000000000000"
PASSWORD = "a sentence that is long enough"


async def make(world: World, key: str = "sam", **more: Any) -> dict[str, Any]:
    given = {"name": "Sam Ode", "email": world.email(key), "password": PASSWORD, **more}
    return await world.priya.do("user.create", **given)


async def sign_in(world: World, email: str, password: str = PASSWORD) -> tuple[int, dict[str, Any]]:
    answer = await world.http.post(
        f"{world.node.url}/api/sign-in/password",
        json={"email": email, "password": password},
        headers={"Origin": world.node.url},
    )
    world.http.cookies.clear()
    return answer.status_code, answer.json()


async def has_live_session(world: World, person: str) -> bool:
    async with world.database.snapshot(world.firm):
        return await Session.exists(person_id=person, ended_at=None)


async def open_session(world: World, person: str) -> None:
    async with transaction(
        world.database, LocalDoorbell(), firm=world.firm, actor=UUID(person), now=wall_clock()
    ) as change:
        await sessions.open_session(change, UUID(person), "firm", "a browser")


async def test_an_admin_makes_a_user_who_signs_in(world: World) -> None:
    made = await make(world, title=" Paralegal ")
    assert (made["role"], made["title"], made["active"]) == ("member", "Paralegal", True)
    status, answer = await sign_in(world, world.email("SAM"))
    assert (status, answer["me"]["name"], answer["me"]["role"]) == (200, "Sam Ode", "member")
    assert (await sign_in(world, world.email("sam"), "a sentence that is wrong"))[0] == 401


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "  "}, "`name` must be a single line, not blank."),
        ({"email": "sam at home"}, "“sam at home” is not an email address."),
        ({"password": "too short"}, "`password` must have at least 15 characters."),
        ({"role": "client"}, "`role` cannot be 'client'."),
        ({"active": False}, "`active` is not known here."),
    ],
)
async def test_what_cannot_be_a_user_is_refused_in_a_sentence_that_helps(
    world: World, given: dict[str, Any], sentence: str
) -> None:
    complete = {"name": "Sam", "email": world.email("sam"), "password": PASSWORD, **given}
    refusal = await refused(world.priya, "user.create", **complete)
    assert (refusal.code, refusal.message) == ("invalid", sentence)
    assert len((await world.priya.ask("user.list"))["users"]) == 2


async def test_an_address_signs_in_to_one_user(world: World) -> None:
    refusal = await refused(
        world.priya, "user.create", name="Tom again", email=world.email("TOM"), password=PASSWORD
    )
    assert (refusal.code, refusal.message) == ("conflict", "Somebody signs in with this address already.")


async def test_of_four_who_take_an_address_at_once_one_has_it(world: World) -> None:
    outcomes: list[str] = []

    async def take() -> None:
        try:
            await make(world)
            outcomes.append("made")
        except RefusedByServer as refusal:
            outcomes.append(refusal.code)

    async with asyncio.TaskGroup() as takers:
        for _ in range(4):
            takers.create_task(take())
    assert sorted(outcomes) == ["conflict"] * 3 + ["made"]


async def test_members_change_nobody(world: World) -> None:
    for command, args in (
        ("user.create", {"name": "x", "email": world.email("x"), "password": PASSWORD}),
        ("user.update", {"user": world.tom.id, "role": "admin"}),
    ):
        assert (await refused(world.tom, command, **args)).code == "forbidden", command
    assert {user["name"] for user in (await world.tom.ask("user.list"))["users"]} == {
        "Priya Shah",
        "Tom Becker",
    }


async def test_a_change_shows_live_at_the_firm_and_in_portals(world: World) -> None:
    await send(world.tom, world.matter)
    async with world.priya.screen() as priya, world.ana.screen() as ana:
        await world.priya.do("user.update", user=world.tom.id, name="Tom Becker-Lee", title="Partner")
        await priya.shows(
            lambda state: (state.find(User, world.tom.id) or {}).get("title") == "Partner", "his title"
        )
        await ana.shows(
            lambda state: (
                ("Tom Becker-Lee", "Partner")
                in {(stay["name"], stay.get("title")) for stay in state.all(Participant)}
            ),
            "his name in the portal",
        )


async def test_the_last_active_admin_stays_one(world: World) -> None:
    for change in ({"role": "member"}, {"active": False}):
        refusal = await refused(world.priya, "user.update", user=world.priya.id, **change)
        assert (refusal.code, refusal.message) == (
            "conflict",
            "The firm needs at least one active admin. Make somebody else an admin first.",
        )
    boss = await world.add_user("boss", "Bea Boss", "admin")
    await boss.do("user.update", user=world.priya.id, role="member")
    assert (await refused(boss, "user.update", user=boss.id, active=False)).code == "conflict"


async def test_two_admins_who_put_each_other_down_at_once_leave_one(world: World) -> None:
    boss = await world.add_user("boss", "Bea Boss", "admin")

    async def put_down(who: str, whom: str) -> None:
        try:
            await world.people[who].do("user.update", user=world.people[whom].id, role="member")
        except RefusedByServer as refusal:
            assert refusal.code in {"conflict", "forbidden", "not_signed_in"}, refusal  # noqa: PT017

    async with asyncio.TaskGroup() as both:
        both.create_task(put_down("priya", "boss"))
        both.create_task(put_down("boss", "priya"))
    users = (await world.tom.ask("user.list"))["users"]
    admins = [user["id"] for user in users if user["role"] == "admin"]
    assert len(admins) == 1, f"{boss.id} or {world.priya.id}"


async def test_a5_who_works_here_no_longer_is_out_at_once(world: World) -> None:
    made = await make(world)
    await sign_in(world, world.email("sam"))
    async with open_wire(world.tom) as tom:
        for user in (made["id"], world.tom.id):
            await world.priya.do("user.update", user=user, active=False)
            assert not await has_live_session(world, user)
        assert await tom.closed() == 4401
    with pytest.raises(RefusedByServer) as refusal:
        await world.tom.ask("inbox.get")
    assert refusal.value.code == "not_signed_in"
    assert (await sign_in(world, world.email("sam")))[0] == 401
    users = (await world.priya.ask("user.list"))["users"]
    assert {user["name"]: user["active"] for user in users}["Tom Becker"] is False


async def test_a5_a_new_password_ends_the_sessions_and_only_it_signs_in(world: World) -> None:
    made = await make(world)
    await sign_in(world, world.email("sam"))
    assert await has_live_session(world, made["id"])
    await world.priya.do("user.update", user=made["id"], password="another sentence, just as long")
    assert not await has_live_session(world, made["id"])
    assert (await sign_in(world, world.email("sam")))[0] == 401
    assert (await sign_in(world, world.email("sam"), "another sentence, just as long"))[0] == 200


async def test_a5_another_role_ends_what_stands_on_the_old_one(world: World) -> None:
    boss = await world.add_user("boss", "Bea Boss", "admin")
    await open_session(world, boss.id)
    async with open_wire(boss) as wire:
        await world.priya.do("user.update", user=boss.id, role="member")
        assert await wire.closed() == 4401, "an open socket would keep the rights that it came in with"
    assert not await has_live_session(world, boss.id)


async def test_a5_a_new_name_ends_nothing(world: World) -> None:
    await open_session(world, world.tom.id)
    async with open_wire(world.tom) as tom:
        await world.priya.do("user.update", user=world.tom.id, name="Thomas Becker")
        await tom.hears("user.changed")
        await tom.settle()
    assert await has_live_session(world, world.tom.id)


async def test_a_user_that_does_not_exist_is_not_found(world: World) -> None:
    assert (await refused(world.priya, "user.update", user=NOBODY, name="x")).code == "not_found"
