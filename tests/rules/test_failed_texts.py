"""What becomes of texts (rules F1 to F3), on the simulated carrier's magic numbers and by its own ledger."""

from __future__ import annotations

import asyncio
import itertools
from uuid import UUID

import pytest

from protocol.entities import Text
from protocol.errors import Refused
from server.access import Person
from server.records.lines import Webhook
from server.workers.outbox import LEASE_MS
from server.workers.texting import PAUSE_MS, NoCarrier
from tests.rules.texting_firm import (
    ANA,
    BEN,
    CALLBACK_FIRST,
    DELIVERED,
    HOUR_MS,
    LOST_ANSWER,
    MINUTE_MS,
    REVERSED,
    SECOND_MS,
    SILENT,
    SLOW_ANSWER,
    TWICE,
    TextingFirm,
    callback,
    eventually,
    magic,
    new_firm,
    texting_firm,
    working,
)

REASONS = {
    "01": ("unreachable", "4720"),
    "02": ("unreachable", "4701"),
    "10": ("rejected", "4750"),
    "12": ("opted_out", "4775"),
    "13": ("blocked", "4795"),
    "22": ("temporary", None),
    "23": ("temporary", "4702"),
    "32": ("unknown", "5999"),
    "40": ("content", "4711"),
    "41": ("setup", "4405"),
    "50": ("unreachable", "HTTP 400"),
}


async def texted(firm: TextingFirm, who: Person, phone: str, text: str = "Hello") -> tuple[UUID, UUID]:
    contact = await firm.meet(who, f"Contact at {phone}", phone)
    return contact, await firm.send(who, contact, text)


def states(text: Text) -> list[str]:
    return [step.state for step in text.timeline]


async def test_f1_each_failure_has_its_reason_and_the_code_it_came_from(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        sent = {suffix: await texted(firm, priya, magic(suffix)) for suffix in REASONS if suffix != "22"}
        found = {}
        for suffix, (contact, text) in sent.items():
            failed = await firm.until(priya, contact, text, "failed")
            found[suffix] = (failed.reason, failed.reason_code)
            assert failed.retry_at is None
            assert states(failed)[-1] == "failed"
        assert found == {suffix: reason for suffix, reason in REASONS.items() if suffix != "22"}


async def test_f2_a_timeline_is_the_same_in_whatever_order_the_carrier_reports(sqlite_url: str) -> None:
    """All 24 orders of a text's four reports, each of them told twice."""
    kinds = ("message-sending", "message-sent", "message-delivered", "message-failed")
    async with texting_firm(sqlite_url, works=False) as firm:
        priya = await firm.employ("Priya")
        ana = await firm.meet(priya, "Ana Ruiz", ANA)
        for place, order in enumerate(itertools.permutations(kinds)):
            text = await firm.send(priya, ana, "Hello")
            attempt = await firm.take_up(text)
            for kind in (*order, *order):
                code = 4720 if kind == "message-failed" else None
                report = callback(kind, id=f"out-{place}", phone=ANA, tag=str(attempt), code=code)
                assert await firm.report(report) == 204
            found = await firm.text(priya, ana, text)
            first_final = next(kind for kind in order if kind in kinds[2:]).removeprefix("message-")
            assert found.state == first_final
            assert states(found) == ["queued", "sending", "sent", first_final]
            versions = [
                event.version for event in await firm.events("text.changed") if event.entity == str(text)
            ]
            assert len(versions) <= 4


@pytest.mark.parametrize("phone", [CALLBACK_FIRST, TWICE, REVERSED])
async def test_f2_early_repeated_and_reversed_reports_end_in_one_delivered_text(
    database_url: str, phone: str
) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, phone)
        await firm.until_told(priya, contact, text, *DELIVERED)
        assert [attempt.state for attempt in await firm.attempts(text)] == ["accepted"]
        assert await firm.carrier_sent(phone) == 1


