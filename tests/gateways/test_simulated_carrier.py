from __future__ import annotations

import asyncio
from base64 import b64encode
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.gateways.bandwidth import Accepted, Ambiguous, Bandwidth, Rejected
from server.gateways.bandwidth_callbacks import Received, Reported
from server.gateways.bandwidth_codes import FAILURES
from server.gateways.simulator import carrier
from server.gateways.simulator.recipients import MAGIC_RECIPIENTS
from tests.gateways.far_side import FarSide, answering, far_side, hanging_up
from tests.gateways.simulated import ANA, FIRM, account, callbacks, eventually, options, simulator, states

TAKEN = answering(204)
DELIVERED = [("sending", None), ("sent", None), ("delivered", None)]
CODES = {row.number: int(row.code) for row in MAGIC_RECIPIENTS if row.code and int(row.code) >= 1000}


async def test_w5_a_text_is_taken_then_reported_to_the_webhook_as_bandwidth_does() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        outcome = await line.send(FIRM, ANA, "See you at 2:30", "attempt-7")
        await eventually(lambda: len(webhook.requests) == 3)
    assert isinstance(outcome, Accepted)
    assert states(webhook) == DELIVERED
    for request, reported in zip(webhook.requests, callbacks(webhook), strict=True):
        assert (request.method, request.path) == ("POST", "/webhooks/bandwidth/random")
        assert request.headers["user-agent"] == "BandwidthAPI/v2"
        assert request.headers["authorization"] == "Basic " + b64encode(b"bandwidth:from-afar").decode()
        assert isinstance(reported, Reported)
        assert (reported.message_id, reported.tag) == (outcome.message_id, "attempt-7")
        assert (reported.owner, reported.to, reported.application_id) == (FIRM, ANA, "app-1")


async def test_w5_a_text_from_the_phone_comes_in_through_the_webhook() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        httpx.AsyncClient() as page,
    ):
        sent = await page.post(
            f"{url}/phone/texts", json={"phone": "(415) 555-0139", "text": "Running late 🚌"}
        )
        await eventually(lambda: webhook.requests)
    assert sent.status_code == 202
    [received] = callbacks(webhook)
    assert isinstance(received, Received)
    assert (received.message_id, received.text) == (sent.json()["id"], "Running late 🚌")
    assert (received.from_, received.owner, received.to) == (ANA, FIRM, (FIRM,))


async def test_w5_a_report_is_repeated_until_the_webhook_takes_it() -> None:
    async with (
        far_side(answering(500), hanging_up, answering(401), TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        httpx.AsyncClient() as page,
    ):
        await page.post(f"{url}/phone/texts", json={"phone": ANA, "text": "Hi"})
        await eventually(lambda: len(webhook.requests) == 4)
        listed = (await page.get(f"{url}/api/v2/users/5500001/messages", auth=("causeway", "secret"))).json()
    assert len({one.message_id for one in callbacks(webhook) if isinstance(one, Received)}) == 1
    assert listed["totalCount"] == 1


@pytest.mark.parametrize("number", sorted(CODES))
async def test_f1_a_magic_number_ends_with_its_code(number: str) -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        assert isinstance(await line.send(FIRM, number, "Hi", "attempt-7"), Accepted)
        await eventually(lambda: any(code for _, code in states(webhook)))
    code = CODES[number]
    assert code in FAILURES
    assert states(webhook)[0] == ("sending", None)
    assert ("unconfirmed" if code == 9902 else "failed", code) in states(webhook)


@pytest.mark.parametrize(("number", "failures"), [("+14155550121", 2), ("+14155550131", 1)])
async def test_f3_some_magic_numbers_recover_when_tried_again(number: str, failures: int) -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        for attempt in range(1, failures + 2):
            await line.send(FIRM, number, "Hi", f"attempt-{attempt}")
            await eventually(partial(have_ended, webhook, attempt))
    assert ends(webhook) == ["failed"] * failures + ["delivered"]


async def test_f2_a_late_receipt_follows_a_missing_one() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        await line.send(FIRM, "+14155550134", "Hi", "attempt-7")
        await eventually(lambda: len(webhook.requests) == 4)
    assert states(webhook)[2:] == [("unconfirmed", 9902), ("delivered", None)]


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        ("+14155550150", 400, "unreachable"),
        ("+14155550151", 401, "setup"),
        ("+14155550152", 429, "temporary"),
        ("+14155550153", 503, "temporary"),
    ],
)
async def test_f1_a_magic_number_is_refused_at_once(number: str, status: int, reason: str) -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        outcome = await line.send(FIRM, number, "Hi", "attempt-7")
    assert isinstance(outcome, Rejected)
    assert (outcome.status, outcome.reason) == (status, reason)


