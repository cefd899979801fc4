"""Who takes part in a portal: rules A1 to A4, and what of them is the firm's alone (R4)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from protocol.client import Stopped
from protocol.client.state import State
from protocol.entities import Message, Participant, Portal
from server.clock import wall_clock
from storage.models import Mail, SignInLink
from tests.rules.wire import open_wire
from tests.rules.world import Actor, RefusedByServer, World, refused, send, within

Page = dict[str, Any]


async def page_of(who: Actor, portal: str) -> Page:
    return await who.ask("portal.get", portal=portal)


def present(page: Page) -> set[str]:
    return {person["name"] for person in page["participants"] if not person.get("left")}


def texts(page: Page) -> list[str]:
    return [message.get("text", "") for message in page["messages"]]


async def add(world: World, person: Actor, **more: str) -> dict[str, Any]:
    return await world.priya.do("participant.add", portal=world.matter, person=person.id, **more)


async def remove(world: World, person: Actor) -> dict[str, Any]:
    return await world.priya.do("participant.remove", portal=world.matter, person=person.id)


async def download_refused(who: Actor, document: str) -> str:
    with pytest.raises(RefusedByServer) as refusal:
        await who.download(document)
    return refusal.value.code


# A1


async def test_a1_a_portal_starts_with_the_one_who_opened_it_and_the_matters_client(world: World) -> None:
    related = await world.add_matter("A second case", "ana", related=[world.marco.id])
    await send(world.tom, related)
    assert present(await page_of(world.tom, related)) == {"Tom Becker", "Ana Ruiz"}
    with pytest.raises(RefusedByServer):
        await page_of(world.marco, related)


async def test_a1_every_change_is_an_event_live_for_the_firm_with_actor_and_time(world: World) -> None:
    await send(world.priya, world.matter)
    await add(world, world.tom)
    before = wall_clock()
    async with world.tom.screen() as tom, open_wire(world.ana) as ana:
        changes = tom.client.events()
        added = await add(world, world.marco)
        await remove(world, world.marco)
        told = [event async for event in _taken(changes, 3)]
        facts = [event["body"]["fact"] for event in told if "fact" in event["body"]]
        assert [fact["kind"] for fact in facts] == ["participant.added", "participant.removed"]
        for fact in facts:
            assert (fact["actor"], fact["person"]) == (world.priya.id, world.marco.id)
            assert before <= fact["at"] <= wall_clock()
        stay = tom.state.find(Participant, added["id"])
        assert stay is not None
        assert stay["left"] is True
        await world.settle(world.ana)
        await ana.hears("session.ended")
        assert {event["kind"] for event in ana.events} == {"participants.changed", "session.ended"}


async def _taken(stream: Any, count: int) -> Any:
    for _ in range(count):
        yield await within(anext(stream), "a change of the participants")


async def test_a1_firm_users_and_contacts_can_be_added_once_and_nobody_unknown(world: World) -> None:
    await send(world.priya, world.matter)
    await add(world, world.marco)
    refusal = await refused(world.priya, "participant.add", portal=world.matter, person=world.marco.id)
    assert (refusal.code, refusal.message) == ("conflict", "This person takes part already.")
    nobody = "01890000-0000-7000-8000-000000000000"
    refusal = await refused(world.priya, "participant.add", portal=world.matter, person=nobody)
    assert refusal.code == "not_found"
    await world.priya.do("user.update", user=world.tom.id, active=False)
    refusal = await refused(world.priya, "participant.add", portal=world.matter, person=world.tom.id)
    assert refusal.code == "not_found", "who works here no longer cannot be added"


async def test_a1_ten_who_add_the_same_person_at_once_add_one(world: World) -> None:
    await send(world.priya, world.matter)
    outcomes: list[str] = []

    async def one() -> None:
        try:
            await add(world, world.marco)
            outcomes.append("added")
        except RefusedByServer as refusal:
            outcomes.append(refusal.code)

    async with asyncio.TaskGroup() as adders:
        for _ in range(10):
            adders.create_task(one())
    assert sorted(outcomes) == ["added"] + ["conflict"] * 9
    facts = (await page_of(world.priya, world.matter))["facts"]
    assert [fact["kind"] for fact in facts] == ["participant.added"]


async def test_a1_a_contact_without_an_email_may_take_part_and_the_firm_sees_that(world: World) -> None:
    silent = await world.priya.do("contact.create", name="Silent Sam", phones=["(415) 555-0139"])
    await send(world.priya, world.matter)
    stay = await world.priya.do("participant.add", portal=world.matter, person=silent["id"])
    assert stay["email"] is None
    assert "Silent Sam" in present(await page_of(world.ana, world.matter))


async def test_p9_an_admin_from_outside_adds_colleagues_and_nothing_else(world: World) -> None:
    boss = await world.add_user("boss", "Bea Boss", "admin")
    await send(world.priya, world.matter)
    for command, person in (
        ("participant.add", world.marco),
        ("participant.remove", world.ana),
        ("participant.remove", world.priya),
    ):
        refusal = await refused(boss, command, portal=world.matter, person=person.id)
        assert refusal.code == "not_found", (command, person.name)
    await boss.do("participant.add", portal=world.matter, person=world.tom.id)
    assert present(await page_of(world.tom, world.matter)) == {"Priya Shah", "Ana Ruiz", "Tom Becker"}


async def test_p9_who_works_here_no_longer_does_not_count_as_the_firms_participant(world: World) -> None:
    await send(world.tom, world.matter)
    await world.tom.do("participant.add", portal=world.matter, person=world.priya.id)
    await world.priya.do("user.update", user=world.tom.id, active=False)
    refusal = await refused(world.priya, "participant.remove", portal=world.matter, person=world.priya.id)
    assert refusal.code == "last_firm_participant"
    await remove(world, world.tom)


# A2


async def test_a2_who_sees_all_sees_what_was_said_and_shared_before(world: World) -> None:
    attached, alone = await _said_and_shared(world)
    await add(world, world.marco, history="all")
    page = await page_of(world.marco, world.matter)
    assert texts(page) == ["earlier", "with a document"]
    assert {share["document"] for share in page["shares"]} == {attached, alone}
    assert await world.marco.download(attached) == b"attached"
    assert await world.marco.download(alone) == b"alone"


async def test_a2_who_sees_from_now_on_finds_nothing_earlier_anywhere(world: World) -> None:
    attached, alone = await _said_and_shared(world)
    await add(world, world.marco, history="from_now")
    assert (await world.marco.ask("inbox.get"))["messages"] == []
    for page in (
        await page_of(world.marco, world.matter),
        await world.marco.ask("portal.get", portal=world.matter, before=3),
    ):
        assert (page["messages"], page["shares"], page["more"]) == ([], [], False)
    assert await download_refused(world.marco, attached) == "not_found"
    assert await download_refused(world.marco, alone) == "not_found"


async def test_a2_who_sees_from_now_on_sees_what_comes(world: World) -> None:
    await _said_and_shared(world)
    await add(world, world.marco, history="from_now")
    later = await world.priya.upload(world.matter, "later.txt", b"later")
    await send(world.priya, world.matter, "from now on", attachment=later["id"])
    page = await page_of(world.marco, world.matter)
    assert texts(page) == ["from now on"]
    assert [share["document"] for share in page["shares"]] == [later["id"]]
    assert await world.marco.download(later["id"]) == b"later"


async def test_a2_changes_of_what_was_earlier_do_not_reach_who_sees_from_now_on(world: World) -> None:
    attached, alone = await _said_and_shared(world)
    await add(world, world.marco, history="from_now")
    page = await page_of(world.priya, world.matter)
    async with open_wire(world.marco) as marco:
        await world.priya.do("document.rename", document=attached, name="renamed-earlier.txt")
        for share in page["shares"]:
            await world.priya.do("share.stop", share=share["id"])
        await world.priya.do("message.delete", message=page["messages"][0]["id"])
        await send(world.priya, world.matter, "and now")
        await marco.hears("message.sent")
        assert [event["kind"] for event in marco.events] == ["message.sent"]
        assert b"renamed-earlier" not in marco.everything
        assert alone.encode() not in marco.everything


async def test_a2_an_earlier_document_that_is_shared_anew_is_there_from_then_on(world: World) -> None:
    attached, _ = await _said_and_shared(world)
    await add(world, world.marco, history="from_now")
    await world.priya.do("share.add", portal=world.matter, document=attached)
    assert await world.marco.download(attached) == b"attached"


async def test_a2_a_client_cannot_show_another_what_was_hidden_from_it(world: World) -> None:
    attached, _ = await _said_and_shared(world)
    await add(world, world.marco, history="from_now")
    assert (await refused(world.ana, "share.add", portal=world.matter, document=attached)).code == "not_found"
    assert (
        await refused(world.ana, "message.send", portal=world.matter, attachment=attached)
    ).code == "not_found"
    own = await world.ana.upload(world.matter, "mine.txt", b"mine")
    await send(world.ana, world.matter, attachment=own["id"])
    assert await world.marco.download(own["id"]) == b"mine"


async def test_a2_firm_users_always_see_all(world: World) -> None:
    await _said_and_shared(world)
    await add(world, world.tom, history="from_now")
    assert texts(await page_of(world.tom, world.matter)) == ["earlier", "with a document"]


async def _said_and_shared(world: World) -> tuple[str, str]:
    """A message, one with a document, and a document shared without one; the two documents."""
    await send(world.priya, world.matter, "earlier")
    attached = await world.priya.upload(world.matter, "attached.txt", b"attached")
    await send(world.priya, world.matter, "with a document", attachment=attached["id"])
    alone = await world.priya.upload(world.matter, "alone.txt", b"alone")
    await world.priya.do("share.add", portal=world.matter, document=alone["id"])
    return attached["id"], alone["id"]


# A3


async def test_a3_the_first_address_signs_in_unless_another_is_chosen(world: World) -> None:
    first, second = world.email("first"), world.email("second")
    made = await world.priya.do("contact.create", name="Nora Lind", emails=[first, second])
    assert made["sign_in_email"] == first
    chosen = await world.priya.do("contact.update", contact=made["id"], sign_in_email=second)
    assert chosen["sign_in_email"] == second
    left = await world.priya.do("contact.update", contact=made["id"], emails=[first])
    assert left["sign_in_email"] == first, "the chosen one left the card: the first signs in again"
    refusal = await refused(
        world.priya, "contact.update", contact=made["id"], sign_in_email=world.email("elsewhere")
    )
    assert refusal.code == "invalid"
    assert refusal.message == "The address that signs in must be one of those on the card."


async def test_a3_no_other_address_gets_a_link(world: World) -> None:
    first, second = world.email("first"), world.email("second")
    await world.priya.do("contact.create", name="Nora Lind", emails=[first, second])
    for address in (second, first):
        answer = await world.http.post(
            f"{world.node.url}/api/sign-in/link",
            json={"firm": world.slug, "email": address},
            headers={"Origin": world.node.url},
        )
        assert (answer.status_code, answer.json()) == (202, {})
    letters = [mail for mail in await _mails(world) if mail.state != "decoy"]
    assert [mail.address for mail in letters] == [first]


async def test_a3_a_change_ends_sessions_and_links_and_tells_both_addresses(world: World) -> None:
    await send(world.priya, world.matter)
    old, new = world.email("ana"), world.email("ana.new")
    await world.http.post(
        f"{world.node.url}/api/sign-in/link",
        json={"firm": world.slug, "email": old},
        headers={"Origin": world.node.url},
    )
    async with open_wire(world.ana) as ana, world.marco.screen():
        await world.priya.do("contact.update", contact=world.ana.id, emails=[old, new], sign_in_email=new)
        assert await ana.closed() == 4401
        with pytest.raises(RefusedByServer) as refusal:
            await world.ana.ask("inbox.get")
        assert refusal.value.code == "not_signed_in"
        assert (await world.marco.ask("inbox.get"))["me"]["name"] == "Marco Ruiz"
    told = [mail for mail in await _mails(world) if mail.template == "address_changed"]
    assert {mail.address for mail in told} == {old, new}
    async with world.database.snapshot(world.firm):
        links = await SignInLink.filter(contact_id=world.ana.id)
    assert len(links) == 1
    assert links[0].used_at is not None, "the link that was on its way is worth nothing now"


async def test_a3_a_change_is_a_fact_in_each_of_the_contacts_portals_and_for_the_firm_alone(
    world: World,
) -> None:
    second = await world.add_matter("A second case", "ana")
    await send(world.priya, world.matter)
    await send(world.priya, second)
    await add(world, world.marco)
    before = await world.marco.ask("inbox.get"), await page_of(world.marco, world.matter)
    async with world.priya.screen() as priya, open_wire(world.marco) as marco:
        await world.priya.do("contact.update", contact=world.ana.id, emails=[world.email("ana.new")])
        await priya.shows(_holds_email(world.ana.id, world.email("ana.new")), "Ana's new address")
        await send(world.priya, world.matter, "after")
        await marco.hears("message.sent")
        assert len(marco.events) == 1, "a client is not told that a sign-in address changed"
    for portal in (world.matter, second):
        fact = (await page_of(world.priya, portal))["facts"][-1]
        assert (fact["kind"], fact["actor"], fact["person"]) == (
            "email.changed",
            world.priya.id,
            world.ana.id,
        )
    after = await page_of(world.marco, world.matter)
    assert after["participants"] == before[1]["participants"]


def _holds_email(person: str, email: str) -> Any:
    def holds(state: State) -> bool:
        stays = [stay for stay in state.all(Participant) if stay["person"] == person]
        return bool(stays) and all(stay["email"] == email for stay in stays)

    return holds


async def _mails(world: World) -> list[Mail]:
    async with world.database.snapshot(world.firm):
        return await Mail.filter(firm_id=world.firm).order_by("created_at", "id")


# A4


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
    attached, alone = await _said_and_shared(world)
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


# R4


async def test_r4_clients_see_who_takes_part_without_times(world: World) -> None:
    await send(world.priya, world.matter)
    async with open_wire(world.ana) as ana:
        await add(world, world.marco)
        told = await ana.hears("participants.changed")
    assert told["at"] == 0
    assert _is_timeless(told["id"])
    shown = {"id", "version", "portal", "person", "side", "name", "title", "left"}
    for stay in [
        *told["body"]["participants"],
        *(await page_of(world.ana, world.matter))["participants"],
        *(await world.ana.ask("inbox.get"))["participants"],
    ]:
        assert set(stay) <= shown
        assert _is_timeless(stay["id"])


def _is_timeless(id: str) -> bool:
    """Whether it is no uuid7, which begins with the time at which it was made."""
    return id[14] != "7"
