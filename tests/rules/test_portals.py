"""Portal messages: rules P1 to P9."""

from __future__ import annotations

import asyncio

import pytest

from protocol.entities import Draft, Message
from protocol.queries import MAX_PAGE_BYTES
from protocol.types import MAX_FEED_NUMBER, MAX_MESSAGE_CHARACTERS
from server.clock import wall_clock
from tests.rules.world import Actor, RefusedByServer, World, execute_at, refused, send


async def test_p1_the_first_message_opens_the_portal_for_the_writer_and_the_client(world: World) -> None:
    assert (await world.priya.ask("matter.get", matter=world.matter))["portal"] == "none"
    await send(world.priya, world.matter)
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert {person["name"] for person in page["participants"]} == {"Priya Shah", "Ana Ruiz"}
    assert [message["text"] for message in page["messages"]] == ["Good morning"]


async def test_p1_two_who_open_at_once_open_one_portal(world: World) -> None:
    outcomes = [None, None]

    async def open_it(place: int, who: Actor) -> None:
        try:
            outcomes[place] = await send(who, world.matter)  # type: ignore[call-overload]
        except RefusedByServer as refusal:
            outcomes[place] = refusal.code  # type: ignore[call-overload]

    async with asyncio.TaskGroup() as both:
        both.create_task(open_it(0, world.priya))
        both.create_task(open_it(1, world.tom))
    assert "not_found" in outcomes, "whoever came second does not take part"
    assert len((await world.ana.ask("inbox.get"))["portals"]) == 1


async def test_p1_a_client_cannot_open_a_portal(world: World) -> None:
    assert (await refused(world.ana, "message.send", portal=world.matter, text="Hello?")).code == "not_found"


async def test_p2_text_or_attachment_alone_are_fine_and_neither_is_refused(world: World) -> None:
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await send(world.priya, world.matter, "only text")
    await send(world.priya, world.matter, "", attachment=document["id"])
    refusal = await refused(world.priya, "message.send", portal=world.matter, text="  \n ")
    assert refusal.code == "empty"
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert page["messages"][0].get("attachment") is None
    assert page["messages"][1]["attachment"]["name"] == "agreement.txt"


async def test_p3_a_message_shows_on_every_participants_open_screen(world: World) -> None:
    await send(world.priya, world.matter, "the first")
    await world.priya.do("participant.add", portal=world.matter, person=world.tom.id)
    async with world.priya.screen() as priya, world.tom.screen() as tom, world.ana.screen() as ana:
        sent = await send(world.ana, world.matter, "from my phone")
        for screen in (priya, tom, ana):
            found = await screen.shows(
                lambda state: state.find(Message, str(sent["message"])), "Ana's message"
            )
            assert found["text"] == "from my phone"


async def test_p3_a_message_has_at_most_16000_characters(world: World) -> None:
    await send(world.priya, world.matter, "x" * MAX_MESSAGE_CHARACTERS)
    longer = "x" * (MAX_MESSAGE_CHARACTERS + 1)
    assert (await refused(world.priya, "message.send", portal=world.matter, text=longer)).code == "invalid"


async def test_p5_deleting_leaves_a_tombstone_for_everyone_at_once(world: World) -> None:
    sent = await send(world.priya, world.matter)
    async with world.ana.screen() as ana, world.priya.screen() as priya:
        await world.priya.do("message.delete", message=sent["message"])
        for screen in (ana, priya):
            gone = await screen.shows(
                lambda state: (
                    (found := state.find(Message, str(sent["message"]))) and found.get("deleted") and found
                ),
                "the tombstone",
            )
            assert "text" not in gone or gone["text"] == ""
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert page["messages"][0]["deleted"] is True
    assert "Good morning" not in str(page)


async def test_p5_a_firm_participant_deletes_any_message_and_clients_none(world: World) -> None:
    first = await send(world.priya, world.matter)
    answer = await send(world.ana, world.matter, "mine")
    assert (await refused(world.ana, "message.delete", message=answer["message"])).code == "forbidden"
    assert (await refused(world.tom, "message.delete", message=first["message"])).code == "not_found"
    await world.priya.do("message.delete", message=answer["message"])


