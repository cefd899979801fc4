"""Who takes part in a portal, and from where on: rules A1 and A2, and what of it is the firm's alone (R4)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from protocol.entities import Participant
from server.clock import wall_clock
from tests.rules.scenes import add, download_refused, page_of, present, remove, said_and_shared, texts
from tests.rules.wire import open_wire
from tests.rules.world import RefusedByServer, World, refused, send, within

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


async def test_p9_a_colleague_outside_cannot_find_out_whether_there_is_a_portal(world: World) -> None:
    nobody = "01890000-0000-7000-8000-000000000000"
    before = await refused(world.tom, "participant.add", portal=world.matter, person=nobody)
    await send(world.priya, world.matter)
    after = await refused(world.tom, "participant.add", portal=world.matter, person=nobody)
    assert (before.code, before.message) == (after.code, after.message)


async def test_p9_who_works_here_no_longer_does_not_count_as_the_firms_participant(world: World) -> None:
    await send(world.tom, world.matter)
    await world.tom.do("participant.add", portal=world.matter, person=world.priya.id)
    await world.priya.do("user.update", user=world.tom.id, active=False)
    refusal = await refused(world.priya, "participant.remove", portal=world.matter, person=world.priya.id)
    assert refusal.code == "last_firm_participant"
    await remove(world, world.tom)


# A2


async def test_a2_who_sees_all_sees_what_wassaid_and_shared_before(world: World) -> None:
    attached, alone = await said_and_shared(world)
    await add(world, world.marco, history="all")
    page = await page_of(world.marco, world.matter)
    assert texts(page) == ["earlier", "with a document"]
    assert {share["document"] for share in page["shares"]} == {attached, alone}
    assert await world.marco.download(attached) == b"attached"
    assert await world.marco.download(alone) == b"alone"


async def test_a2_who_sees_from_now_on_finds_nothing_earlier_anywhere(world: World) -> None:
    attached, alone = await said_and_shared(world)
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
    await said_and_shared(world)
    await add(world, world.marco, history="from_now")
    later = await world.priya.upload(world.matter, "later.txt", b"later")
    await send(world.priya, world.matter, "from now on", attachment=later["id"])
    page = await page_of(world.marco, world.matter)
    assert texts(page) == ["from now on"]
    assert [share["document"] for share in page["shares"]] == [later["id"]]
    assert await world.marco.download(later["id"]) == b"later"


async def test_a2_changes_of_what_was_earlier_do_not_reach_who_sees_from_now_on(world: World) -> None:
    attached, alone = await said_and_shared(world)
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
    attached, _ = await said_and_shared(world)
    await add(world, world.marco, history="from_now")
    await world.priya.do("share.add", portal=world.matter, document=attached)
    assert await world.marco.download(attached) == b"attached"


async def test_a2_a_client_cannot_show_another_what_was_hidden_from_it(world: World) -> None:
    attached, _ = await said_and_shared(world)
    await add(world, world.marco, history="from_now")
    assert (await refused(world.ana, "share.add", portal=world.matter, document=attached)).code == "not_found"
    assert (
        await refused(world.ana, "message.send", portal=world.matter, attachment=attached)
    ).code == "not_found"
    own = await world.ana.upload(world.matter, "mine.txt", b"mine")
    await send(world.ana, world.matter, attachment=own["id"])
    assert await world.marco.download(own["id"]) == b"mine"


async def test_a2_firm_users_always_see_all(world: World) -> None:
    await said_and_shared(world)
    await add(world, world.tom, history="from_now")
    assert texts(await page_of(world.tom, world.matter)) == ["earlier", "with a document"]


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