async def test_f2_the_first_final_state_wins_but_a_late_receipt_still_delivers(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        ben, never = await texted(firm, priya, magic("33"))
        unconfirmed = await firm.until(priya, ben, never, "unconfirmed")
        assert unconfirmed.reason is None
        ana, late = await texted(firm, priya, magic("34"))
        steps = ("queued", "sending", "sent", "unconfirmed", "delivered")
        assert (await firm.until_told(priya, ana, late, *steps)).state == "delivered"


async def test_f2_try_again_makes_a_new_text_linked_to_the_old_one(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya, tom = await firm.employ("Priya"), await firm.employ("Tom")
        contact, text = await texted(firm, priya, magic("01"))
        failed = await firm.until_told(priya, contact, text, "queued", "sending", "sent", "failed")
        # What to do about an unreachable number: correct it, then try again.
        await firm.command(
            priya, "contact.update", contact=contact, phones=[magic("01"), ANA], texting_phone=ANA
        )
        again = UUID((await firm.command(tom, "text.retry", text=text)).result["text"])
        delivered = await firm.until(tom, contact, again, "delivered")
        assert (delivered.retry_of, delivered.text, delivered.author) == (str(text), failed.text, str(tom.id))
        assert await firm.text(priya, contact, text) == failed
        assert await firm.carrier_sent(ANA) == 1
        for pointless in (text, again):
            with pytest.raises(Refused) as refused:
                await firm.command(priya, "text.retry", text=pointless)
            assert refused.value.code == "conflict"


async def test_f2_nobody_tries_again_what_is_not_his_or_came_in(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, magic("01"))
        await firm.until(priya, contact, text, "failed")
        await firm.report(callback("message-received", id="in-1", phone=magic("01"), text="Hi"))
        inbound = (await firm.texts(priya, contact))[-1]
        other_id = await new_firm(firm.database, "other", "+18335550143", Webhook.random())
        other = Person(priya.id, other_id, "admin", priya.session)
        for who, which in ((other, str(text)), (priya, inbound.id)):
            with pytest.raises(Refused) as refused:
                await firm.command(who, "text.retry", text=which)
            assert refused.value.code == "not_found"


async def test_f3_a_temporary_error_is_retried_by_itself_until_it_is_delivered(database_url: str) -> None:
    """Magic number 21 fails twice: the waits are 30 seconds, then two minutes."""
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, magic("21"))
        for wait_ms, failures in ((30 * SECOND_MS, 1), (2 * MINUTE_MS, 2)):
            waiting = await retry_planned(firm, priya, contact, text, failures)
            assert waiting.state not in ("failed", "delivered")
            last = (await firm.attempts(text))[-1]
            assert waiting.retry_at is not None
            assert wait_ms <= waiting.retry_at - last.at <= wait_ms * 1.25 + 5 * SECOND_MS
            firm.later(waiting.retry_at - firm.clock())
        delivered = await firm.until(priya, contact, text, "delivered")
        assert delivered.retry_at is None
        assert [attempt.state for attempt in await firm.attempts(text)] == ["failed", "failed", "accepted"]
        assert await firm.carrier_sent(magic("21")) == 3


async def retry_planned(firm: TextingFirm, who: Person, contact: UUID, text: UUID, failures: int) -> Text:
    async def planned() -> Text | None:
        attempts = await firm.attempts(text)
        found = await firm.text(who, contact, text)
        return found if len(attempts) == failures and found.retry_at is not None else None

    return await eventually(planned)


@pytest.mark.parametrize(
    ("suffix", "reason", "code", "attempts"),
    [("20", "temporary", "5201", 4), ("30", "carrier_error", "5600", 2), ("52", "temporary", "HTTP 429", 4)],
)
async def test_f3_a_text_fails_only_after_its_last_attempt(
    database_url: str, suffix: str, reason: str, code: str, attempts: int
) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, magic(suffix))
        for failures in range(1, attempts):
            waiting = await retry_planned(firm, priya, contact, text, failures)
            assert waiting.state != "failed"
            firm.later(15 * MINUTE_MS)
        failed = await firm.until(priya, contact, text, "failed")
        assert (failed.reason, failed.reason_code) == (reason, code)
        assert [attempt.state for attempt in await firm.attempts(text)] == ["failed"] * attempts


async def test_f3_a_lost_answer_is_not_a_failure_and_the_text_goes_once(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, LOST_ANSWER)
        await firm.until_told(priya, contact, text, *DELIVERED)
        firm.later(3 * HOUR_MS)
        await another_text_passes(firm, priya)
        assert len(await firm.attempts(text)) == 1
        assert await firm.carrier_sent(LOST_ANSWER) == 1


async def another_text_passes(firm: TextingFirm, who: Person) -> None:
    """Until the worker has certainly looked at everything that is due."""
    contact, text = await texted(firm, who, BEN, "Passing by")
    await firm.until(who, contact, text, "delivered")


async def test_f3_a_text_of_which_nothing_is_ever_heard_is_unconfirmed_after_two_hours(
    database_url: str,
) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, SILENT)
        await firm.until(priya, contact, text, "sending")
        firm.later(2 * HOUR_MS - MINUTE_MS)
        await another_text_passes(firm, priya)
        assert (await firm.text(priya, contact, text)).state == "sending"
        firm.later(MINUTE_MS)
        unconfirmed = await firm.until(priya, contact, text, "unconfirmed")
        assert unconfirmed.reason is None
        assert await firm.carrier_sent(SILENT) == 1


