"""Texting (rules T1 to T5, T7, T9, T10), through the simulated carrier over real HTTP."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from protocol.entities import Text
from protocol.errors import Refused
from server.access import Person
from server.records.lines import Webhook
from storage.keys import new_id
from storage.models import CarrierReport, Line, StrayText, Thread
from tests.rules.texting_firm import (
    ANA,
    BEN,
    DELIVERED,
    STRANGER,
    WEBHOOK,
    TextingFirm,
    callback,
    eventually,
    new_firm,
    texting_firm,
    working,
)


async def arrived(firm: TextingFirm, who: Person, contact: UUID, count: int) -> list[Text]:
    """Wait until a thread has so many texts."""

    async def enough() -> list[Text] | None:
        texts = await firm.texts(who, contact)
        return texts if len(texts) == count else None

    return await eventually(enough)


async def refusal(awaited: object) -> Refused:
    with pytest.raises(Refused) as refused:
        await awaited  # type: ignore[misc]
    return refused.value


async def test_t1_a_firm_user_texts_a_contact_and_the_phone_answers(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        sent = await firm.send(priya, ana, "Can you talk at 3?")
        text = await firm.until_told(priya, ana, sent, *DELIVERED)
        assert (text.number, text.inbound, text.author, text.segments) == (1, False, str(priya.id), 1)
        await firm.phone_sends(ANA, "Yes, call me ☎")
        answer = (await arrived(firm, priya, ana, 2))[1]
        assert (answer.text, answer.number, answer.inbound, answer.state) == (
            "Yes, call me ☎",
            2,
            True,
            "received",
        )
        assert answer.author is None
        assert not answer.flagged
        assert [event.kind for event in await firm.events("text.queued", "text.received")] == [
            "text.queued",
            "text.received",
        ]


async def test_t1_sending_uses_the_chosen_number_only_and_inbound_matches_any_on_the_card(
    database_url: str,
) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA, BEN, texting_phone=BEN)
        sent = await firm.send(priya, ana, "Hello")
        await firm.until(priya, ana, sent, "delivered")
        assert (await firm.carrier_sent(BEN), await firm.carrier_sent(ANA)) == (1, 0)
        await firm.phone_sends(ANA, "This is my other phone")
        assert (await arrived(firm, priya, ana, 2))[1].text == "This is my other phone"


async def test_t1_a_text_without_a_number_a_line_or_words_is_refused_with_what_to_do(
    database_url: str,
) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana, nobody = await firm.meet(priya, "Ana Ruiz", ANA), await firm.meet(priya, "Ben")
        assert (await refusal(firm.send(priya, ana, " \n "))).code == "empty"
        missing = await refusal(firm.send(priya, nobody, "Hello"))
        assert (missing.code, "Ben’s card" in missing.message) == ("no_texting_phone", True)
        assert (await refusal(firm.send(priya, ana, "x" * 2049))).code == "invalid"
        assert (await refusal(firm.send(priya, new_id(), "Hello"))).code == "not_found"
        async with firm.database.transaction():
            await Line.filter(firm_id=firm.id).delete()
        assert (await refusal(firm.send(priya, ana, "Hello"))).code == "texting_off"
        assert await firm.events("text.queued", "thread.changed") == []


async def test_t1_a_repeated_command_texts_once(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        first = await firm.command(priya, "text.send", key="the-same-key", contact=ana, text="Hello")
        again = await firm.command(priya, "text.send", key="the-same-key", contact=ana, text="Hello")
        assert (again.result, again.repeated) == (first.result, True)
        # Kept answers are forgotten after a week; the effect still is not repeated.
        async with firm.database.transaction(firm.id):
            await firm.database.execute("DELETE FROM command_reply")
        later = await firm.command(priya, "text.send", key="the-same-key", contact=ana, text="Hello")
        assert later.result == first.result
        await firm.until(priya, ana, UUID(first.result["text"]), "delivered")
        assert await firm.carrier_sent(ANA) == 1


async def test_texts_to_one_person_leave_in_the_order_in_which_they_were_sent(database_url: str) -> None:
    """All wait when the workers begin, and workers have many in hand at once."""
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        sent = [await firm.send(priya, ana, f"Part {part}") for part in range(12)]
        async with working(firm), working(firm):
            for text in sent:
                await firm.until(priya, ana, text, "delivered")
        assert await firm.carrier_took(ANA) == [f"Part {part}" for part in range(12)]


async def test_t2_a_text_from_a_stranger_makes_no_thread_and_is_kept_apart_for_admins(
    database_url: str,
) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya, admin = await firm.employ("Priya"), await firm.employ("Omar", "admin")
        await firm.phone_sends(STRANGER, "Is this the law firm?")

        async def kept() -> list[tuple[str, str]] | None:
            found = await firm.ask(admin, "quarantine.list")
            return [(stray.phone, stray.text) for stray in found.texts]

        assert await eventually(kept) == [(STRANGER, "Is this the law firm?")]
        assert (await refusal(firm.ask(priya, "quarantine.list"))).code == "forbidden"
        assert await firm.events("text.received", "thread.changed") == []
        async with firm.database.snapshot():
            assert await Thread.all().count() == 0


async def test_t2_a_contact_whom_the_firm_never_texted_cannot_begin_a_thread(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        admin = await firm.employ("Omar", "admin")
        ana = await firm.meet(admin, "Ana Ruiz", ANA)
        assert await firm.report(callback("message-received", id="in-1", phone=ANA, text="Hello?")) == 204
        assert await firm.texts(admin, ana) == []
        assert [stray.text for stray in (await firm.ask(admin, "quarantine.list")).texts] == ["Hello?"]
        await firm.send(admin, ana, "Now we may talk")
        assert await firm.report(callback("message-received", id="in-2", phone=ANA, text="Good")) == 204
        assert [text.text for text in await firm.texts(admin, ana)] == ["Now we may talk", "Good"]


async def test_t3_one_thread_shows_on_every_matter_of_its_contact(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana, ben = await firm.meet(priya, "Ana Ruiz", ANA), await firm.meet(priya, "Ben Ode", BEN)
        own = await matter(firm, priya, "Ruiz v. Meridian", client=ana)
        related = await matter(firm, priya, "Estate of Ode", client=ben, related=[ana])
        await firm.send(priya, ana, "Hello")
        page = await firm.ask(priya, "thread.get", contact=ana)
        assert set(page.thread.matters) == {own, related}
        assert page.thread.id == page.contact.id == str(ana)
        async with firm.database.snapshot():
            assert await Thread.all().count() == 1


async def matter(
    firm: TextingFirm, who: Person, name: str, client: UUID, related: list[UUID] | None = None
) -> str:
    made = await firm.command(
        who,
        "matter.create",
        name=name,
        client=client,
        related=[str(each) for each in related or []],
        responsible=[str(who.id)],
    )
    return str(made.result["id"])


async def test_t4_every_firm_user_sees_every_text_and_no_client_does(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya, tom = await firm.employ("Priya"), await firm.employ("Tom")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        assert [text.text for text in await firm.texts(tom, ana)] == ["Hello"]
        client = Person(ana, firm.id, "client", new_id())
        assert (await refusal(firm.texts(client, ana))).code == "forbidden"
        assert (await refusal(firm.send(client, ana, "Hello"))).code == "forbidden"
        stranger_id = await new_firm(firm.database, "other", "+18335550143", Webhook.random())
        stranger = Person(new_id(), stranger_id, "admin", new_id())
        assert (await refusal(firm.texts(stranger, ana))).code == "not_found"
        assert (await refusal(firm.send(stranger, ana, "Hello"))).code == "not_found"


async def test_t5_choosing_a_contact_shows_the_earlier_texts_page_by_page(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        before = await firm.ask(priya, "thread.get", contact=ana)
        assert (before.thread.version, before.texts, before.more) == (0, [], False)
        for number in range(1, 66):
            await firm.send(priya, ana, f"Text {number}")
        newest = await firm.ask(priya, "thread.get", contact=ana)
        assert [text.number for text in newest.texts] == list(range(6, 66))
        assert newest.more
        older = await firm.ask(priya, "thread.get", contact=ana, before="6")
        assert [text.number for text in older.texts] == list(range(1, 6))
        assert not older.more


async def test_a_page_of_long_texts_is_cut_short_and_the_rest_follows(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        for _ in range(40):
            await firm.send(priya, ana, "😀" * 2048)
        newest = await firm.ask(priya, "thread.get", contact=ana)
        assert 25 < len(newest.texts) < 40
        assert newest.more
        first = newest.texts[0].number
        older = await firm.ask(priya, "thread.get", contact=ana, before=str(first))
        assert [text.number for text in older.texts] == list(range(1, first))


async def test_t7_what_was_texted_is_nowhere_in_the_store_in_plain(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "canary out")
        await firm.report(callback("message-received", id="in-1", phone=ANA, text="canary in"))
        await firm.report(callback("message-received", id="in-2", phone=STRANGER, text="canary apart"))
        for table, column, rows in (
            ("text", "body", 2),
            ("carrier_report", "content", 2),
            ("stray_text", "body", 1),
        ):
            stored = await firm.database.fetch(f"SELECT {column} AS found FROM {table}")
            assert len(stored) == rows
            assert not any(b"canary" in bytes(row["found"]) for row in stored)


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Stop. ", "Opt  out", "cancel", "UNSUBSCRIBE", "end!", "revoke"]
)
async def test_t9_a_stop_word_opts_out_at_once_and_only_a_start_undoes_it(sqlite_url: str, word: str) -> None:
    async with texting_firm(sqlite_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        await firm.report(callback("message-received", id="in-1", phone=ANA, text=word))
        refused = await refusal(firm.send(priya, ana, "Are you there?"))
        assert (refused.code, "(415) 555-0139" in refused.message) == ("opted_out", True)
        page = await firm.ask(priya, "thread.get", contact=ana)
        assert (page.thread.opted_out, page.contact.opted_out) == (True, True)
        assert page.texts[-1].text == word
        await firm.report(callback("message-received", id="in-2", phone=ANA, text="Unstop"))
        await firm.send(priya, ana, "Welcome back")
        told = await firm.events("thread.changed", "contact.changed")
        assert [event.body.opted_out for event in told[-2:]] == [False, False]
        assert len(told) == 6  # contact and thread: made, opted out, opted in


async def test_t9_a_stop_word_within_other_words_is_an_ordinary_text(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        await firm.report(callback("message-received", id="in-1", phone=ANA, text="Please stop the hearing"))
        await firm.send(priya, ana, "We shall")


async def test_t2_an_opt_out_of_a_number_without_a_thread_still_counts(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        await firm.report(callback("message-received", id="in-1", phone=ANA, text="STOP"))
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        assert (await refusal(firm.send(priya, ana, "Hello"))).code == "opted_out"


async def test_t10_of_two_contacts_with_one_number_the_last_written_to_gets_the_text_flagged(
    database_url: str,
) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana, ben = await firm.meet(priya, "Ana Ruiz", ANA), await firm.meet(priya, "Marco Ruiz", ANA)
        await firm.send(priya, ben, "First to Marco")
        firm.clock.advance(1_000)
        await firm.send(priya, ana, "Then to Ana")
        await firm.report(callback("message-received", id="in-1", phone=ANA, text="Who is meant?"))
        assert [text.text for text in await firm.texts(priya, ben)] == ["First to Marco"]
        guessed = (await firm.texts(priya, ana))[-1]
        assert (guessed.text, guessed.flagged) == ("Who is meant?", True)


async def test_an_inbound_picture_is_said_to_be_there_and_not_shown(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Send me the page")
        media = [f"https://media.test/{name}" for name in ("0.smil", "page.jpg", "body.xml")]
        await firm.report(callback("message-received", id="in-1", phone=ANA, text="Here", media=media))
        text = (await firm.texts(priya, ana))[-1]
        assert text.text == "Here\n[1 attachment came with this text and cannot be shown here.]"


async def test_the_webhook_answers_whoever_does_not_prove_itself_as_if_it_were_not_there(
    database_url: str,
) -> None:
    async with texting_firm(database_url, works=False) as firm:
        body = [callback("message-received", id="in-1", phone=ANA, text="Hello")]
        wrong_path = firm.webhook_url.replace(WEBHOOK.path, "a-path-that-does-not-exist")
        tries = [
            await firm.http.post(firm.webhook_url, json=body),
            await firm.http.post(firm.webhook_url, json=body, auth=(WEBHOOK.user, "wrong")),
            await firm.http.post(firm.webhook_url, json=body, auth=("wrong", WEBHOOK.password)),
            await firm.http.post(
                firm.webhook_url, json=body, headers=[(b"Authorization", "Basic é".encode("latin-1"))]
            ),
            await firm.http.post(firm.webhook_url, json=body, headers={"Authorization": "Bearer x"}),
            await firm.http.post(wrong_path, json=body, auth=(WEBHOOK.user, WEBHOOK.password)),
            await firm.http.post(f"{firm.webhook_url}%00", json=body, auth=(WEBHOOK.user, WEBHOOK.password)),
        ]
        assert {(answer.status_code, answer.content) for answer in tries} == {(404, tries[0].content)}
        assert await stored_reports(firm) == 0


async def test_the_webhook_refuses_what_is_too_large_too_many_or_malformed(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        good = callback("message-received", id="in-1", phone=ANA, text="Hello")
        proof = (WEBHOOK.user, WEBHOOK.password)
        large = await firm.http.post(firm.webhook_url, content=b"[" + b" " * 262_143 + b"]", auth=proof)
        many = await firm.http.post(firm.webhook_url, json=[{"type": "new"}] * 101, auth=proof)
        broken = await firm.http.post(firm.webhook_url, json=[good, {"type": "message-received"}], auth=proof)
        assert [answer.status_code for answer in (large, many, broken)] == [413, 413, 400]
        assert await stored_reports(firm) == 0, "a call is taken whole or not at all"
        assert await firm.report({"type": "message-of-tomorrow"}, good) == 204
        assert await stored_reports(firm) == 2, "the report, and the text that belongs to no thread"


async def test_a_report_on_a_number_or_application_of_another_firm_changes_nothing(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        other = Webhook.random()
        await new_firm(firm.database, "other", "+18335550143", other)
        theirs = callback("message-received", id="in-1", phone=ANA, text="Forged")
        forged = await firm.http.post(
            firm.webhook_door(other.path),
            json=[theirs],
            auth=(other.user, other.password),
        )
        assert forged.status_code == 204
        assert (
            await firm.report({**theirs, "message": {**theirs["message"], "applicationId": "app-2"}}) == 204
        )
        assert [text.text for text in await firm.texts(priya, ana)] == ["Hello"]
        assert await stored_reports(firm) == 0


async def test_an_inbound_text_that_is_reported_many_times_at_once_arrives_once(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        await firm.send(priya, ana, "Hello")
        inbound = callback("message-received", id="in-1", phone=ANA, text="Once")
        async with asyncio.TaskGroup() as tasks:
            calls = [tasks.create_task(firm.report(inbound, inbound)) for _ in range(8)]
        assert {call.result() for call in calls} == {204}
        assert [text.text for text in await firm.texts(priya, ana)] == ["Hello", "Once"]
        assert len(await firm.events("text.received")) == 1


async def stored_reports(firm: TextingFirm) -> int:
    async with firm.database.snapshot():
        return await CarrierReport.all().count() + await StrayText.all().count()
