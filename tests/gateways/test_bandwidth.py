from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from typing import Any

import pytest

from server.gateways import bandwidth
from server.gateways.bandwidth import Accepted, Ambiguous, Bandwidth, BandwidthAccount, Outcome, Rejected
from server.gateways.bandwidth_codes import BACKOFF, NEVER
from tests.gateways.far_side import (
    Answer,
    answering,
    far_side,
    hanging_up,
    hanging_up_in_the_middle,
    never_ending,
    staying_silent,
)

ACCEPTED = answering(
    202,
    {
        "id": "1589228074636lm4k2je7j7jklbn2",
        "owner": "+18335550142",
        "applicationId": "app-1",
        "time": "2026-11-22T03:06:40.250Z",
        "segmentCount": 2,
        "direction": "out",
        "to": ["+14155550139"],
        "from": "+18335550142",
        "text": "See you at 2:30",
        "tag": "attempt-7",
    },
)
TOKEN = answering(200, {"access_token": "token-1", "token_type": "bearer", "expires_in": 3600})
FRESH_TOKEN = answering(200, {"access_token": "token-2", "token_type": "bearer", "expires_in": 3600})


def account(url: str, **fields: Any) -> BandwidthAccount:
    return BandwidthAccount("5500001", "causeway", "pass:wörd", "app-1", url, url, **fields)


async def send(*answers: Answer, **fields: Any) -> Outcome:
    async with far_side(*answers) as far, Bandwidth(account(far.url, **fields)) as carrier:
        return await carrier.send("+18335550142", "+14155550139", "See you at 2:30", "attempt-7")


async def test_a_text_is_sent_as_bandwidth_specifies() -> None:
    async with far_side(ACCEPTED) as far, Bandwidth(account(far.url)) as carrier:
        outcome = await carrier.send("+18335550142", "+14155550139", "See you at 2:30", "attempt-7")
    assert outcome == Accepted("1589228074636lm4k2je7j7jklbn2", 2, 1_795_316_800_250)
    [request] = far.requests
    assert (request.method, request.path) == ("POST", "/api/v2/users/5500001/messages")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Basic " + b64encode("causeway:pass:wörd".encode()).decode()
    assert request.json() == {
        "applicationId": "app-1",
        "to": ["+14155550139"],
        "from": "+18335550142",
        "text": "See you at 2:30",
        "tag": "attempt-7",
    }


@pytest.mark.parametrize(
    "answer",
    [
        hanging_up,
        hanging_up_in_the_middle,
        never_ending,
        answering(202, b"<html>"),
        answering(202, {"id": "1"}),
        answering(502),
        answering(504),
    ],
)
async def test_f3_a_lost_answer_is_never_called_a_failure(answer: Answer) -> None:
    assert isinstance(await send(answer), Ambiguous)


async def test_f3_silence_is_ambiguous_after_the_named_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandwidth, "ANSWER_TIMEOUT_S", 0.1)
    assert isinstance(await send(staying_silent), Ambiguous)


async def test_f3_an_answer_that_drips_ends_at_the_timeout_of_the_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def dripping(request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 60000\r\n\r\n")
        while not writer.transport.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.01)

    monkeypatch.setattr(bandwidth, "CALL_TIMEOUT_S", 0.2)
    assert isinstance(await send(dripping), Ambiguous)


async def test_f3_where_no_connection_was_made_the_text_surely_did_not_go() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        async with Bandwidth(account(url)) as carrier:
            outcome = await carrier.send("+18335550142", "+14155550139", "Hi", "attempt-7")
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.retry) == ("temporary", BACKOFF)


