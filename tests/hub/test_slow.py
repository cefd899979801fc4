"""Somebody who reads slowly, or not at all, costs a bounded amount of memory and nobody else's time (I13)."""

from __future__ import annotations

import asyncio

from server.hub.connection import Connection
from server.hub.wire import CLOSE_TIMEOUT_MS, MAX_PENDING_BYTES, STALL_TIMEOUT_MS
from tests.hub.house import House, HubNode
from tests.hub.peer import peer_at, stop_reading

PATIENCE_S = 8.0
ONE_BATCH = MAX_PENDING_BYTES


async def test_i13_one_who_stops_reading_is_bounded_closed_and_delays_nobody(
    house: House, node: HubNode
) -> None:
    async with (
        peer_at(node, house.people["priya"]) as quick,
        stop_reading(node, house.people["priya"]) as slow,
    ):
        await quick.live()
        start = await slow.live()
        stuck = _connections(node)[1]
        worst_bytes = 0
        async with asyncio.timeout(PATIENCE_S):
            for count in range(100):
                await house.say("ana", _long(count))
                await quick.hears(_long(count))
                worst_bytes = max(worst_bytes, stuck._wire.pending_bytes)
        assert 0 < worst_bytes <= MAX_PENDING_BYTES
        node.hands.move_on(STALL_TIMEOUT_MS)
        await _until(lambda: stuck.closed is not None)
        assert stuck.closed is not None
        assert stuck.closed.code == 4003
        node.hands.move_on(CLOSE_TIMEOUT_MS)
        await _until(lambda: stuck not in _connections(node))
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
    async with (
        peer_at(node, house.people["priya"]) as quick,
        stop_reading(node, house.people["priya"]) as slow,
    ):
        await quick.live()
        await slow.live()
        for count in range(100):
            await house.say("ana", _long(count))
        await quick.hears(_long(99))
        assert _connections(node)[1]._wire.pending_bytes > 0
        await slow.hears(_long(99))
        assert slow.texts == [_long(count) for count in range(100)]
        await house.say("ana", "live again")
        await slow.hears("live again")


async def test_i13_one_who_asks_and_never_reads_the_answers_is_closed(house: House, node: HubNode) -> None:
    async with stop_reading(node, house.people["priya"]) as deaf:
        await deaf.hello()
        stuck = _connections(node)[0]
        async with asyncio.timeout(PATIENCE_S):
            while stuck.closed is None:
                await deaf.ask("message.send", portal=house.portal, text=42, note="x" * 50_000)
                node.hands.move_on(50)  # slowly enough for the limits of rate
                await asyncio.sleep(0)
        assert stuck.closed.code == 4003
        assert stuck._wire.pending_bytes <= 2 * MAX_PENDING_BYTES


def _long(count: int) -> str:
    return f"{count:03}{' lorem ipsum' * 1_200}"


def _connections(node: HubNode) -> list[Connection]:
    return sorted(node.hub._connections, key=lambda connection: connection.id)


async def _until(true: object) -> None:
    assert callable(true)
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.005)
