"""A server that is killed in the middle of its work: I1, I2, I6, I7, I9, I10."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from protocol.client.state import State
from protocol.entities import Message
from server.settings import Settings
from tests.faults.processes import ProcessNode
from tests.nodes import Node
from tests.rules.world import Screen, World, open_world

KILLS = 4
MESSAGES = 60
PATIENCE_S = 60


@pytest.fixture
def process(settings: Settings, tmp_path: Path) -> Iterator[ProcessNode]:
    """A server in a process of its own."""
    node = ProcessNode(settings, tmp_path)
    node.start()
    yield node
    node.kill()


async def test_i1_i9_i10_what_was_acknowledged_survives_kills_once_and_in_order(process: ProcessNode) -> None:
    async with (
        open_world(cast(Node, process)) as world,
        asyncio.timeout(PATIENCE_S),
    ):
        await world.priya.do("message.send", portal=world.matter, text="the first")
        async with world.priya.screen() as priya, world.ana.screen() as ana:
            acknowledged = await _write_through_kills(process, priya, world.matter)
            assert process.kills == KILLS
            seen = await ana.client.until(lambda state: _all_of(state, world.matter))
        kept = await _everything_in(world)
    assert [text for text, _ in kept] == [f"message {place}" for place in range(MESSAGES)]
    assert dict(kept) == acknowledged
    assert seen == kept


async def _write_through_kills(process: ProcessNode, screen: Screen, portal: str) -> dict[str, int]:
    """Send messages in the order of the outbox, while the server is killed and started."""
    acknowledged: dict[str, int] = {}
    enough = {kill * MESSAGES // (KILLS + 1): asyncio.Event() for kill in range(1, KILLS + 1)}

    async def write(place: int) -> None:
        text = f"message {place}"
        answer = await screen.client.command("message.send", portal=portal, text=text)
        acknowledged[text] = answer["number"]
        if len(acknowledged) in enough:
            enough[len(acknowledged)].set()

    async def kill_again_and_again() -> None:
        for event in enough.values():
            await event.wait()
            await asyncio.to_thread(process.kill)
            await asyncio.to_thread(process.start)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kill_again_and_again())
        for place in range(MESSAGES):
            tasks.create_task(write(place))
    return acknowledged


def _all_of(state: State, portal: str) -> list[tuple[str, int]]:
    """The screen's messages in order, once all are there."""
    held = [
        message for message in state.all(Message) if message["portal"] == portal and message["number"] > 1
    ]
    if len(held) < MESSAGES:
        return []
    return [(message["text"], message["number"]) for message in sorted(held, key=_number)]


async def _everything_in(world: World) -> list[tuple[str, int]]:
    page = await world.priya.ask("portal.get", portal=world.matter)
    messages = page["messages"]
    while page["more"]:
        page = await world.priya.ask("portal.get", portal=world.matter, before=messages[0]["number"])
        messages = page["messages"] + messages
    return [(message["text"], message["number"]) for message in messages[1:]]


def _number(message: dict[str, Any]) -> int:
    number: int = message["number"]
    return number
