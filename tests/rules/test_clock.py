"""Time is shown, never reckoned with: I15."""

from __future__ import annotations

from protocol.entities import Message
from server.clock import wall_clock
from tests.rules.world import World, execute_at

HOUR_MS = 3_600_000


async def test_i15_a_clock_that_runs_backwards_reorders_and_forgets_nothing(world: World) -> None:
    now = wall_clock()
    texts = [f"said {place}" for place in range(5)]
    async with world.priya.screen() as priya:
        for place, text in enumerate(texts):
            earlier = now - place * HOUR_MS
            await execute_at(world, world.priya, earlier, "message.send", portal=world.matter, text=text)
        shown = await priya.shows(
            lambda state: (
                len(found := [each for each in state.all(Message) if each["text"] in texts]) == len(texts)
                and found
            ),
            "all messages",
        )
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert [message["text"] for message in page["messages"]] == texts
    assert [each["text"] for each in sorted(shown, key=lambda each: each["number"])] == texts
    assert [message["at"] for message in page["messages"]] == [now - place * HOUR_MS for place in range(5)]


async def test_i15_a_receipt_is_kept_although_the_clock_went_back(world: World) -> None:
    now = wall_clock()
    for text in ("one", "two"):
        await execute_at(world, world.priya, now, "message.send", portal=world.matter, text=text)
    await execute_at(world, world.ana, now + HOUR_MS, "portal.read", portal=world.matter, number=1)
    await execute_at(world, world.ana, now - HOUR_MS, "portal.read", portal=world.matter, number=2)
    page = await world.priya.ask("portal.get", portal=world.matter)
    assert [(marker["person"], marker["number"]) for marker in page["markers"]] == [(world.ana.id, 2)]
    assert [fact["upto"] for fact in page["facts"]] == [1, 2]
