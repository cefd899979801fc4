"""Leaving takes effect at once: in its own batch, in what waits to be written, on coming back."""

from __future__ import annotations

import asyncio

from server.hub.doorbell import LocalDoorbell
from tests.hub.house import SLEEPY, House, HubNode, running_hub
from tests.hub.peer import Frame, Peer, peer_at, stop_reading

WELCOME_AND_PONG = 2


async def test_i8_one_who_was_removed_hears_that_and_nothing_more_of_the_portal(
    house: House, node: HubNode
) -> None:
    await house.add("tom")
    async with peer_at(node, house.people["tom"]) as tom, peer_at(node, house.people["priya"]) as priya:
        await tom.live()
        await priya.live()
        stop = asyncio.Event()

        async def speak() -> None:
            while not stop.is_set():
                await house.say("ana", "among ourselves")

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(speak())
            await tom.until(lambda events: len(events) > 5)
            await house.remove("tom")
            await tom.until(_has_left)
            await house.say("ana", "Tom must not see this")
            stop.set()
        await priya.hears("Tom must not see this")
        await tom.settle()
        left = [event["kind"] for event in tom.events].index("portal.left")
        assert [event["kind"] for event in tom.events[left + 1 :]] == []
        assert b"Tom must not see this" not in b"".join(tom.raw)


async def test_i8_leaving_takes_effect_before_anything_of_its_own_batch(house: House) -> None:
    await house.add("tom")
    async with (
        running_hub(house.url, LocalDoorbell(), pace=SLEEPY) as deaf,
        peer_at(deaf, house.people["tom"]) as tom,
        peer_at(deaf, house.people["priya"]) as priya,
    ):
        await tom.live()
        await priya.live()
        await house.say("ana", "before the removal, unread by the node")
        await house.remove("tom")
        await house.say("ana", "after it")
        deaf.bell.ring({str(house.firm): await house.end_of_log("priya")})
        await priya.hears("after it")
        await tom.until(_has_left)
        await tom.settle()
        assert _of_portal(tom, house.portal) == ["portal.left"]


async def test_i8_what_waits_for_a_slow_socket_is_taken_back(house: House, node: HubNode) -> None:
    await house.add("tom")
    async with peer_at(node, house.people["priya"]) as priya, stop_reading(node, house.people["tom"]) as tom:
        await priya.live()
        await tom.live()
        wire = node.connection_of(house.people["tom"])._wire
        for count in range(100):
            await house.say("ana", f"{count:03} {'secret ' * 2_000}")
        await priya.until(lambda events: sum(event["kind"] == "message.sent" for event in events) == 100)
        assert len(wire._pending) > 0
        begun = wire.frames_sent - WELCOME_AND_PONG
        await house.remove("tom")
        await priya.told("participant.removed")
        await tom.until(_has_left)  # now it reads: what had begun to leave, and then that it left the portal
        heard = [text[:3] for text in tom.texts]
        assert heard == [f"{count:03}" for count in range(len(heard))]
        assert len(heard) in {begun, begun + 1}, "at most one more began while the removal was on its way"
        assert tom.events[-1]["kind"] == "portal.left"


async def test_i8_coming_back_after_removal_brings_nothing_from_before_it_either(
    house: House, node: HubNode
) -> None:
    await house.add("tom")
    start = await house.end_of_log("priya")
    await house.say("ana", "while Tom took part")
    await house.remove("tom")
    await house.say("ana", "when he did not")
    await house.do("priya", "matter.create", name="Next", client=str(house.people["ana"].id))
    async with peer_at(node, house.people["tom"]) as tom:
        await tom.hello(str(start))
        await tom.until(lambda events: any(event["kind"] == "matter.changed" for event in events))
        assert _of_portal(tom, house.portal) == ["portal.left"]


async def test_i8_one_who_is_added_again_hears_what_comes_after(house: House, node: HubNode) -> None:
    await house.add("tom")
    async with peer_at(node, house.people["tom"]) as tom:
        await tom.live()
        await house.remove("tom")
        await house.say("ana", "in between")
        await house.add("tom")
        await house.say("ana", "again")
        await tom.hears("again")
        assert tom.texts == ["again"]


async def test_a2_one_who_sees_only_from_now_on_is_told_nothing_older_on_coming_back(
    house: House, node: HubNode
) -> None:
    start = await house.end_of_log("marco")
    await house.add("marco")
    await house.say("priya", "an older message")
    await house.remove("marco")
    await house.add("marco", history="from_now")
    await house.say("priya", "a newer message")
    async with peer_at(node, house.people["marco"]) as marco:
        await marco.hello(str(start))
        await marco.hears("a newer message")
        assert marco.texts == ["a newer message"]


async def test_the_end_of_a_session_closes_its_sockets_and_no_others(house: House, node: HubNode) -> None:
    phone = await house.sign_in("priya")
    async with peer_at(node, house.people["priya"]) as desk, peer_at(node, phone) as pocket:
        await desk.live()
        await pocket.hello()  # idle sockets close as well
        await house.sign_out(phone)
        assert await pocket.closed() == 4401
        await desk.told("session.ended")
        await house.say("ana", "and on")
        await desk.hears("and on")


async def test_a_session_that_ended_before_hello_is_not_let_in(house: House, node: HubNode) -> None:
    gone = await house.sign_in("priya")
    async with peer_at(node, gone) as peer:
        await house.sign_out(gone)
        await peer.send({"type": "hello", "app": "test", "device": peer.device, "token": str(gone.session)})
        assert await peer.closed() == 4401


async def test_i8_resume_refuses_a_session_that_ended_while_the_node_was_deaf(house: House) -> None:
    async with running_hub(house.url, LocalDoorbell(), pace=SLEEPY) as deaf:
        gone = await house.sign_in("priya")
        async with peer_at(deaf, gone) as peer:
            welcome = await peer.hello()
            await house.sign_out(gone)
            await peer.send({"type": "resume", "cursor": welcome["cursor"]})
            assert await peer.closed() == 4401


def _has_left(events: list[Frame]) -> bool:
    return any(event["kind"] == "portal.left" for event in events)


def _of_portal(peer: Peer, portal: str) -> list[str]:
    return [event["kind"] for event in peer.events if event["scope"] == portal]
