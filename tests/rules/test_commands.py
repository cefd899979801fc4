"""What every command promises: whole or not at all (I2), once (I9), in the order of its device (I10)."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from protocol.client.state import State
from protocol.codec import command_digest_bytes, decode_args
from protocol.commands.users import CreateUser
from storage import log
from storage.log import Entry
from tests.rules.wire import Wire, open_wire
from tests.rules.world import RefusedByServer, Screen, World, refused, send

NOBODY = "01890000-0000-7000-8000-000000000000"


async def logs_of(world: World) -> dict[str, list[Entry]]:
    """Everything that was ever told in the firm."""
    logs = [str(world.firm), *[actor.id for actor in world.people.values() if actor.role == "client"]]
    return {each: await log.read_since(world.database, each, 0, 10_000) for each in logs}


async def texts_of(world: World) -> list[str]:
    page = await world.priya.ask("portal.get", portal=world.matter)
    return [message["text"] for message in page["messages"]]


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("message.send", {"portal": "matter", "text": " "}),
        ("message.send", {"portal": "matter", "text": "with nothing", "attachment": NOBODY}),
        ("message.delete", {"message": NOBODY}),
        ("portal.read", {"portal": NOBODY, "number": 1}),
        ("participant.add", {"portal": "matter", "person": "ana"}),
        ("participant.add", {"portal": "matter", "person": NOBODY}),
        ("participant.remove", {"portal": "matter", "person": "priya"}),
        ("participant.remove", {"portal": "matter", "person": "marco"}),
        ("share.add", {"portal": "matter", "document": NOBODY}),
        ("share.stop", {"share": NOBODY}),
        ("contact.create", {"name": "Nora", "emails": ["ana"]}),
        ("contact.update", {"contact": "marco", "name": "Luis", "emails": ["ana"]}),
        ("matter.update", {"matter": "matter", "name": "Other", "client": NOBODY}),
        ("user.update", {"user": "priya", "name": "Pia", "role": "member"}),
        ("text.send", {"contact": "ana", "text": "no number, no line"}),
        ("session.end", {"session": NOBODY}),
    ],
)
async def test_i2_a_command_that_is_refused_tells_nobody_anything(
    world: World, command: str, args: dict[str, Any]
) -> None:
    await send(world.priya, world.matter)
    named = {"matter": world.matter, **{key: actor.id for key, actor in world.people.items()}}
    given = {
        name: named.get(value, value) if isinstance(value, str) else value for name, value in args.items()
    }
    if "emails" in given:
        given["emails"] = [world.email(key) for key in given["emails"]]
    before = await logs_of(world)
    state = [await world.priya.ask(query) for query in ("inbox.get", "contact.list", "matter.list")]
    await refused(world.priya, command, **given)
    assert await logs_of(world) == before
    assert [await world.priya.ask(query) for query in ("inbox.get", "contact.list", "matter.list")] == state


async def test_i2_what_took_effect_is_told_once_in_each_log_that_it_belongs_to(world: World) -> None:
    sent = await send(world.priya, world.matter)
    told = await logs_of(world)
    for owner, entries in told.items():
        kinds = [entry.kind for entry in entries if entry.entity == sent["message"]]
        assert kinds == ([] if owner == world.marco.id else ["message.sent"]), owner
    assert [entry.seq for entry in told[world.ana.id]] == list(range(1, len(told[world.ana.id]) + 1))


async def test_i9_a_key_refused_has_had_no_effect_and_may_be_used_again(world: World) -> None:
    await send(world.priya, world.matter)
    with pytest.raises(RefusedByServer):
        await world.priya.do("share.add", key="of-one-wish", portal=world.matter, document=NOBODY)
    document = await world.priya.upload(world.matter, "a.txt", b"a")
    share = await world.priya.do("share.add", key="of-one-wish", portal=world.matter, document=document["id"])
    assert share["number"] == 2


async def test_i9_the_same_key_of_two_people_is_two_wishes(world: World) -> None:
    await send(world.priya, world.matter, "first")
    for who in (world.priya, world.ana):
        await who.do("message.send", key="what-a-coincidence", portal=world.matter, text=f"by {who.name}")
    assert await texts_of(world) == ["first", "by Priya Shah", "by Ana Ruiz"]


async def test_i9_repeats_at_once_over_lines_and_http_have_one_effect_and_one_answer(world: World) -> None:
    await send(world.priya, world.matter, "first")
    wish = {"key": "the-same-everywhere", "portal": world.matter, "text": "once"}
    answers: list[dict[str, Any]] = []

    async def over_the_line(device: str) -> None:
        async with open_wire(world.ana, device=device) as wire:
            answers.append((await wire.command(1, "message.send", **wish))["result"])

    async def past_it() -> None:
        answers.append(await world.ana.do("message.send", **wish))

    async with asyncio.TaskGroup() as repeats:
        for number in range(4):
            repeats.create_task(over_the_line(f"device-number-{number}"))
            repeats.create_task(past_it())
    assert len(answers) == 8
    assert answers == [answers[0]] * 8
    assert await texts_of(world) == ["first", "once"]


async def test_i9_what_was_made_is_not_made_again_when_its_answer_was_forgotten(world: World) -> None:
    """Somebody who comes back after weeks sends what was never answered: it must not refuse or double."""
    await send(world.priya, world.matter)
    document = await world.priya.upload(world.matter, "a.txt", b"a")
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("contact.create", {"name": "Nora", "emails": [world.email("nora")]}),
        ("matter.create", {"name": "Lind estate", "client": world.marco.id}),
        ("share.add", {"portal": world.matter, "document": document["id"]}),
        ("user.create", {"name": "Ira", "email": world.email("ira"), "password": "a long enough password"}),
    ]
    made = [await world.priya.do(name, key=name.replace(".", "-"), **args) for name, args in wishes]
    async with world.database.transaction():
        await world.database.execute("DELETE FROM command_reply")
    before = await logs_of(world)
    again = [await world.priya.do(name, key=name.replace(".", "-"), **args) for name, args in wishes]
    assert again == made
    assert await logs_of(world) == before


async def test_i9_i10_a_repeat_that_overtakes_its_first_try_gets_the_answer_as_well(world: World) -> None:
    """A line breaks while its command runs; the next line brings the command again, at once."""
    async with (
        open_wire(world.priya, device="the-telephone") as old,
        open_wire(world.priya, device="the-telephone") as new,
    ):
        for number in range(1, 21):
            wish = {"key": secrets.token_urlsafe(12), "name": f"Contact {number}"}
            replies = []
            async with asyncio.TaskGroup() as both:
                for wire in (old, new):
                    replies.append(both.create_task(_make_contact(wire, number, wish)))  # noqa: PERF401
            first, second = (reply.result() for reply in replies)
            assert first["ok"], first
            assert first["result"] == second["result"]
    assert len((await world.priya.ask("contact.list", find="Contact"))["contacts"]) == 20


async def test_t7_what_is_kept_to_know_repeats_by_lets_nobody_check_a_guess(world: World) -> None:
    """With the database alone, neither a new password nor the words of a message can be tried out."""
    args = {"name": "Ira", "email": world.email("ira"), "password": "a long enough password"}
    await world.priya.do("user.create", **args)
    guess = command_digest_bytes(decode_args(args, CreateUser))
    rows = await world.database.fetch(
        "SELECT digest FROM command_reply WHERE person_id = $1 AND name = 'user.create'", [world.priya.id]
    )
    assert len(rows) == 1
    assert rows[0]["digest"] != hashlib.sha256(b"user.create\0" + guess).hexdigest()


async def test_i9_a_repeat_says_that_it_is_one_and_how_far_the_log_had_come(world: World) -> None:
    await send(world.priya, world.matter, "first")
    async with open_wire(world.ana, device="a-telephone") as wire:
        wish = {"key": "said-only-once", "portal": world.matter, "text": "once"}
        reply = await wire.command(1, "message.send", **wish)
        await send(world.priya, world.matter, "meanwhile")
        again = await wire.command(1, "message.send", **wish)
        assert (reply.get("repeated", False), again["repeated"]) == (False, True)
        assert (again["result"], again["upto"]) == (reply["result"], reply["upto"])
        other = await wire.command(2, "message.send", **{**wish, "text": "twice"})
        assert other["error"]["code"] == "key_reused"


async def test_i10_a_command_that_a_later_one_has_overtaken_is_refused_for_its_device_alone(
    world: World,
) -> None:
    await send(world.priya, world.matter, "first")
    async with (
        open_wire(world.ana, device="the-telephone") as old,
        open_wire(world.ana, device="the-telephone") as new,
        open_wire(world.ana, device="the-old-tablet") as tablet,
        open_wire(world.marco, device="the-telephone"),
    ):
        assert (await _say(new, 7, world, "seven"))["ok"]
        for number in (6, 7):
            late = await _say(old, number, world, f"late {number}")
            assert (late["error"]["code"], late["error"]["temporary"]) == ("out_of_order", True)
        assert (await _say(tablet, 1, world, "from the tablet"))["ok"]
        assert (await _say(old, 8, world, "eight"))["ok"]
    assert await texts_of(world) == ["first", "seven", "from the tablet", "eight"]


async def test_i10_a_refused_command_does_not_take_its_number(world: World) -> None:
    await send(world.priya, world.matter, "first")
    async with open_wire(world.ana) as wire:
        assert (await _say(wire, 5, world, " "))["error"]["code"] == "empty"
        assert (await _say(wire, 4, world, "four"))["ok"], "five never happened"
        assert (await _say(wire, 5, world, "five"))["ok"]
    assert await texts_of(world) == ["first", "four", "five"]


async def test_i10_what_is_sent_at_once_takes_effect_in_the_order_sent(world: World) -> None:
    await send(world.priya, world.matter, "0")
    async with world.ana.screen() as screen, asyncio.TaskGroup() as sending:
        for number in range(1, 31):
            sending.create_task(screen.client.command("message.send", portal=world.matter, text=str(number)))
    assert await texts_of(world) == [str(number) for number in range(31)]


async def test_i10_commands_keep_their_order_while_the_line_breaks_again_and_again(world: World) -> None:
    await send(world.priya, world.matter, "0")
    async with world.ana.screen() as screen, asyncio.TaskGroup() as sending:
        for number in range(1, 31):
            sending.create_task(screen.client.command("message.send", portal=world.matter, text=str(number)))
            if number % 6 == 0:
                seen = screen.client.connections
                conversation = screen.client._conversation
                assert conversation is not None
                conversation._socket.transport.abort()
                await screen.shows(_more_lines_than(screen, seen), "a new line")
                await screen.shows(lambda _: screen.client._conversation, "its conversation")
    assert await texts_of(world) == [str(number) for number in range(31)]


def _more_lines_than(screen: Screen, seen: int) -> Callable[[State], bool]:
    return lambda _: screen.client.connections > seen


async def _make_contact(wire: Wire, number: int, wish: dict[str, str]) -> dict[str, Any]:
    await wire.send(
        {
            "type": "command",
            "id": number,
            "key": wish["key"],
            "name": "contact.create",
            "args": {"name": wish["name"]},
        }
    )

    def reply() -> dict[str, Any] | None:
        return next((each for each in wire.frames if each.get("id") == number), None)

    return await wire.until(reply, "the reply")


async def _say(wire: Wire, number: int, world: World, text: str) -> dict[str, Any]:
    key = secrets.token_urlsafe(12)
    return await wire.command(number, "message.send", key=key, portal=world.matter, text=text)
