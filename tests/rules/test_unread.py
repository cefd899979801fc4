"""Badges of texts (rule U1): derived from markers, for each user alone, the same on all devices."""

from __future__ import annotations

from uuid import UUID

import pytest

from protocol.errors import Refused
from server.access import Person
from server.features import threads
from storage.keys import new_id
from tests.rules.texting_firm import ANA, BEN, TextingFirm, callback, texting_firm


async def unread(firm: TextingFirm, who: Person) -> dict[str, list[int]]:
    async with firm.database.snapshot(firm.id):
        return {each.scope: each.numbers for each in await threads.unread_texts(firm.database, who)}


async def texts_in(firm: TextingFirm, phone: str, *words: str) -> None:
    for word in words:
        report = callback("message-received", id=f"in-{new_id()}", phone=phone, text=word)
        assert await firm.report(report) == 204


async def test_u1_texts_that_came_in_are_unread_for_each_user_until_that_user_opens_the_thread(
    database_url: str,
) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya, tom = await firm.employ("Priya"), await firm.employ("Tom")
        ana, ben = await firm.meet(priya, "Ana Ruiz", ANA), await firm.meet(priya, "Ben Ode", BEN)
        await firm.send(priya, ana, "To Ana")
        await firm.send(priya, ben, "To Ben")
        await texts_in(firm, ANA, "One", "Two")
        await texts_in(firm, BEN, "Three")
        # Numbers 1 went out; what a colleague wrote is nobody's unread text.
        everything = {str(ana): [2, 3], str(ben): [2]}
        assert await unread(firm, priya) == await unread(firm, tom) == everything
        moved = await firm.command(priya, "thread.read", contact=ana, number=3)
        assert moved.result == {"number": 3}
        assert await unread(firm, priya) == {str(ana): [], str(ben): [2]}
        assert await unread(firm, tom) == everything


async def test_u1_the_marker_only_moves_forward_and_never_beyond_what_is_there(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        await texts_in(firm, ANA, "One", "Two")
        for asked, stands in ((2, 2), (1, 2), (2, 2), (99, 3), (3, 3)):
            moved = await firm.command(priya, "thread.read", contact=ana, number=asked)
            assert moved.result == {"number": stands}
        await texts_in(firm, ANA, "Three")
        assert await unread(firm, priya) == {str(ana): [4]}
        assert len(await firm.events("thread.read")) == 2, "a marker that stays where it is tells nobody"


async def test_u1_reading_on_one_device_tells_the_others_of_that_person_alone(
    database_url: str,
) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        await texts_in(firm, ANA, "One")
        await firm.command(priya, "thread.read", contact=ana, number=2)
        [read] = await firm.events("thread.read")
        assert (read.body.scope, read.body.number, read.version) == (str(ana), 2, 2)
        rows = await firm.database.fetch("SELECT person_id FROM log_entry WHERE kind = 'thread.read'")
        assert [row["person_id"] for row in rows] == [str(priya.id)]


async def test_u1_the_inbox_has_every_thread_with_its_last_text(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana, ben = await firm.meet(priya, "Ana Ruiz", ANA), await firm.meet(priya, "Ben Ode", BEN)
        await firm.send(priya, ana, "To Ana")
        await firm.send(priya, ben, "To Ben")
        await texts_in(firm, ANA, "From Ana")
        async with firm.database.snapshot(firm.id):
            found = await threads.inbox_threads(firm.database, priya)
            last = await threads.inbox_texts(firm.database, priya)
        assert [(thread.name, thread.phone) for thread in found] == [("Ana Ruiz", ANA), ("Ben Ode", BEN)]
        assert {(text.thread, text.text) for text in last} == {(str(ana), "From Ana"), (str(ben), "To Ben")}


async def test_t4_a_client_has_no_texts_in_the_inbox_and_cannot_read_a_thread(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        client = Person(ana, firm.id, "client", new_id())
        async with firm.database.snapshot(firm.id):
            assert await threads.inbox_threads(firm.database, client) == []
            assert await threads.inbox_texts(firm.database, client) == []
            assert await threads.unread_texts(firm.database, client) == []
        for who, contact, code in ((client, ana, "forbidden"), (priya, UUID(int=5), "not_found")):
            with pytest.raises(Refused) as refused:
                await firm.command(who, "thread.read", contact=contact, number=1)
            assert refused.value.code == code
