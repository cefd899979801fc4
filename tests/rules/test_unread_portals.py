"""Badges of portals (rule U1): derived from what stands beyond a marker, the same on every screen."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from protocol.entities import Portal
from tests.rules.world import Actor, Screen, World, send


@contextlib.asynccontextmanager
async def two_screens(who: Actor) -> AsyncIterator[tuple[Screen, Screen]]:
    """A desk and a phone of one person."""
    async with who.screen() as desk, who.screen() as phone:
        yield desk, phone


async def agree(
    world: World, who: Actor, screens: tuple[Screen, ...], expected: dict[str, list[int]]
) -> None:
    """Every screen, and a fresh one, count the same."""
    await world.settle(who, *screens)
    for screen in screens:
        assert {scope: screen.state.unread.of(scope) for scope in expected} == expected
    assert await fresh(who) == expected


async def fresh(who: Actor) -> dict[str, list[int]]:
    """What a screen that opens now would count."""
    return {one["scope"]: one["numbers"] for one in (await who.ask("inbox.get"))["unread"]}


async def test_u1_two_screens_of_one_person_count_the_same_and_own_messages_do_not_count(
    world: World,
) -> None:
    second = await world.add_matter("A second case", "ana")
    await send(world.priya, world.matter, "one")
    await send(world.priya, second, "one")
    async with two_screens(world.ana) as anas, two_screens(world.priya) as priyas:
        await send(world.ana, world.matter, "two")
        await send(world.priya, world.matter, "three")
        await send(world.priya, second, "two")
        await agree(world, world.ana, anas, {world.matter: [1, 3], second: [1, 2]})
        await agree(world, world.priya, priyas, {world.matter: [2], second: []})


async def test_u1_reading_on_one_screen_clears_the_other(world: World) -> None:
    await send(world.priya, world.matter, "one")
    async with two_screens(world.ana) as screens:
        await send(world.priya, world.matter, "two")
        await send(world.priya, world.matter, "three")
        await agree(world, world.ana, screens, {world.matter: [1, 2, 3]})
        await screens[0].client.command("portal.read", portal=world.matter, number=2)
        await agree(world, world.ana, screens, {world.matter: [3]})
        await screens[1].client.command("portal.read", portal=world.matter, number=3)
        await agree(world, world.ana, screens, {world.matter: []})


async def test_u1_one_persons_reading_leaves_the_colleagues_badge(world: World) -> None:
    await send(world.priya, world.matter, "one")
    await world.priya.do("participant.add", portal=world.matter, person=world.tom.id)
    await send(world.ana, world.matter, "two")
    async with two_screens(world.tom) as screens:
        await world.priya.do("portal.read", portal=world.matter, number=2)
        await agree(world, world.tom, screens, {world.matter: [2]})
    assert await fresh(world.priya) == {world.matter: []}


async def test_u1_what_was_deleted_or_unshared_counts_no_longer(world: World) -> None:
    await send(world.priya, world.matter, "one")
    async with two_screens(world.ana) as screens:
        sent = await send(world.priya, world.matter, "two")
        document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
        share = await world.priya.do("share.add", portal=world.matter, document=document["id"])
        await agree(world, world.ana, screens, {world.matter: [1, 2, 3]})
        await world.priya.do("message.delete", message=sent["message"])
        await agree(world, world.ana, screens, {world.matter: [1, 3]})
        await world.priya.do("share.stop", share=share["id"])
        await agree(world, world.ana, screens, {world.matter: [1]})


async def test_u1_a_share_with_a_message_counts_once_and_one_without_counts_itself(world: World) -> None:
    await send(world.priya, world.matter, "one")
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    async with two_screens(world.ana) as screens:
        await send(world.priya, world.matter, attachment=document["id"])
        await world.priya.do("share.add", portal=world.matter, document=document["id"])
        await agree(world, world.ana, screens, {world.matter: [1, 2, 3]})
        own = await world.ana.upload(world.matter, "mine.txt", b"mine")
        await world.ana.do("share.add", portal=world.matter, document=own["id"])
        await agree(world, world.ana, screens, {world.matter: [1, 2, 3]})


async def test_u1_stopping_the_share_of_a_message_leaves_the_message_unread(world: World) -> None:
    await send(world.priya, world.matter, "one")
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await send(world.priya, world.matter, attachment=document["id"])
    page = await world.priya.ask("portal.get", portal=world.matter)
    async with two_screens(world.ana) as screens:
        await world.priya.do("share.stop", share=page["shares"][0]["id"])
        await agree(world, world.ana, screens, {world.matter: [1, 2]})


async def test_u1_who_joins_later_counts_only_what_is_new(world: World) -> None:
    await send(world.priya, world.matter, "one")
    await send(world.ana, world.matter, "two")
    async with two_screens(world.tom) as toms, two_screens(world.marco) as marcos:
        await world.priya.do("participant.add", portal=world.matter, person=world.tom.id)
        await world.priya.do("participant.add", portal=world.matter, person=world.marco.id)
        for who, screens in ((world.tom, toms), (world.marco, marcos)):
            await agree(world, who, screens, {world.matter: []})
        await send(world.ana, world.matter, "three")
        for who, screens in ((world.tom, toms), (world.marco, marcos)):
            await agree(world, who, screens, {world.matter: [3]})


async def test_u1_who_returns_counts_only_what_came_since(world: World) -> None:
    await send(world.priya, world.matter, "one")
    async with two_screens(world.ana) as screens:
        await world.priya.do("participant.remove", portal=world.matter, person=world.ana.id)
        await send(world.priya, world.matter, "two")
        await agree(world, world.ana, screens, {})
        assert screens[0].state.unread.of(world.matter) == []
        await world.priya.do("participant.add", portal=world.matter, person=world.ana.id)
        await send(world.priya, world.matter, "three")
        await agree(world, world.ana, screens, {world.matter: [3]})


async def test_u1_a_screen_that_was_away_counts_the_same_when_it_comes_back(world: World) -> None:
    second = await world.add_matter("A second case", "marco")
    await send(world.priya, world.matter, "one")
    async with world.ana.screen() as early:
        await world.settle(world.ana, early)
        memory = early.client.memory
    await send(world.priya, world.matter, "two")
    gone = await send(world.priya, world.matter, "three")
    await send(world.ana, world.matter, "four, from another device")
    await world.ana.do("portal.read", portal=world.matter, number=1)
    await world.priya.do("message.delete", message=gone["message"])
    await send(world.priya, second, "elsewhere")
    await world.priya.do("participant.add", portal=second, person=world.ana.id)
    await send(world.priya, second, "and now to Ana too")
    async with world.ana.screen(memory) as late:
        await late.shows(lambda state: state.find(Portal, second), "the portal that was added meanwhile")
        await agree(world, world.ana, (late,), {world.matter: [2], second: [2]})


async def test_u1_a_firms_badge_in_all_is_the_sum_over_its_portals(world: World) -> None:
    portals = [world.matter, *[await world.add_matter(f"Case {each}", "ana") for each in range(3)]]
    async with two_screens(world.priya) as screens:
        for count, portal in enumerate(portals):
            await send(world.priya, portal, "one")
            for _ in range(count):
                await send(world.ana, portal, "an answer")
        expected: dict[str, Any] = {portal: list(range(2, 2 + count)) for count, portal in enumerate(portals)}
        await agree(world, world.priya, screens, expected)
        assert sum(map(len, (await fresh(world.priya)).values())) == 0 + 1 + 2 + 3