@pytest.mark.parametrize(
    ("status", "fields", "reason", "pauses"),
    [
        (400, ["to"], "unreachable", False),
        (400, ["text"], "content", False),
        (400, ["from"], "setup", False),
        (400, [], "unknown", False),
        (401, [], "setup", True),
        (403, [], "setup", True),
        (404, [], "setup", False),
        (415, [], "setup", False),
        (429, [], "temporary", False),
        (500, [], "temporary", False),
        (503, [], "temporary", False),
    ],
)
async def test_f1_a_refusal_has_its_reason(status: int, fields: list[str], reason: str, pauses: bool) -> None:
    complaint = {
        "type": "request-validation",
        "description": "Your request could not be accepted.",
        "fieldErrors": [{"fieldName": name, "description": "is invalid"} for name in fields],
    }
    outcome = await send(answering(status, complaint))
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.failure.pauses, outcome.status) == (reason, pauses, status)
    assert outcome.description == "Your request could not be accepted."


async def test_a_refusal_without_a_readable_body_is_a_refusal_still() -> None:
    outcome = await send(answering(503, b"<h1>Sorry</h1>"))
    assert isinstance(outcome, Rejected)
    assert outcome.description == "answered 503"


async def test_credentials_follow_no_redirect() -> None:
    async with far_side(ACCEPTED) as elsewhere:
        outcome = await send(answering(307, Location=elsewhere.url))
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, elsewhere.requests) == ("setup", [])


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with far_side(ACCEPTED) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert isinstance(await send(ACCEPTED), Accepted)
    assert proxy.requests == []


async def test_one_token_serves_many_texts_until_a_minute_before_it_expires() -> None:
    now_ms = [0]
    async with (
        far_side(TOKEN, ACCEPTED, ACCEPTED, FRESH_TOKEN, ACCEPTED) as far,
        Bandwidth(account(far.url, sign_in="oauth2"), clock_ms=lambda: now_ms[0]) as carrier,
    ):
        for now_ms[0] in (0, 3_539_999, 3_540_000):
            assert isinstance(await carrier.send("+18335550142", "+14155550139", "Hi", "a"), Accepted)
    assert [request.headers["authorization"].split()[0] for request in far.requests[:2]] == [
        "Basic",
        "Bearer",
    ]
    assert far.requests[0].body == b"grant_type=client_credentials"
    assert [request.path.endswith("/oauth2/token") for request in far.requests] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert far.requests[4].headers["authorization"] == "Bearer token-2"


async def test_texts_sent_at_once_share_one_token() -> None:
    async with (
        far_side(TOKEN, ACCEPTED) as far,
        Bandwidth(account(far.url, sign_in="oauth2")) as carrier,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(5):
            group.create_task(carrier.send("+18335550142", "+14155550139", "Hi", "a"))
    assert len([request for request in far.requests if request.path.endswith("/token")]) == 1


async def test_a_token_revoked_early_is_replaced_once() -> None:
    outcome = await send(TOKEN, answering(401), FRESH_TOKEN, ACCEPTED, sign_in="oauth2")
    assert isinstance(outcome, Accepted)


async def test_credentials_refused_again_pause_the_sending() -> None:
    outcome = await send(TOKEN, answering(401), FRESH_TOKEN, answering(401), sign_in="oauth2")
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.failure.pauses) == ("setup", True)


@pytest.mark.parametrize(
    ("answer", "reason", "retry", "pauses"),
    [
        (answering(400, {"error": "invalid_client"}), "setup", NEVER, True),
        (answering(401), "setup", NEVER, True),
        (answering(200, b"{}"), "setup", NEVER, True),
        (answering(429), "temporary", BACKOFF, False),
        (answering(503), "temporary", BACKOFF, False),
        (hanging_up, "temporary", BACKOFF, False),
    ],
)
async def test_f3_a_text_without_a_token_surely_did_not_go(
    answer: Answer, reason: str, retry: object, pauses: bool
) -> None:
    outcome = await send(answer, sign_in="oauth2")
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.retry, outcome.failure.pauses) == (reason, retry, pauses)


def test_an_account_never_shows_its_password() -> None:
    assert "wörd" not in repr(account("http://127.0.0.1"))