async def test_p5_the_attachments_share_is_a_separate_choice(world: World) -> None:
    kept = await world.priya.upload(world.matter, "kept.txt", b"kept")
    ended = await world.priya.upload(world.matter, "ended.txt", b"ended")
    one = await send(world.priya, world.matter, attachment=kept["id"])
    two = await send(world.priya, world.matter, attachment=ended["id"])
    await world.priya.do("message.delete", message=one["message"])
    await world.priya.do("message.delete", message=two["message"], stop_share=True)
    assert await world.ana.download(kept["id"]) == b"kept"
    with pytest.raises(RefusedByServer) as refusal:
        await world.ana.download(ended["id"])
    assert refusal.value.code == "not_found"


async def test_p7_i9_a_repeated_send_is_one_message_and_gives_the_first_answer(world: World) -> None:
    await send(world.priya, world.matter)
    first = await world.priya.do("message.send", key="one-and-the-same", portal=world.matter, text="once")
    again = await world.priya.do("message.send", key="one-and-the-same", portal=world.matter, text="once")
    assert again == first
    page = await world.priya.ask("portal.get", portal=world.matter)
    assert [message["text"] for message in page["messages"]] == ["Good morning", "once"]


async def test_p7_i9_twenty_repeats_at_once_are_one_message(world: World) -> None:
    await send(world.priya, world.matter)
    answers = []

    async def repeat() -> None:
        answers.append(
            await world.priya.do("message.send", key="at-the-same-time", portal=world.matter, text="once")
        )

    async with asyncio.TaskGroup() as repeats:
        for _ in range(20):
            repeats.create_task(repeat())
    assert len({str(answer) for answer in answers}) == 1
    assert len((await world.priya.ask("portal.get", portal=world.matter))["messages"]) == 2


async def test_p7_a_repeat_after_the_answer_was_forgotten_is_still_no_second_message(world: World) -> None:
    await send(world.priya, world.matter)
    first = await world.priya.do("message.send", key="a-month-ago", portal=world.matter, text="once")
    async with world.database.transaction():
        await world.database.execute("DELETE FROM command_reply")
    assert await world.priya.do("message.send", key="a-month-ago", portal=world.matter, text="once") == first
    assert len((await world.priya.ask("portal.get", portal=world.matter))["messages"]) == 2


async def test_i9_the_same_key_with_another_body_is_refused(world: World) -> None:
    await world.priya.do("message.send", key="one-and-the-same", portal=world.matter, text="once")
    with pytest.raises(RefusedByServer) as refusal:
        await world.priya.do("message.send", key="one-and-the-same", portal=world.matter, text="twice")
    assert refusal.value.code == "key_reused"


async def test_p7_a_repeat_by_somebody_who_was_removed_gets_no_answer(world: World) -> None:
    await send(world.priya, world.matter)
    await world.ana.do("message.send", key="before-removal", portal=world.matter, text="mine")
    await world.priya.do("participant.remove", portal=world.matter, person=world.ana.id)
    with pytest.raises(RefusedByServer) as refusal:
        await world.ana.do("message.send", key="before-removal", portal=world.matter, text="mine")
    assert refusal.value.code == "not_found"


async def test_p8_a_draft_follows_its_writer_to_another_device_and_to_nobody_else(world: World) -> None:
    await send(world.priya, world.matter)
    async with world.ana.screen() as tablet, world.priya.screen() as priya:
        await world.ana.do("draft.save", scope=world.matter, channel="portal", text="Dear Priya, I was")
        draft = await tablet.shows(lambda state: state.all(Draft), "the draft")
        assert draft[0]["text"] == "Dear Priya, I was"
        await send(world.ana, world.matter, "done")
        await priya.shows(lambda state: len(state.all(Message)) > 1, "the message after the draft")
        assert priya.state.all(Draft) == []
    assert (await world.ana.ask("inbox.get"))["drafts"][0]["text"] == "Dear Priya, I was"
    await world.ana.do("draft.save", scope=world.matter, channel="portal", text="")
    assert (await world.ana.ask("inbox.get"))["drafts"] == []


