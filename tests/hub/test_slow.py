"""Somebody who reads slowly, or not at all, costs a bounded amount of memory and nobody else's time (I13)."""

from __future__ import annotations

import asyncio

from protocol.frames import Problem
from server.hub.wire import CLOSE_TIMEOUT_MS, STALL_TIMEOUT_MS
from tests.hub.house import House, HubNode, comes_true, running_hub
from tests.hub.peer import peer_at, stop_reading

PATIENCE_S = 8.0
MAX_PENDING_BYTES = 64 * 1024


async def test_i13_one_who_stops_reading_is_bounded_closed_and_delays_nobody(
    house: House, node: HubNode
) -> None:
    phone = await house.sign_in("priya")
    async with (
        peer_at(node, house.people["priya"]) as quick,
        stop_reading(node, phone) as slow,
    ):
        await quick.live()
        start = await slow.live()
        stuck = node.connection_of(phone)
        worst_bytes = 0
        async with asyncio.timeout(PATIENCE_S):
            for count in range(100):
                await house.say("ana", _long(count))
                await quick.hears(_long(count))
                worst_bytes = max(worst_bytes, stuck._wire.pending_bytes)
        assert 0 < worst_bytes <= MAX_PENDING_BYTES
        node.hands.move_on(STALL_TIMEOUT_MS)
        await comes_true(lambda: stuck.closed is not None)
        assert stuck.closed is not None
        assert stuck.closed.code == 4003
        node.hands.move_on(CLOSE_TIMEOUT_MS)
        await comes_true(lambda: stuck not in node.hub._connections)
        assert await slow.closed() in {1006, 4003}
        assert slow.texts == [_long(count) for count in range(len(slow.texts))]
        async with peer_at(node, house.people["priya"]) as back:
            await back.hello(slow.cursor or start)
            await back.hears(_long(99))
            assert slow.texts + back.texts == [_long(count) for count in range(100)]
        await quick.settle()


async def test_i13_one_who_reads_again_in_time_is_brought_up_without_loss(
    house: House, node: HubNode
) -> None:
    phone = await house.sign_in("priya")
    async with (
        peer_at(node, house.people["priya"]) as quick,
        stop_reading(node, phone) as slow,
    ):
        await quick.live()
        await slow.live()
        for count in range(100):
            await house.say("ana", _long(count))
        await quick.hears(_long(99))
        assert node.connection_of(phone)._wire.pending_bytes > 0
        await slow.hears(_long(99))
        assert slow.texts == [_long(count) for count in range(100)]
        await house.say("ana", "live again")
        await slow.hears("live again")


async def test_i13_one_who_asks_and_never_reads_the_answers_is_closed(house: House) -> None:
    async def verbose(*_: object) -> Problem:
        return Problem(code="none", message="x" * 20_000)

    async with (
        running_hub(house.url, house.bell, commands={"draft.save": verbose}) as node,
        stop_reading(node, house.people["priya"]) as deaf,
    ):
        await deaf.hello()
        stuck = node.connection_of(house.people["priya"])
        for _ in range(40):
            await deaf.ask("draft.save", scope=house.portal, channel="portal", text="x")
            node.hands.move_on(50)  # slowly enough for the limit on commands
        await comes_true(lambda: stuck.closed is not None)
        assert stuck.closed is not None
        assert stuck.closed.code == 4003
        assert stuck._wire.pending_bytes <= MAX_PENDING_BYTES


def _long(count: int) -> str:
    return f"{count:03}{' lorem ipsum' * 1_200}"