async def test_f3_a_lost_answer_is_settled_by_a_callback_with_the_tag() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        assert isinstance(await line.send(FIRM, "+14155550160", "Hi", "attempt-7"), Ambiguous)
        await eventually(lambda: len(webhook.requests) == 3)
    assert {one.tag for one in callbacks(webhook) if isinstance(one, Reported)} == {"attempt-7"}


async def test_f2_reports_may_come_before_the_answer() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        assert isinstance(await line.send(FIRM, "+14155550161", "Hi", "attempt-7"), Accepted)
        assert states(webhook)[:1] == [("sending", None)]


async def test_f2_reports_may_come_twice_and_in_reverse() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        await line.send(FIRM, "+14155550163", "Hi", "attempt-7")
        await eventually(lambda: len(webhook.requests) == 3)
        assert states(webhook) == DELIVERED[::-1]
        await line.send(FIRM, "+14155550162", "Hi", "attempt-8")
        await eventually(lambda: len(webhook.requests) == 9)
    assert sorted(states(webhook)[3:]) == sorted(DELIVERED * 2)


async def test_f3_a_text_may_never_be_reported() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        await line.send(FIRM, "+14155550164", "Hi", "attempt-7")
        await line.send(FIRM, ANA, "Hi", "attempt-8")
        await eventually(lambda: len(webhook.requests) == 3)
    assert {one.to for one in callbacks(webhook) if isinstance(one, Reported)} == {ANA}


async def test_w5_faults_are_ordered_for_so_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "SLOW_ANSWER_S", 0.05)
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
        httpx.AsyncClient() as control,
    ):
        ordered = {"throttled": 1, "lost_answer": 2, "slow": 3}
        assert (await control.put(f"{url}/control/faults", json=ordered)).status_code == 200
        outcomes = [await line.send(FIRM, ANA, "Hi", f"attempt-{attempt}") for attempt in range(4)]
        left = (await control.get(f"{url}/control/faults")).json()
    assert [type(outcome) for outcome in outcomes] == [Rejected, Ambiguous, Accepted, Accepted]
    assert set(left.values()) == {0}


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"lost_answer": -1}', b'{"lost_answer": "1"}', b'{"earthquake": 1}']
)
async def test_an_order_that_makes_no_sense_is_refused_with_the_list_of_faults(body: bytes) -> None:
    async with simulator(options("http://127.0.0.1:9")) as url, httpx.AsyncClient() as control:
        refused = await control.put(f"{url}/control/faults", content=body)
    assert refused.status_code == 400
    assert "lost_answer" in refused.json()["error"]


async def test_t9_the_carrier_itself_honours_stop_and_unstop() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
        httpx.AsyncClient() as page,
    ):
        await page.post(f"{url}/phone/texts", json={"phone": ANA, "text": " Stop "})
        await line.send(FIRM, ANA, "Hi", "attempt-7")
        await eventually(lambda: ends(webhook) == ["failed"])
        assert ("failed", 4775) in states(webhook)
        await page.post(f"{url}/phone/texts", json={"phone": ANA, "text": "UNSTOP"})
        await line.send(FIRM, ANA, "Hi", "attempt-8")
        await eventually(lambda: ends(webhook) == ["failed", "delivered"])
    texts = [one.text for one in callbacks(webhook) if isinstance(one, Received)]
    assert texts == [" Stop ", "UNSTOP"]


async def test_w5_texts_and_pending_reports_outlive_the_process(tmp_path: Path) -> None:
    async with far_side(answering(503)) as webhook, simulator(options(webhook.url, tmp_path)) as url:
        async with httpx.AsyncClient() as page:
            await page.post(f"{url}/phone/texts", json={"phone": ANA, "text": "Are you there?"})
        await eventually(lambda: webhook.requests)
    async with far_side(TAKEN) as webhook, simulator(options(webhook.url, tmp_path)) as url:
        await eventually(lambda: webhook.requests)
        async with httpx.AsyncClient(auth=("causeway", "secret")) as line:
            listed = (await line.get(f"{url}/api/v2/users/5500001/messages")).json()
    [received] = callbacks(webhook)
    assert isinstance(received, Received)
    assert received.text == "Are you there?"
    assert [message["messageId"] for message in listed["messages"]] == [received.message_id]


async def test_w5_a_state_file_that_is_damaged_starts_anew(tmp_path: Path) -> None:
    (tmp_path / "simulated_network.json").write_text("{half")
    async with simulator(options("http://127.0.0.1:9", tmp_path)) as url, httpx.AsyncClient() as page:
        assert (await page.get(f"{url}/phone")).status_code == 200


