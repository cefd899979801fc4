"""Who was removed from a portal stops receiving at once, and what stays: rule A4, and I8 under load."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from protocol.client import Stopped
from protocol.entities import Message, Participant, Portal
from tests.rules.scenes import add, download_refused, page_of, remove, said_and_shared
from tests.rules.wire import open_wire
from tests.rules.world import Actor, RefusedByServer, World, refused, send, within


async def test_a4_the_screen_of_who_was_removed_learns_it_and_the_persons_other_portals_go_on(
    world: World,
) -> None:
    other = await world.add_matter("A second case", "ana")
    await send(world.priya, world.matter, "here")
    await send(world.priya, other, "there")
    async with world.ana.screen() as ana:
        await ana.refresh(world.ana, world.matter)
        await remove(world, world.ana)
        await ana.shows(lambda state: state.find(Portal, world.matter) is None, "that the portal is closed")
        assert not [one for one in ana.state.all(Message) if one["portal"] == world.matter]
        await send(world.priya, other, "still there")
        await ana.shows(lambda state: "still there" in map(_text, state.all(Message)), "the other portal")
    assert [portal["id"] for portal in (await world.ana.ask("inbox.get"))["portals"]] == [other]


def _text(message: dict[str, Any]) -> str:
    return str(message.get("text", ""))


async def test_a4_everything_refuses_who_was_removed_as_if_there_had_never_been_a_portal(
    world: World,
) -> None:
    attached, alone = await said_and_shared(world)
    await send(world.ana, world.matter, "mine")
    own = await world.ana.upload(world.matter, "own.txt", b"own")
    await remove(world, world.ana)
    for command, args in (
        ("message.send", {"portal": world.matter, "text": "hello?"}),
        ("portal.read", {"portal": world.matter, "number": 1}),
        ("share.add", {"portal": world.matter, "document": own["id"]}),
        ("draft.save", {"scope": world.matter, "channel": "portal", "text": "hello?"}),
    ):
        assert (await refused(world.ana, command, **args)).code == "not_found", command
    with pytest.raises(RefusedByServer) as refusal:
        await page_of(world.ana, world.matter)
    assert refusal.value.code == "not_found"
    with pytest.raises(RefusedByServer) as refusal:
        await world.ana.upload(world.matter, "more.txt", b"more")
    assert refusal.value.code == "not_found"
    for document in (attached, alone, own["id"]):
        assert await download_refused(world.ana, document) == "not_found"
    assert (await world.ana.ask("inbox.get"))["portals"] == []


async def test_a4_resumed_history_tells_only_that_the_portal_is_closed(world: World) -> None:
    await send(world.priya, world.matter, "seen")
    cursor = (await world.ana.ask("inbox.get"))["cursor"]
    await send(world.priya, world.matter, "missed")
    await remove(world, world.ana)
    await send(world.priya, world.matter, "afterwards")
    await world.settle(world.ana)
    async with open_wire(world.ana, cursor=cursor) as ana:
        await ana.hears("session.ended")
        assert [event["kind"] for event in ana.events] == ["portal.left", "session.ended"]
        assert b"missed" not in ana.everything
        assert b"afterwards" not in ana.everything


@pytest.mark.parametrize("removed", ["marco", "tom"])
async def test_a4_i8_in_a_storm_of_sends_nothing_after_the_removal_reaches_who_was_removed(
    world: World, removed: str
) -> None:
    person = world.people[removed]
    await send(world.priya, world.matter, "before the storm")
    await add(world, world.tom)
    await add(world, world.marco)
    speakers = [actor for actor in (world.priya, world.ana, world.tom, world.marco) if actor is not person]
    stop = asyncio.Event()

    async def speak(who: Actor) -> None:
        count = 0
        while not stop.is_set():
            await send(who, world.matter, f"from {who.name} {count:04}")
            count += 1

    async with open_wire(person, encoding="msgpack") as wire, open_wire(person) as other_wire:
        async with asyncio.TaskGroup() as storm:
            for who in speakers:
                storm.create_task(speak(who))
            await wire.hears("message.sent")
            await remove(world, person)
            await wire.hears("portal.left")
            await send(world.priya, world.matter, "the last word")
            stop.set()
        await world.settle(person)
        for each in (wire, other_wire):
            await each.hears("session.ended")
            left = [event["kind"] for event in each.events].index("portal.left")
            after = [event for event in each.events[left + 1 :] if event["scope"] == world.matter]
            assert after == []
            assert b"the last word" not in each.everything
    page = await page_of(world.priya, world.matter)
    gone = next(fact for fact in page["facts"] if fact["kind"] == "participant.removed")
    later = [one["text"] for one in page["messages"] if one["number"] > gone["number"]]
    assert later, "the storm went on after the removal"
    assert not [text for text in later if text.encode() in wire.everything + other_wire.everything]


async def test_a4_who_is_added_again_begins_a_new_stay(world: World) -> None:
    await send(world.priya, world.matter, "one")
    await world.ana.do("draft.save", scope=world.matter, channel="portal", text="what I was about to say")
    await world.ana.do("portal.read", portal=world.matter, number=1)
    async with world.ana.screen() as ana:
        await remove(world, world.ana)
        await send(world.priya, world.matter, "in between")
        await add(world, world.ana, history="from_now")
        await ana.shows(lambda state: state.find(Portal, world.matter), "the portal again")
        await send(world.priya, world.matter, "two")
        await ana.shows(lambda state: state.unread.of(world.matter) == [3], "what is new since then")
        assert [_text(one) for one in ana.state.all(Message)] == ["two"]
    inbox = await world.ana.ask("inbox.get")
    assert inbox["unread"] == [{"scope": world.matter, "read_number": 0, "numbers": [3]}]
    assert inbox["drafts"] == []
    page = await page_of(world.priya, world.matter)
    stays = [stay for stay in page["participants"] if stay["person"] == world.ana.id]
    assert [stay.get("left", False) for stay in stays] == [True, False]
    assert [fact["kind"] for fact in page["facts"]] == [
        "message.read",
        "participant.removed",
        "participant.added",
    ]


async def test_a4_who_was_offline_while_somebody_left_and_returned_sees_both_stays(world: World) -> None:
    await send(world.priya, world.matter)
    async with world.priya.screen() as early:
        await world.settle(world.priya, early)
        memory = early.client.memory
    await remove(world, world.ana)
    await add(world, world.ana)
    async with world.priya.screen(memory) as late:
        await world.settle(world.priya, late)
        held = {stay["id"]: stay for stay in late.state.all(Participant)}
    expected = {stay["id"]: stay for stay in (await page_of(world.priya, world.matter))["participants"]}
    assert held == expected


async def test_a4_names_of_former_participants_stay(world: World) -> None:
    await send(world.priya, world.matter, "hello")
    await send(world.ana, world.matter, "hello from Ana")
    await add(world, world.marco)
    async with world.marco.screen() as marco, world.priya.screen() as priya:
        await remove(world, world.ana)
        await world.priya.do("contact.update", contact=world.ana.id, name="Ana Ruiz-Lee")
        for screen in (marco, priya):
            await screen.shows(_calls(world.ana.id, "Ana Ruiz-Lee", left=True), "the new name of who left")
    page = await page_of(world.marco, world.matter)
    assert _calls_in(page["participants"], world.ana.id) == [("Ana Ruiz-Lee", True)]


def _calls(person: str, name: str, *, left: bool) -> Any:
    return lambda state: _calls_in(state.all(Participant), person) == [(name, left)]


def _calls_in(stays: list[dict[str, Any]], person: str) -> list[tuple[str, bool]]:
    return [(stay["name"], stay.get("left", False)) for stay in stays if stay["person"] == person]


async def test_a4_the_end_of_a_session_stops_its_screens_and_no_others(world: World) -> None:
    await send(world.priya, world.matter)
    tablet = await world.sign_in_client_again(world.ana)
    async with world.ana.screen() as phone, tablet.screen() as other:
        listed = (await tablet.ask("session.list"))["sessions"]
        own = next(session["id"] for session in listed if session["current"])
        await world.ana.do("session.end", session=own)
        with pytest.raises(Stopped) as stopped:
            await within(other.client.until(lambda _: False), "the end")
        assert stopped.value.code == 4401
        await send(world.priya, world.matter, "to the phone")
        await phone.shows(lambda state: "to the phone" in map(_text, state.all(Message)), "a message")
