"""What comes down a socket: everything that its person may see, once, in order, from where it stood."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from protocol.frames import HEARTBEAT_MS, MAX_BATCH_BYTES
from protocol.types import Shape, Side
from server.app import BODIES
from storage import log
from storage.log import Entry
from tests.hub.house import House, HubNode, comes_true, open_house, running_hub
from tests.hub.peer import Frame, Peer, peer_at

FRAME_OVERHEAD_BYTES = 200


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_a_message_reaches_those_who_take_part_at_once(
    house: House, node: HubNode, encoding: str
) -> None:
    async with (
        peer_at(node, house.people["priya"], encoding) as priya,
        peer_at(node, house.people["ana"], encoding) as ana,
    ):
        await priya.live()
        await ana.live()
        message = await house.say("ana", "Good morning — 早上好")
        heard = await priya.hears("Good morning — 早上好")
        echo = await ana.hears("Good morning — 早上好")
        assert heard["entity"] == echo["entity"] == message
        assert heard["id"] == echo["id"], "the id of an event is the same in every log that holds it"
        assert heard["actor"] == str(house.people["ana"].id)


async def test_i3_to_i7_every_event_once_and_in_order_while_many_write(database_url: str) -> None:
    async with open_house(database_url) as house, running_hub(house.url, house.bell) as node:
        other = await house.open_portal("marco")
        await house.add("tom", portal=other)
        async with (
            peer_at(node, house.people["priya"]) as priya,
            peer_at(node, house.people["tom"], "json") as tom,
            peer_at(node, house.people["ana"]) as ana,
            peer_at(node, house.people["priya"]) as late,
        ):
            start = await priya.live()
            await tom.live()
            await ana.live()
            async with asyncio.TaskGroup() as writers:
                for writer in range(4):
                    writers.create_task(_write(house, "priya", house.portal, f"a{writer}", 15))
                    writers.create_task(_write(house, "tom", other, f"b{writer}", 15))
                await late.hello(start)  # comes back in the middle of it
            await house.say("priya", "the end", portal=house.portal)
            await house.say("priya", "the end of the other", portal=other)
            for peer in (priya, late):
                await peer.hears("the end of the other")
                assert _numbers(peer, house.portal) == list(range(2, 63))
                assert _numbers(peer, other) == list(range(2, 63))
            await tom.hears("the end of the other")
            await ana.hears("the end")
            assert _numbers(tom, other) == list(range(2, 63))
            assert _numbers(tom, house.portal) == []
            assert _numbers(ana, house.portal) == list(range(2, 63))
            assert _numbers(ana, other) == []
            assert [event["id"] for event in late.events] == [event["id"] for event in priya.events]
        await _assert_dense(house)


async def test_i5_one_who_sees_nothing_is_led_to_the_next_event_by_an_empty_frame(
    house: House, node: HubNode
) -> None:
    async with peer_at(node, house.people["tom"]) as tom, peer_at(node, house.people["priya"]) as priya:
        start = await tom.live()
        await priya.live()
        await house.say("priya", "not for Tom")
        await priya.hears("not for Tom")
        assert tom.cursor == start
        await house.add("tom")
        await tom.until(lambda events: any(event["kind"] == "portal.joined" for event in events))
        assert tom.batches[0]["after"] == start
        assert tom.batches[0]["events"] == []
        assert tom.batches[1]["events"][0]["kind"] == "portal.joined"
        assert "not for Tom" not in tom.texts


async def test_i5_one_who_sees_nothing_for_long_still_learns_where_the_log_stands(
    house: House, node: HubNode
) -> None:
    async with peer_at(node, house.people["tom"]) as tom, peer_at(node, house.people["priya"]) as priya:
        start = await tom.live()
        await priya.live()
        await house.say("priya", "not for Tom")
        await priya.hears("not for Tom")
        node.hands.move_on(HEARTBEAT_MS)
        await tom.frame("ping")
        assert tom.cursor == priya.cursor != start
        assert tom.events == []


async def test_those_who_see_the_same_get_the_same_bytes(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as one, peer_at(node, house.people["priya"]) as two:
        await one.live()
        await two.live()
        await house.say("ana", "once encoded")
        await one.hears("once encoded")
        await two.hears("once encoded")
        assert one.raw[-1] == two.raw[-1]


async def test_frames_keep_to_the_limits_and_a_larger_event_stands_alone(house: House) -> None:
    start = str(await house.end_of_log("priya"))
    await house.many_events(600)
    long = "🙂" * 16_000
    await house.say("priya", long)
    await house.say("priya", "short")
    async with running_hub(house.url, house.bell) as node, peer_at(node, house.people["priya"]) as priya:
        await priya.hello(start)
        await priya.hears("short")
        assert len(priya.events) == 602
        sizes = {len(batch["events"]): len(raw) for batch, raw in _frames(priya)}
        assert max(sizes) <= 256
        assert len(sizes) >= 3
        for batch, raw in _frames(priya):
            alone = len(batch["events"]) == 1
            assert alone or len(raw) <= MAX_BATCH_BYTES + FRAME_OVERHEAD_BYTES
        assert priya.texts == [long, "short"]


async def test_i4_a_reader_never_meets_a_gap(database_url: str) -> None:
    async with open_house(database_url) as house:
        firm = str(house.firm)
        begin = (await house.end_of_log("priya")).seq
        done = False

        async def read() -> int:
            looks = 0
            while not done:
                looks += 1
                entries = await log.read_since(house.database, firm, begin, 1_000)
                assert [entry.seq for entry in entries] == list(range(begin + 1, begin + 1 + len(entries)))
            return looks

        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(read())
            async with asyncio.TaskGroup() as writers:
                for writer in range(6):
                    writers.create_task(_write(house, "priya", house.portal, str(writer), 10))
            done = True
        assert reader.result() > 10


async def test_i6_what_could_not_be_told_is_told_once_the_fault_is_mended(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    failed, mended = 0, False

    async def body(side: Side, entries: Sequence[Entry]) -> Mapping[str, Shape]:
        nonlocal failed
        if not mended:
            failed += 1
            raise ZeroDivisionError("a bug in a feature")
        return await BODIES["message.sent"](side, entries)

    async with (
        running_hub(house.url, house.bell, bodies={"message.sent": body}) as node,
        peer_at(node, house.people["priya"]) as priya,
    ):
        await priya.live()
        await house.say("ana", "first")
        await comes_true(lambda: failed > 2)
        await house.say("ana", "second")
        await priya.settle()
        assert priya.events == []
        mended = True
        await priya.hears("second")
        assert priya.texts == ["first", "second"]
    assert capsys.readouterr().out.count("delivery.failed") == 1, "logged once, not at every sweep"


async def _write(house: House, who: str, portal: str, name: str, times: int) -> None:
    for count in range(times):
        await house.say(who, f"{name} {count}", portal=portal)


async def _assert_dense(house: House) -> None:
    for person in ("priya", "ana"):
        entries = await log.read_since(house.database, str(house.people[person].log), 0, 10_000)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1)), "I3"


def _numbers(peer: Peer, portal: str) -> list[int]:
    return [
        event["body"]["number"]
        for event in peer.events
        if event["kind"] == "message.sent" and event["scope"] == portal
    ]


def _frames(peer: Peer) -> list[tuple[Frame, bytes]]:
    events = [raw for raw in peer.raw if b"events" in raw[:40]]
    return list(zip(peer.batches, events, strict=True))