async def test_w5_tokens_work_on_every_call() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url, sign_in="oauth2")) as line,
    ):
        assert isinstance(await line.send(FIRM, ANA, "Hi", "attempt-7"), Accepted)


MESSAGE: dict[str, Any] = {"applicationId": "app-1", "from": FIRM, "to": [ANA], "text": "Hi", "tag": "t"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"applicationId": "app-2"}, "applicationId"),
        ({"from": "+14155550117"}, "from"),
        ({"to": []}, "to"),
        ({"to": [ANA, ANA]}, "to"),
        ({"to": ["415 555 0139"]}, "to"),
        ({"to": ["+4915112345678"]}, "to"),
        ({"to": None}, "to"),
        ({"text": ""}, "text"),
        ({"text": "a" * 2049}, "text"),
        ({"text": None}, "text"),
        ({"tag": "t" * 1025}, "tag"),
    ],
)
async def test_w5_a_call_is_checked_field_by_field(change: dict[str, Any], field: str) -> None:
    async with simulator(options("http://127.0.0.1:9")) as url, httpx.AsyncClient() as line:
        messages = f"{url}/api/v2/users/5500001/messages"
        answer = await line.post(messages, json={**MESSAGE, **change}, auth=("causeway", "secret"))
    assert (answer.status_code, answer.json()["type"]) == (400, "request-validation")
    assert [error["fieldName"] for error in answer.json()["fieldErrors"]] == [field]


async def test_w5_strangers_and_other_accounts_are_refused() -> None:
    async with simulator(options("http://127.0.0.1:9")) as url, httpx.AsyncClient() as line:
        own, other = (f"{url}/api/v2/users/{id}/messages" for id in ("5500001", "5500002"))
        signed_in = ("causeway", "secret")
        assert (await line.post(own, json=MESSAGE)).status_code == 401
        assert (await line.post(own, json=MESSAGE, auth=("causeway", "guess"))).status_code == 401
        assert (await line.get(own)).status_code == 401
        assert (await line.post(other, json=MESSAGE, auth=signed_in)).status_code == 403
        assert (await line.post(own, content=b"{}", auth=signed_in)).status_code == 415
        json_type = {"content-type": "application/json"}
        assert (await line.post(own, content=b"{", headers=json_type, auth=signed_in)).status_code == 400
        assert (await line.post(f"{url}/api/v1/oauth2/token", auth=("causeway", "guess"))).status_code == 401


@pytest.mark.parametrize(
    "asked",
    [
        {"phone": "911", "text": "Hi"},
        {"phone": "+49 151 12345678", "text": "Hi"},
        {"phone": "(415) 555-0139 ext. 4", "text": "Hi"},
        {"phone": ANA, "text": ""},
        {"phone": ANA, "text": "a" * 2049},
        {"phone": ANA},
        [],
    ],
)
async def test_t1_only_a_north_american_phone_with_a_text_can_text_the_firm(asked: Any) -> None:
    async with simulator(options("http://127.0.0.1:9")) as url, httpx.AsyncClient() as page:
        refused = await page.post(f"{url}/phone/texts", json=asked)
    assert refused.status_code == 400
    assert refused.json()["error"]


async def test_another_site_can_neither_text_nor_order_faults() -> None:
    async with simulator(options("http://127.0.0.1:9")) as url, httpx.AsyncClient() as page:
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            text = await page.post(f"{url}/phone/texts", json={"phone": ANA, "text": "Hi"}, headers=headers)
            order = await page.put(f"{url}/control/faults", json={"slow": 1}, headers=headers)
            assert (text.status_code, order.status_code) == (403, 403)


async def test_many_texts_at_once_are_all_taken_and_all_reported() -> None:
    async with (
        far_side(TAKEN) as webhook,
        simulator(options(webhook.url)) as url,
        Bandwidth(account(url)) as line,
    ):
        async with asyncio.TaskGroup() as group:
            for attempt in range(40):
                group.create_task(line.send(FIRM, ANA, "Hi", f"attempt-{attempt}"))
        await eventually(lambda: len(webhook.requests) == 120)
    assert {
        one.tag for one in callbacks(webhook) if isinstance(one, Reported) and one.state == "delivered"
    } == {f"attempt-{attempt}" for attempt in range(40)}


def have_ended(webhook: FarSide, count: int) -> bool:
    return len(ends(webhook)) == count


def ends(webhook: FarSide) -> list[str]:
    return [state for state, _ in states(webhook) if state in {"delivered", "failed"}]
