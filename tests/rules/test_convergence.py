"""Every screen comes to hold the same as one that opens now: I7, I11, I12, and what logs promise (I3)."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from itertools import combinations
from uuid import UUID

import pytest

from protocol.client import Memory
from protocol.commands import COMMANDS
from protocol.commands.contacts import UpdateContact
from protocol.entities import Draft
from server.clock import wall_clock
from server.features.contacts import update_contact
from server.hub.doorbell import LocalDoorbell
from server.transaction import transaction
from storage import log
from tests.rules.crowd import EVERYBODY, Crowd
from tests.rules.life import Life
from tests.rules.mirror import Mirror, fresh_state, mirror
from tests.rules.world import Screen, World, send


@contextlib.asynccontextmanager
async def screens_of(world: World) -> AsyncIterator[dict[str, Screen]]:
    """One open screen for everybody."""
    async with contextlib.AsyncExitStack() as stack:
        yield {who: await stack.enter_async_context(world.people[who].screen()) for who in EVERYBODY}


async def test_i12_after_every_command_every_screen_holds_what_a_fresh_one_would(world: World) -> None:
    await world.open_line()
    done = set()
    async with screens_of(world) as screens:
        mirrors = {who: mirror(world.people[who], screen.state) for who, screen in screens.items()}
        async for command in Life(world)():
            done.add(command)
            for who, screen in screens.items():
                await world.settle(world.people[who], screen)
                await mirrors[who].must_be_true(command)
    assert done >= set(COMMANDS), "a command that nobody tries here proves nothing"


async def test_i12_a_snapshot_of_any_moment_and_the_events_since_are_the_snapshot_of_now(
    world: World,
) -> None:
    await world.open_line()
    kept: list[tuple[str, Mirror]] = []
    async for command in Life(world)():
        for who in (world.people[name] for name in EVERYBODY):
            kept.append((command, mirror(who, await fresh_state(who))))  # noqa: PERF401
    for command, then in kept:
        async with then.who.screen(Memory(state=then.state)) as screen:
            await world.settle(then.who, screen)
        await then.must_be_true(f"resuming from {command}")


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_i6_i12_whatever_happens_at_once_and_however_lines_break_all_screens_agree_in_the_end(
    world: World, seed: int
) -> None:
    crowd = await Crowd.gather(world, random.Random(seed))
    async with screens_of(world) as screens:
        mirrors = {who: mirror(world.people[who], screen.state) for who, screen in screens.items()}
        async with asyncio.TaskGroup() as acting:
            for who in EVERYBODY:
                acting.create_task(crowd.act(world.people[who], screens[who], steps=40))
        for who, screen in screens.items():
            await world.settle(world.people[who], screen)
            await mirrors[who].must_be_true(f"a crowd with seed {seed}")
        assert max(screen.client.connections for screen in screens.values()) > 1, "some lines broke"
    assert crowd.done > 40, "most of what they tried took effect"
    await logs_agree(world)


async def test_i12_a_new_name_reaches_whoever_is_added_while_it_is_given(world: World) -> None:
    await send(world.priya, world.matter)
    renaming = UpdateContact(contact=world.marco.id, name="Marco Polo")
    async with world.priya.screen() as screen, asyncio.TaskGroup() as tasks:
        held = mirror(world.priya, screen.state)
        async with transaction(
            world.database, LocalDoorbell(), firm=world.firm, actor=UUID(world.tom.id), now=wall_clock()
        ) as change:
            await update_contact(change, world.person(world.tom), renaming)
            adding = tasks.create_task(
                world.priya.do("participant.add", portal=world.matter, person=world.marco.id)
            )
            await asyncio.wait([adding], timeout=0.5)  # it must wait until the name is given
        await adding
        await world.settle(world.priya, screen)
        await held.must_be_true("joining beside a new name")


async def test_i12_a_draft_for_a_portal_that_a_colleague_opened_meanwhile_stays_as_it_was(
    world: World,
) -> None:
    async with world.tom.screen() as screen:
        held = mirror(world.tom, screen.state)
        await world.tom.do("draft.save", scope=world.matter, channel="portal", text="Dear Ana")
        await send(world.priya, world.matter)
        await world.settle(world.tom, screen)
        await held.must_be_true("opening")
        await world.priya.do("participant.add", portal=world.matter, person=world.tom.id)
        await world.settle(world.tom, screen)
        await held.must_be_true("joining")
        assert [draft["text"] for draft in screen.state.all(Draft)] == ["Dear Ana"]


async def logs_agree(world: World) -> None:
    """I3: numbers are dense. I11: two logs that hold the same two events hold them in the same order."""
    logs = [str(world.firm), *[world.people[who].id for who in ("ana", "marco")]]
    entries = {each: await log.read_since(world.database, each, 0, 100_000) for each in logs}
    for told in entries.values():
        assert [entry.seq for entry in told] == list(range(1, len(told) + 1))
    orders = {each: [entry.event_id for entry in told] for each, told in entries.items()}
    for one, other in combinations(logs, 2):
        common = set(orders[one]) & set(orders[other])
        assert [event for event in orders[one] if event in common] == [
            event for event in orders[other] if event in common
        ]
    assert set(orders[logs[1]]) & set(orders[logs[0]]), "they hold events in common"