async def test_f3_a_server_that_dies_in_the_middle_of_a_call_does_not_send_again(database_url: str) -> None:
    """The call takes three seconds; the worker is killed as soon as the carrier has the text."""
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, SLOW_ANSWER)
        async with asyncio.TaskGroup() as tasks:
            doomed = tasks.create_task(work_until_killed(firm))

            async def taken() -> bool:
                return await firm.carrier_sent(SLOW_ANSWER) == 1

            await eventually(taken)
            doomed.cancel()
        assert (await firm.attempts(text))[0].state in ("started", "accepted")
        firm.later(LEASE_MS)
        async with working(firm):
            await another_text_passes(firm, priya)
            await firm.until(priya, contact, text, "delivered")
        assert len(await firm.attempts(text)) == 1
        assert await firm.carrier_sent(SLOW_ANSWER) == 1


async def work_until_killed(firm: TextingFirm) -> None:
    async with working(firm):
        await asyncio.Event().wait()


async def test_f3_a_death_before_anything_was_heard_leaves_the_text_sending_and_then_unconfirmed(
    database_url: str,
) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, SILENT)
        # The attempt was written down and the process was gone: nobody knows whether the carrier was called.
        await firm.take_up(text)
        async with working(firm):
            await firm.until(priya, contact, text, "sending")
            firm.later(2 * HOUR_MS)
            await firm.until(priya, contact, text, "unconfirmed")
        assert await firm.carrier_sent(SILENT) == 0


async def test_f3_two_nodes_send_each_text_once(database_url: str) -> None:
    async with texting_firm(database_url) as firm, working(firm), working(firm):
        priya = await firm.employ("Priya")
        contacts = [await firm.meet(priya, f"Contact {n}", f"+1415555{n:04d}") for n in range(170, 190)]
        sent = [await firm.send(priya, contact, "Hello") for contact in contacts]
        for contact, text in zip(contacts, sent, strict=True):
            await firm.until(priya, contact, text, "delivered")
            assert len(await firm.attempts(text)) == 1
        assert [await firm.carrier_sent(f"+1415555{n:04d}") for n in range(170, 190)] == [1] * 20


async def test_t9_who_opts_out_while_a_retry_waits_is_not_texted_again(database_url: str) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, magic("21"))
        await retry_planned(firm, priya, contact, text, 1)
        await firm.report(callback("message-received", id="in-1", phone=magic("21"), text="STOP"))
        firm.later(MINUTE_MS)
        failed = await firm.until(priya, contact, text, "failed")
        assert failed.reason == "opted_out"
        assert await firm.carrier_sent(magic("21")) == 1


async def test_setup_refused_credentials_fail_one_text_and_hold_the_others_back(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with texting_firm(database_url) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, magic("51"))
        failed = await firm.until(priya, contact, text, "failed")
        assert (failed.reason, failed.reason_code) == ("setup", "HTTP 401")
        assert "texting.paused" in capsys.readouterr().out
        refused_at = (await firm.attempts(text))[0].at
        ana, held = await texted(firm, priya, ANA)
        firm.clock.advance(PAUSE_MS)
        await firm.until(priya, ana, held, "delivered")
        assert (await firm.attempts(held))[0].at >= refused_at + PAUSE_MS


async def test_f2_a_report_that_names_another_firms_attempt_changes_nothing(database_url: str) -> None:
    async with texting_firm(database_url, works=False) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, ANA)
        attempt = await firm.take_up(text)
        other, phone = Webhook.random(), "+18335550143"
        await new_firm(firm.database, "other", phone, other)
        forged = callback("message-failed", id="out-1", phone=ANA, code=4720, tag=str(attempt), owner=phone)
        answer = await firm.http.post(
            firm.webhook_door(other.path), json=[forged], auth=(other.user, other.password)
        )
        assert answer.status_code == 204
        assert states(await firm.text(priya, contact, text)) == ["queued"]


async def test_setup_without_a_carrier_a_text_fails_instead_of_waiting_unseen(sqlite_url: str) -> None:
    async with texting_firm(sqlite_url, carrier=NoCarrier()) as firm:
        priya = await firm.employ("Priya")
        contact, text = await texted(firm, priya, ANA)
        assert (await firm.until(priya, contact, text, "failed")).reason == "setup"
