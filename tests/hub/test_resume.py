"""Coming back: from a cursor where that can be followed, else with a reason to start over."""

from __future__ import annotations

import asyncio

from server.hub.doorbell import LocalDoorbell
from server.hub.tail import TAIL_ENTRIES
from storage import log
from storage.log import Cursor
from tests.hub.house import SLEEPY, House, HubNode, running_hub
from tests.hub.peer import Peer, peer_at


async def test_without_a_cursor_nothing_is_delivered_until_resume(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        welcome = await priya.hello()
        assert welcome["mode"] == "snapshot"
        await house.say("ana", "while idle")
        reply = await priya.command("message.send", portal=house.portal, text="commands work all the same")
        assert reply["ok"]
        assert priya.events == []
        await priya.resume(welcome["cursor"])
        await priya.hears("commands work all the same")
        assert priya.texts == ["while idle", "commands work all the same"]


async def test_a_cursor_in_hello_is_followed_at_once(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.live()
        await house.say("ana", "first")
        await priya.hears("first")
        cursor = priya.cursor
    await house.say("ana", "missed")
    async with peer_at(node, house.people["priya"], "json") as again:
        welcome = await again.hello(cursor)
        assert welcome["mode"] == "resume"
        await again.hears("missed")
        assert again.texts == ["missed"]


async def test_what_is_older_than_the_tail_is_read_from_the_store(house: House) -> None:
    start = await house.end_of_log("priya")
    for count in range(40):
        await house.say("ana", f"old {count}")
    async with running_hub(house.url, house.bell) as node, peer_at(node, house.people["priya"]) as live:
        await live.live()
        await house.say("ana", "new")
        await live.hears("new")
        async with peer_at(node, house.people["priya"]) as deep:
            await deep.hello(str(start))
            await deep.hears("new")
            assert deep.texts == [*(f"old {count}" for count in range(40)), "new"]
            assert deep.cursor == live.cursor


async def test_a_cursor_that_is_none_is_told_so(house: House, node: HubNode) -> None:
    for text in ("nonsense", "1", "-.x", "5.é", f"{10**20}.1"):
        assert await _reason(house, node, text) == "no_cursor"


async def test_i3_a_cursor_into_another_history_has_diverged(house: House, node: HubNode) -> None:
    end = await house.end_of_log("priya")
    assert await _reason(house, node, str(Cursor(end.seq, end.tag ^ 1))) == "diverged"
    assert await _reason(house, node, str(Cursor(end.seq - 1, end.tag))) == "diverged"
    assert await _reason(house, node, str(Cursor(end.seq + 5, end.tag))) == "diverged"


async def test_a_cursor_below_the_floor_is_compacted_and_one_at_the_floor_is_not(
    house: House, node: HubNode
) -> None:
    entries = await log.read_since(house.database, str(house.firm), 0, 3)
    async with house.database.transaction():
        await house.database.execute(
            "UPDATE log_head SET floor = $1, floor_tag = $2 WHERE id = $3",
            [entries[2].seq, entries[2].tag, house.firm],
        )
        await house.database.execute(
            "DELETE FROM log_entry WHERE log_id = $1 AND seq <= $2", [house.firm, entries[2].seq]
        )
    assert await _reason(house, node, str(entries[1].cursor)) == "compacted"
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.hello(str(entries[2].cursor))
        await house.say("ana", "above the floor")
        await priya.hears("above the floor")


async def test_a_cursor_too_far_back_is_not_followed(house: House, node: HubNode) -> None:
    end = await house.end_of_log("priya")
    async with house.database.transaction():
        await house.database.execute(
            "UPDATE log_head SET seq = seq + 10001 WHERE id = $1", [house.people["ana"].id]
        )
    async with peer_at(node, house.people["ana"]) as ana:
        await ana.hello(str(Cursor(1, 1)))
        assert (await ana.frame("reset"))["reason"] == "too_far"
    assert end.seq < 10_000


async def test_after_a_reset_the_socket_stands_idle_until_a_good_cursor(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.hello("0.5")
        reset = await priya.frame("reset")
        assert reset["snapshot"] == "/api/inbox.get"
        await house.say("ana", "not while idle")
        await priya.send({"type": "resume", "cursor": "0.6"})
        await priya.frame("reset")
        assert priya.events == []
        await priya.resume(str(await house.end_of_log("priya")))
        await house.say("ana", "and on")
        await priya.hears("and on")
        assert priya.texts == ["and on"]


async def test_i5_a_snapshot_newer_than_what_the_node_has_read_is_followed_from_its_cursor(
    house: House,
) -> None:
    async with (
        running_hub(house.url, LocalDoorbell(), pace=SLEEPY) as deaf,
        peer_at(deaf, house.people["priya"]) as first,
    ):
        await first.live()  # the node opens the log here, and hears nothing of what follows
        await house.say("ana", "before the snapshot")
        cursor = str(await house.end_of_log("priya"))
        async with peer_at(deaf, house.people["priya"]) as second:
            await second.hello()
            await second.resume(cursor)
            await house.say("ana", "after it")
            deaf.bell.ring({str(house.firm): await house.end_of_log("priya")})
            await second.hears("after it")
            assert second.texts == ["after it"]
            await first.hears("after it")
            assert first.texts == ["before the snapshot", "after it"]


async def test_one_who_comes_back_again_and_again_misses_and_repeats_nothing(
    house: House, node: HubNode
) -> None:
    texts: list[str] = []
    cursor = str(await house.end_of_log("priya"))
    spoken = [f"message {count}" for count in range(60)]

    async def speak() -> None:
        for text in spoken:
            await house.say("ana", text)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(speak())
        while not texts or texts[-1] != spoken[-1]:
            async with peer_at(node, house.people["priya"]) as priya:
                await priya.hello(cursor)
                await priya.until(lambda events: any(event["kind"] == "message.sent" for event in events))
                texts += priya.texts
                assert priya.cursor is not None
                cursor = priya.cursor
    assert texts == spoken


async def test_a_log_that_lost_its_end_sends_everybody_to_a_snapshot(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.live()
        before = await house.end_of_log("priya")
        await house.say("ana", "lost by the restored backup")
        await priya.hears("lost by the restored backup")
        async with house.database.transaction():
            await house.database.execute(
                "UPDATE log_head SET seq = $1, tag = $2 WHERE id = $3", [before.seq, before.tag, house.firm]
            )
            await house.database.execute(
                "DELETE FROM log_entry WHERE log_id = $1 AND seq > $2", [house.firm, before.seq]
            )
        assert await priya.closed() == 4200
        cursor = priya.cursor
        assert cursor is not None
        assert await _reason(house, node, cursor) == "diverged"


async def test_the_tail_is_bounded_and_what_left_it_is_still_delivered(house: House, node: HubNode) -> None:
    start = await house.end_of_log("priya")
    async with peer_at(node, house.people["priya"]) as live:
        await live.live()
        await house.many_events(2 * TAIL_ENTRIES + 100)
        await house.say("ana", "last")
        await live.hears("last")
        async with peer_at(node, house.people["priya"]) as deep:
            await deep.hello(str(start))
            await deep.hears("last")
            assert [event["id"] for event in deep.events] == [event["id"] for event in live.events]


async def _reason(house: House, node: HubNode, cursor: str) -> str:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.hello(cursor)
        reason: str = (await peer.frame("reset"))["reason"]
        assert await _is_open(peer)
        return reason


async def _is_open(peer: Peer) -> bool:
    await peer.settle()
    return True