@pytest.mark.parametrize("channel", ["portal", "text"])
async def test_p8_drafts_saved_at_once_have_versions_of_their_own(world: World, channel: str) -> None:
    """Two devices that write at once end with the same draft: the later version, whichever that was (I7)."""
    scope = world.matter if channel == "portal" else world.ana.id
    await world.priya.do("draft.save", scope=scope, channel=channel, text="0")
    versions: list[int] = []

    async def save(text: str) -> None:
        saved = await world.priya.do("draft.save", scope=scope, channel=channel, text=text)
        versions.append(saved["version"])

    async with asyncio.TaskGroup() as devices:
        for number in range(1, 11):
            devices.create_task(save(str(number)))
    assert sorted(versions) == list(range(2, 12))


async def test_p3_a_page_of_long_messages_is_cut_short_and_the_rest_follows(world: World) -> None:
    longest = "ß" * MAX_MESSAGE_CHARACTERS
    for _ in range(20):
        await send(world.priya, world.matter, longest)
    numbers: list[int] = []
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert page["more"]
    while True:
        assert len(str(page["messages"]).encode()) <= MAX_PAGE_BYTES + 10_000
        numbers = [message["number"] for message in page["messages"]] + numbers
        if not page["more"]:
            break
        page = await world.ana.ask("portal.get", portal=world.matter, before=numbers[0])
    assert numbers == list(range(1, 21))


async def test_a_page_may_end_at_the_greatest_number_and_no_greater_one(world: World) -> None:
    await send(world.priya, world.matter)
    for query, scope in (("portal.get", {"portal": world.matter}), ("thread.get", {"contact": world.ana.id})):
        await world.priya.ask(query, **scope, before=MAX_FEED_NUMBER)
        with pytest.raises(RefusedByServer) as refusal:
            await world.priya.ask(query, **scope, before=MAX_FEED_NUMBER + 1)
        assert refusal.value.code == "invalid", query


async def test_p9_to_another_firm_user_a_portal_is_not_found(world: World) -> None:
    sent = await send(world.priya, world.matter)
    for command, args in (
        ("message.send", {"portal": world.matter, "text": "hi"}),
        ("message.delete", {"message": sent["message"]}),
        ("portal.read", {"portal": world.matter, "number": 1}),
        ("participant.add", {"portal": world.matter, "person": world.tom.id}),
    ):
        assert (await refused(world.tom, command, **args)).code == "not_found", command
    with pytest.raises(RefusedByServer) as refusal:
        await world.tom.ask("portal.get", portal=world.matter)
    assert refusal.value.code == "not_found"
    card = await world.tom.ask("matter.get", matter=world.matter)
    assert (card["portal"], card["participants"], card["shares"]) == ("hidden", [], [])


async def test_p9_an_admin_sees_that_it_exists_and_may_add_himself(world: World) -> None:
    boss = await world.add_user("boss", "Bea Boss", "admin")
    await send(world.priya, world.matter)
    assert (await boss.ask("matter.get", matter=world.matter))["portal"] == "closed_to_you"
    assert (await refused(boss, "message.send", portal=world.matter, text="hi")).code == "not_found"
    await boss.do("participant.add", portal=world.matter, person=boss.id)
    page = await boss.ask("portal.get", portal=world.matter)
    assert [fact["kind"] for fact in page["facts"]] == ["participant.added"]


async def test_p9_the_last_firm_participant_cannot_be_removed(world: World) -> None:
    await send(world.priya, world.matter)
    refusal = await refused(world.priya, "participant.remove", portal=world.matter, person=world.priya.id)
    assert refusal.code == "last_firm_participant"
    await world.priya.do("participant.add", portal=world.matter, person=world.tom.id)
    await world.priya.do("participant.remove", portal=world.matter, person=world.priya.id)
    assert (
        await refused(world.tom, "participant.remove", portal=world.matter, person=world.tom.id)
    ).code == ("last_firm_participant")


async def test_p3_pages_go_back_through_a_long_portal_without_a_gap(world: World) -> None:
    for number in range(1, 131):
        await execute_at(
            world, world.priya, wall_clock(), "message.send", portal=world.matter, text=f"message {number}"
        )
    numbers: list[int] = []
    page = await world.ana.ask("portal.get", portal=world.matter)
    while True:
        numbers = [message["number"] for message in page["messages"]] + numbers
        if not page["more"]:
            break
        page = await world.ana.ask("portal.get", portal=world.matter, before=numbers[0])
    assert numbers == list(range(1, 131))
