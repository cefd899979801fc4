"""What keeps foreign pages, foreign requests and curious logs out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.house import Browser, House, key, refusal

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
SIGN_IN_DOORS = {
    "/api/sign-in/password": {"email": "a@b.example", "password": "x"},
    "/api/sign-in/link": {"firm": "marlow", "email": "a@b.example"},
    "/api/sign-in/redeem": {"firm": "marlow", "code": "12345678"},
    "/api/sign-out": {},
}


async def test_every_answer_carries_the_headers_that_bind_our_pages(visitor: Browser) -> None:
    for path in ("/", "/portal/marlow", "/healthz", "/api/session", "/api/nothing.here", "/no/such.file"):
        headers = (await visitor.get(path)).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
        assert "server" not in headers
        assert "strict-transport-security" not in headers, "there is no HTTPS on one's own machine"


async def test_a_foreign_page_changes_nothing(house: House, ana: Browser) -> None:
    for forged in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": house.node.url, "sec-fetch-site": "cross-site"},
        {"origin": house.node.url, "sec-fetch-site": "same-site"},
        {"origin": f"{house.node.url}.evil.example"},
    ):
        ana.headers.pop("sec-fetch-site", None)
        headers = {"idempotency-key": key(), **forged}
        answer = await ana.post("/api/contact.create", json={"name": "Mallory"}, headers=headers)
        assert refusal(answer) == "csrf", forged
        assert refusal(await ana.upload(house.portal, b"x", headers=forged)) == "csrf"
        for path, body in SIGN_IN_DOORS.items():
            assert refusal(await ana.post(path, json=body, headers=forged)) == "csrf", path


async def test_a_request_without_an_origin_or_the_pages_token_changes_nothing(
    house: House, ana: Browser
) -> None:
    token = ana.headers.pop("x-causeway-csrf")
    for wrong in ({}, {"x-causeway-csrf": token[:-1]}, {"x-causeway-csrf": "é".encode()}):
        headers: Any = {"idempotency-key": key(), **wrong}
        answer = await ana.post("/api/contact.create", json={"name": "Mallory"}, headers=headers)
        assert refusal(answer) == "csrf"
    ana.headers["x-causeway-csrf"] = token
    del ana.headers["origin"]
    answer = await ana.post("/api/contact.create", json={"name": "M"}, headers={"idempotency-key": key()})
    assert refusal(answer) == "csrf"
    contacts = (await ana.get("/api/contact.list", params={"find": "M"})).json()["contacts"]
    assert "Mallory" not in {contact["name"] for contact in contacts}


async def test_the_csrf_token_of_another_session_is_worth_nothing(house: House, ana: Browser) -> None:
    async with house.browser() as other:
        await other.sign_in(house.email("ana"))
        other.headers["x-causeway-csrf"] = ana.headers["x-causeway-csrf"]
        answer = await other.post("/api/sign-out", json={})
        assert refusal(answer) == "csrf"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_only_json_is_taken(ana: Browser, content_type: str) -> None:
    """A form of a foreign page can send the others without asking first."""
    headers = {"idempotency-key": key(), "content-type": content_type}
    answer = await ana.post("/api/contact.create", content=b'{"name": "Mallory"}', headers=headers)
    assert refusal(answer) == "invalid"


async def test_a_body_that_is_not_the_protocols_json_is_refused(ana: Browser) -> None:
    for body in (
        b"",
        b"[",
        b"[]",
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b'{"name": "\\u0000"}',
        b'{"name": 1}',
        b'{"name": "a", "admin": true}',
        b"[" * 100_000,
        b"\xff\xfe",
    ):
        headers = {"idempotency-key": key(), "content-type": "application/json"}
        answer = await ana.post("/api/contact.create", content=body, headers=headers)
        assert refusal(answer) == "invalid", body[:40]


async def test_a_body_larger_than_any_request_is_refused(ana: Browser) -> None:
    headers = {"idempotency-key": key(), "content-type": "application/json"}
    answer = await ana.post("/api/contact.create", content=b" " * 300_000, headers=headers)
    assert refusal(answer) == "too_large"


async def test_errors_of_the_router_have_the_one_shape(visitor: Browser) -> None:
    assert refusal(await visitor.get("/api/nothing/here/at.all")) == "not_found"
    wrong_method = await visitor.delete("/api/session")
    assert wrong_method.status_code == 405
    assert wrong_method.json()["error"]["code"] == "invalid"
    assert "GET" in wrong_method.headers["allow"]


async def test_links_are_built_from_the_settings_whatever_host_a_request_names(
    house: House, visitor: Browser
) -> None:
    visitor.speak_for_client(house.slug)
    body = {"firm": house.slug, "email": house.email("carla")}
    answer = await visitor.post("/api/sign-in/link", json=body, headers={"host": "evil.example"})
    assert answer.status_code == 202
    await house.link()  # which checks the address
    assert "evil.example" not in str([mail.content for mail in await house.mails()])


async def test_the_log_tells_routes_and_never_what_was_asked(
    house: House, ana: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    await ana.upload(house.portal, b"x", "canary-name.txt")
    await ana.get("/api/contact.list", params={"find": "canary-query"})
    await ana.get("/api/session", headers={"authorization": "Bearer cw_canary-token"})
    await ana.get("/canary-path")
    written = capfd.readouterr().out
    assert "/api/portals/{portal}/documents/{key}" in written
    assert "canary" not in written


async def test_failed_sign_ins_are_delayed_and_the_owner_still_gets_in(house: House) -> None:
    """The account's delay is sat out by the server; nobody can lock anybody out."""
    async with house.browser() as guesser:
        for _ in range(6):
            await guesser.sign_in(house.email("ana"), "wrong wrong wrong")
    counted = await house.database.fetch("SELECT max(failures) AS most FROM sign_in_attempt")
    assert counted[0]["most"] >= 6
    async with house.browser() as owner:
        answer = await owner.sign_in(house.email("ana"))
        assert answer.status_code == 200
        assert answer.elapsed.total_seconds() >= 0.5


async def test_an_address_that_keeps_failing_is_sent_away_for_a_while(house: House) -> None:
    async with house.browser() as guesser:
        answers = [await guesser.sign_in(f"nobody-{n}@firm.example", "wrong") for n in range(22)]
        assert [refusal(answer) for answer in answers[:20]] == ["bad_credentials"] * 20
        last = answers[-1]
        assert refusal(last) == "too_many"
        assert last.json()["error"]["temporary"]
        assert 0 < last.json()["error"]["retry_after_ms"] <= 2_000
        assert int(last.headers["retry-after"]) in (1, 2)
    async with house.browser() as neighbour:
        neighbour.headers["x-forwarded-for"] = "192.0.2.77"
        assert (await neighbour.sign_in(house.email("ana"))).status_code == 200
