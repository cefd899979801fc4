"""Receipts and portal events: rules R1 to R4."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from protocol.client.state import State
from protocol.entities import Fact
from server.clock import wall_clock
from tests.rules.wire import Wire, open_wire
from tests.rules.world import Actor, World, refused, send, within

FOREIGN = "01890000-0000-7000-8000-000000000000"
Plain = dict[str, Any]


async def facts_of(world: World, portal: str) -> list[Plain]:
    return list((await world.priya.ask("portal.get", portal=portal))["facts"])


async def markers_of(world: World, portal: str) -> dict[str, int]:
    page = await world.priya.ask("portal.get", portal=portal)
    return {marker["person"]: marker["number"] for marker in page["markers"]}


async def everybody_in(world: World) -> None:
    """Three messages in a portal in which Tom and Marco take part besides Priya and Ana."""
    await send(world.priya, world.matter, "one")
    for person in (world.tom, world.marco):
        await world.priya.do("participant.add", portal=world.matter, person=person.id)
    await send(world.priya, world.matter, "two")
    await send(world.ana, world.matter, "three")


# R1


async def test_r1_the_marker_only_moves_forward_and_never_beyond_the_end(world: World) -> None:
    await everybody_in(world)
    for number, stands_at in ((2, 2), (1, 2), (2, 2), (3, 3), (2, 3), (99, 3)):
        moved = await world.ana.do("portal.read", portal=world.matter, number=number)
        assert moved == {"number": stands_at}
    assert await markers_of(world, world.matter) == {world.ana.id: 3}
    read = [fact["upto"] for fact in await facts_of(world, world.matter) if fact["kind"] == "message.read"]
    assert read == [2, 3], "what moves nothing is no event"


async def test_r1_a_number_beyond_the_end_is_read_as_the_end(world: World) -> None:
    await everybody_in(world)
    assert (await world.ana.do("portal.read", portal=world.matter, number=2**31 - 1))["number"] == 3
    await send(world.priya, world.matter, "four")
    unread = (await world.ana.ask("inbox.get"))["unread"]
    assert unread == [{"scope": world.matter, "read_number": 3, "numbers": [4]}]


async def test_r1_twenty_screens_that_report_at_once_leave_the_furthest(world: World) -> None:
    await send(world.priya, world.matter)
    for number in range(2, 21):
        await send(world.priya, world.matter, f"message {number}")
    async with asyncio.TaskGroup() as screens:
        for number in range(1, 21):
            screens.create_task(world.ana.do("portal.read", portal=world.matter, number=number))
    assert await markers_of(world, world.matter) == {world.ana.id: 20}
    read = [fact["upto"] for fact in await facts_of(world, world.matter)]
    assert read == sorted(set(read)), "receipts only rise"


async def test_r1_what_was_hidden_from_a_participant_was_not_read_by_it(world: World) -> None:
    await send(world.priya, world.matter, "hidden")
    await world.priya.do("participant.add", portal=world.matter, person=world.marco.id, history="from_now")
    await world.marco.do("portal.read", portal=world.matter, number=1)
    assert await markers_of(world, world.matter) == {}
    await send(world.priya, world.matter, "shown")
    await world.marco.do("portal.read", portal=world.matter, number=2)
    assert await markers_of(world, world.matter) == {world.marco.id: 2}


async def test_r1_opening_counts_the_first_time_and_for_each_participant(world: World) -> None:
    await everybody_in(world)
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await send(world.priya, world.matter, attachment=document["id"])
    before = wall_clock()
    for who in (world.ana, world.ana, world.marco, world.tom, world.ana, world.tom):
        await who.download(document["id"])
    opened = [fact for fact in await facts_of(world, world.matter) if fact["kind"] == "document.opened"]
    assert [fact["actor"] for fact in opened] == [world.ana.id, world.marco.id, world.tom.id]
    for fact in opened:
        assert (fact["document"], fact["document_name"]) == (document["id"], "agreement.txt")
        assert before <= fact["at"] <= wall_clock()


async def test_r1_ten_downloads_at_once_are_one_opening(world: World) -> None:
    await everybody_in(world)
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await world.priya.do("share.add", portal=world.matter, document=document["id"])
    async with asyncio.TaskGroup() as downloads:
        for _ in range(10):
            downloads.create_task(world.ana.download(document["id"]))
    kinds = [fact["kind"] for fact in await facts_of(world, world.matter)]
    assert kinds.count("document.opened") == 1


async def test_r1_reading_the_message_that_carries_a_document_does_not_open_it(world: World) -> None:
    await everybody_in(world)
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await send(world.priya, world.matter, attachment=document["id"])
    await world.ana.do("portal.read", portal=world.matter, number=4)
    await world.ana.ask("portal.get", portal=world.matter)
    headers = world.ana.headers
    url = f"{world.node.url}/api/documents/{document['id']}/content"
    assert (await world.http.head(url, headers=headers)).status_code == 200, "a program looks ahead"
    kinds = [fact["kind"] for fact in await facts_of(world, world.matter)]
    assert "document.opened" not in kinds


async def test_r1_a_document_that_is_not_shared_has_no_receipts(world: World) -> None:
    await everybody_in(world)
    document = await world.priya.upload(world.matter, "internal.txt", b"internal")
    await world.tom.download(document["id"])
    assert "document.opened" not in [fact["kind"] for fact in await facts_of(world, world.matter)]


# R2, R3


async def test_r2_receipts_arrive_live_at_the_firm_with_the_time_of_the_act(world: World) -> None:
    await everybody_in(world)
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await send(world.priya, world.matter, attachment=document["id"])
    before = wall_clock()
    async with world.priya.screen() as priya, world.tom.screen() as tom:
        await world.ana.do("portal.read", portal=world.matter, number=4)
        await world.ana.download(document["id"])
        for screen in (priya, tom):
            await screen.shows(_has_read(world.matter, world.ana, 4), "that Ana has read")
            opened = await screen.shows(_opened(world.ana), "that Ana has opened the document")
            assert before <= opened["at"] <= wall_clock()
            assert not _has_read(world.matter, world.marco, 1)(screen.state)


async def test_r3_reads_of_firm_participants_are_events_as_well(world: World) -> None:
    await everybody_in(world)
    async with world.priya.screen() as priya:
        await world.tom.do("portal.read", portal=world.matter, number=3)
        await priya.shows(_has_read(world.matter, world.tom, 3), "that Tom has read")


async def test_r3_events_stand_between_the_messages_in_the_order_in_which_they_happened(
    world: World,
) -> None:
    await send(world.priya, world.matter, "one")
    await world.ana.do("portal.read", portal=world.matter, number=1)
    await world.priya.do("participant.add", portal=world.matter, person=world.marco.id)
    await send(world.ana, world.matter, "two")
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    share = await world.priya.do("share.add", portal=world.matter, document=document["id"])
    await world.marco.download(document["id"])
    await world.priya.do("contact.update", contact=world.ana.id, emails=[world.email("ana.new")])
    await send(world.priya, world.matter, "four")
    await world.priya.do("participant.remove", portal=world.matter, person=world.marco.id)
    page = await world.priya.ask("portal.get", portal=world.matter)
    items = [((one["number"], 0), one["text"]) for one in page["messages"]]
    items += [((one["number"], 0), one["name"]) for one in page["shares"]]
    items += [((fact["number"], fact["fact"]), fact["kind"]) for fact in page["facts"]]
    assert [what for _, what in sorted(items)] == [
        "one",
        "message.read",
        "participant.added",
        "two",
        "agreement.txt",
        "document.opened",
        "email.changed",
        "four",
        "participant.removed",
    ]
    assert [one["number"] for one in page["messages"]] == [1, 2, 4]
    assert share["number"] == 3
    assert [fact["fact"] for fact in page["facts"]] == [1, 2, 3, 4, 5]


async def test_r3_pages_of_a_long_portal_hold_each_event_once_in_its_place(world: World) -> None:
    for number in range(1, 66):
        await send(world.priya if number % 2 else world.ana, world.matter, f"message {number}")
        if number in {1, 4, 5, 6, 65}:
            await world.ana.do("portal.read", portal=world.matter, number=number)
    newest = await world.priya.ask("portal.get", portal=world.matter)
    oldest = await world.priya.ask("portal.get", portal=world.matter, before=newest["messages"][0]["number"])
    assert [one["number"] for one in oldest["messages"] + newest["messages"]] == list(range(1, 66))
    assert newest["messages"][0]["number"] == 6
    assert [fact["upto"] for fact in oldest["facts"]] == [1, 4, 5]
    assert [fact["upto"] for fact in newest["facts"]] == [6, 65]
    assert (newest["more"], oldest["more"]) == (True, False)


async def test_r3_a_renamed_document_has_its_new_name_in_the_events_that_name_it(world: World) -> None:
    await everybody_in(world)
    document = await world.priya.upload(world.matter, "draft.txt", b"the agreement")
    await world.priya.do("share.add", portal=world.matter, document=document["id"])
    await world.ana.download(document["id"])
    async with world.priya.screen() as priya:
        await priya.refresh(world.priya, world.matter)
        await world.priya.do("document.rename", document=document["id"], name="final.txt")
        await priya.shows(_opened(world.ana, "final.txt"), "the new name")
    assert (await facts_of(world, world.matter))[-1]["document_name"] == "final.txt"


def _has_read(portal: str, who: Actor, number: int) -> Any:
    return lambda state: state.read_number(portal, who.id) == number


def _opened(who: Actor, name: str = "agreement.txt") -> Any:
    def found(state: State) -> Plain | None:
        wanted = {"kind": "document.opened", "actor": who.id, "document_name": name}
        return next((fact for fact in state.all(Fact) if wanted.items() <= fact.items()), None)

    return found


# R4


async def test_r4_a_client_sees_and_hears_nothing_when_the_firm_reads_and_opens(world: World) -> None:
    await everybody_in(world)
    document = await world.ana.upload(world.matter, "mine.txt", b"mine")
    await send(world.ana, world.matter, "with a document", attachment=document["id"])
    async with (
        open_wire(world.ana) as ana,
        open_wire(world.ana, encoding="msgpack") as phone,
        open_wire(world.marco) as marco,
        world.priya.screen() as priya,
    ):
        wires = (ana, phone, marco)
        before = await _all_that_a_client_can_ask(world)
        heard = [len(wire.events) for wire in wires]
        for number in range(1, 5):
            await world.tom.do("portal.read", portal=world.matter, number=number)
            await world.priya.do("portal.read", portal=world.matter, number=number)
        await world.tom.download(document["id"])
        await world.priya.download(document["id"])
        await priya.shows(_has_read(world.matter, world.tom, 4), "at the firm all of it shows")
        for wire in wires:
            await wire.settle()
        assert [len(wire.events) for wire in wires] == heard
        assert await _all_that_a_client_can_ask(world) == before
        facts = await facts_of(world, world.matter)
        await send(world.priya, world.matter, "the next message")
        for wire in wires:
            told = await wire.hears("message.sent")
            assert told["body"]["number"] == 5, "no gap tells that anybody read"
            _holds_nothing_of(facts, wire, world)


async def test_r4_a_client_that_resumes_learns_no_more(world: World) -> None:
    await everybody_in(world)
    cursor = (await world.ana.ask("inbox.get"))["cursor"]
    await world.tom.do("portal.read", portal=world.matter, number=3)
    await world.marco.do("portal.read", portal=world.matter, number=3)
    assert (await world.ana.ask("inbox.get"))["cursor"] == cursor, "the client's own log did not grow"
    facts = await facts_of(world, world.matter)
    await send(world.priya, world.matter, "and on")
    async with open_wire(world.ana, cursor=cursor) as ana:
        await ana.hears("message.sent")
        assert [event["kind"] for event in ana.events] == ["message.sent"]
        _holds_nothing_of(facts, ana, world)


async def test_r4_no_client_learns_what_another_client_read_or_opened(world: World) -> None:
    await everybody_in(world)
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await send(world.priya, world.matter, attachment=document["id"])
    before = await _all_that_a_client_can_ask(world, world.ana)
    async with open_wire(world.ana) as ana:
        await world.marco.do("portal.read", portal=world.matter, number=4)
        await world.marco.download(document["id"])
        await ana.settle()
        assert ana.events == []
        assert await _all_that_a_client_can_ask(world, world.ana) == before


async def test_r4_a_client_hears_of_its_own_reading_on_its_own_devices_alone(world: World) -> None:
    await everybody_in(world)
    async with open_wire(world.ana) as tablet, open_wire(world.marco) as marco:
        await world.ana.do("portal.read", portal=world.matter, number=3)
        told = await tablet.hears("portal.read")
        assert told["body"] == {"scope": world.matter, "number": 3}
        await marco.settle()
        assert marco.events == []
        assert [event["kind"] for event in tablet.events] == ["portal.read"]


async def test_r4_a_client_has_no_facts_markers_or_times_of_others_in_any_page(world: World) -> None:
    await everybody_in(world)
    for who in (world.priya, world.tom, world.marco, world.ana):
        await who.do("portal.read", portal=world.matter, number=3)
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert (page["facts"], page["markers"]) == ([], [])
    text = json.dumps([page, await world.ana.ask("inbox.get")])
    for word in ("read_at", "joined_at", "joined_number", "visible_from", "message.read"):
        assert word not in text


async def test_r4_reading_is_refused_to_who_does_not_take_part(world: World) -> None:
    await send(world.priya, world.matter)
    for who in (world.marco, world.tom):
        own = await refused(who, "portal.read", portal=world.matter, number=1)
        foreign = await refused(who, "portal.read", portal=FOREIGN, number=1)
        assert (own.status, own.code, own.message) == (foreign.status, foreign.code, foreign.message)


async def _all_that_a_client_can_ask(world: World, *clients: Actor) -> list[bytes]:
    """Every answer that clients can get about the portal, byte by byte."""
    answers = []
    for who in clients or (world.ana, world.marco):
        for path in (
            "inbox.get",
            f"portal.get?portal={world.matter}",
            f"portal.get?portal={world.matter}&before=3",
        ):
            answer = await within(
                world.http.get(f"{world.node.url}/api/{path}", headers=who.headers), f"the answer to {path}"
            )
            assert answer.status_code == 200
            answers.append(answer.content)
    return answers


def _holds_nothing_of(facts: list[Plain], wire: Wire, world: World) -> None:
    """No id and no time of a fact stands in anything that the line brought."""
    for fact in facts:
        if fact["actor"] != world.ana.id:
            assert fact["id"].encode() not in wire.everything
            if wire.encoding == "json":
                assert str(fact["at"]).encode() not in wire.everything


@pytest.mark.parametrize("number", [0, -1, 1.5, "3", None])
async def test_r1_what_is_no_number_is_refused_in_words(world: World, number: object) -> None:
    await send(world.priya, world.matter)
    refusal = await refused(world.ana, "portal.read", portal=world.matter, number=number)
    assert refusal.code == "invalid"
    assert "number" in refusal.message
