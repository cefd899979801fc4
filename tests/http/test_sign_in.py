"""Signing in, out, and asking who is signed in (rules A3, A5, N3)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any

import httpx

from storage.models import Session, SignInLink
from tests.http.conftest import OpenBrowser
from tests.http.house import Browser, House, refusal
from tests.nodes import Node


def set_cookies(answer: httpx.Response) -> dict[str, dict[str, Any]]:
    """The cookies that an answer sets, each with its value and attributes."""
    found: dict[str, dict[str, Any]] = {}
    for line in answer.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(line).items():
            found[name] = {"value": morsel.value, **{k: v for k, v in morsel.items() if v}}
    return found


async def test_a_firm_user_signs_in_and_is_introduced(house: House, visitor: Browser) -> None:
    answer = await visitor.sign_in(f"  {house.email('ana').upper()} ")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["me"]["name"], said["me"]["role"]) == ("Ana Marlow", "admin")
    assert said["firm"]["slug"] == house.slug
    assert (await visitor.get("/api/session")).json() == said


async def test_cookies_are_for_this_server_alone_and_out_of_reach_of_scripts(
    house: House, visitor: Browser
) -> None:
    cookie = set_cookies(await visitor.sign_in(house.email("ana")))["causeway-firm"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert "domain" not in cookie
    assert "max-age" not in cookie, "a firm user's session ends with the browser"


async def test_unknown_accounts_and_wrong_passwords_get_the_same_bytes(
    house: House, visitor: Browser
) -> None:
    wrong = await visitor.sign_in(house.email("ana"), "not the password at all")
    unknown = await visitor.sign_in(house.email("nobody"), "not the password at all")
    assert refusal(wrong) == "bad_credentials"
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert headers_of(wrong) == headers_of(unknown)


async def test_known_and_unknown_addresses_are_sent_a_link_in_the_same_words(
    house: House, open_browser: OpenBrowser
) -> None:
    """N3: and the same rows are written for both; what differs is that one letter never goes."""
    known = await open_browser().ask_for_link(house.email("carla"))
    unknown = await open_browser().ask_for_link(house.email("nobody"))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b"{}")
    assert headers_of(known) == headers_of(unknown)
    states = {mail.address: mail.state for mail in await house.mails()}
    assert states == {house.email("carla"): "queued", house.email("nobody"): "decoy"}
    items = await house.database.fetch(
        "SELECT state FROM outbox WHERE firm_id = $1 ORDER BY state", [house.firm]
    )
    assert [item["state"] for item in items] == ["done", "due"]


async def test_only_the_chosen_address_signs_a_client_in(house: House, open_browser: OpenBrowser) -> None:
    """A3: another address on the same card does not."""
    await open_browser().ask_for_link(house.email("second"))
    assert [mail.state for mail in await house.mails()] == ["decoy"]


async def test_the_browser_that_asked_opens_the_link_without_a_code(
    house: House, open_browser: OpenBrowser
) -> None:
    browser = await house.sign_client_in(open_browser())
    said = (await browser.get("/api/session")).json()
    assert (said["me"]["name"], said["me"]["role"]) == ("Carla Ortiz", "client")


async def test_another_browser_needs_the_code_as_well(house: House, open_browser: OpenBrowser) -> None:
    await open_browser().ask_for_link(house.email("carla"))
    token, code = await house.link()
    phone = open_browser()
    assert refusal(await phone.redeem(token=token)) == "code_needed"
    assert refusal(await phone.redeem(token=token, code="00000000")) == "bad_credentials"
    assert (await phone.redeem(token=token, code=f"{code[:4]} {code[4:]}")).status_code == 200


async def test_the_browser_that_asked_may_type_the_code_alone(
    house: House, open_browser: OpenBrowser
) -> None:
    browser = open_browser()
    await browser.ask_for_link(house.email("carla"))
    _, code = await house.link()
    assert refusal(await open_browser().redeem(code=code)) == "bad_credentials"
    assert (await browser.redeem(code=code)).status_code == 200


async def test_a_mail_scanner_gets_nothing_by_looking_or_by_pressing_the_button(
    house: House, open_browser: OpenBrowser
) -> None:
    """A5: it opens the page, and even runs the page's script; the client's own click works all the same."""
    browser, scanner = open_browser(), open_browser()
    await browser.ask_for_link(house.email("carla"))
    token, _ = await house.link()
    for _ in range(3):
        await scanner.get(f"/portal/{house.slug}/sign-in")
        await scanner.head(f"/portal/{house.slug}/sign-in")
        assert refusal(await scanner.redeem(token=token)) == "code_needed"
    assert refusal(await scanner.get("/api/session")) == "not_signed_in"
    assert (await browser.redeem(token=token)).status_code == 200


async def test_a_link_signs_in_once_however_many_try_at_the_same_time(
    house: House, open_browser: OpenBrowser
) -> None:
    browser = open_browser()
    await browser.ask_for_link(house.email("carla"))
    token, _ = await house.link()
    body = json.dumps({"firm": house.slug, "token": token}).encode()
    together = asyncio.Barrier(20)

    async def all_but_its_end_first() -> AsyncIterator[bytes]:
        yield body[:-1]
        await together.wait()
        yield body[-1:]

    async def press() -> httpx.Response:
        headers = {"content-type": "application/json"}
        return await browser.post("/api/sign-in/redeem", content=all_but_its_end_first(), headers=headers)

    async with asyncio.TaskGroup() as tries:
        tasks = [tries.create_task(press()) for _ in range(20)]
    assert sorted(task.result().status_code for task in tasks) == [200] + 19 * [401]
    sessions = await house.database.fetch(
        "SELECT id FROM session WHERE side = 'client' AND firm_id = $1", [house.firm]
    )
    assert len(sessions) == 1


async def test_a_code_may_be_tried_five_times(house: House, open_browser: OpenBrowser) -> None:
    browser = open_browser()
    await browser.ask_for_link(house.email("carla"))
    token, code = await house.link()
    wrong = "1" * 8 if code != "1" * 8 else "2" * 8
    for _ in range(5):
        assert refusal(await browser.redeem(code=wrong)) == "bad_credentials"
    assert refusal(await browser.redeem(code=code)) == "bad_credentials"
    assert (await browser.redeem(token=token)).status_code == 200, (
        "its link still works where it was asked for"
    )


async def test_links_and_codes_expire(house: House, open_browser: OpenBrowser) -> None:
    browser = open_browser()
    await browser.ask_for_link(house.email("carla"))
    token, code = await house.link()
    await house.age("sign_in_link", ("created_at",), 601_000)
    assert refusal(await browser.redeem(code=code)) == "bad_credentials"
    await house.age("sign_in_link", ("created_at", "expires_at"), 3_600_000)
    assert refusal(await browser.redeem(token=token)) == "bad_credentials"


async def test_a_new_sign_in_address_ends_the_clients_sessions_and_links(
    house: House, ana: Browser, carla: Browser, open_browser: OpenBrowser
) -> None:
    """A3."""
    browser = open_browser()
    await browser.ask_for_link(house.email("carla"))
    token, _ = await house.link()
    await ana.command("contact.update", contact=house.ids["carla"], sign_in_email=house.email("second"))
    assert refusal(await carla.get("/api/inbox.get")) == "not_signed_in"
    assert refusal(await browser.redeem(token=token)) == "bad_credentials"


async def test_more_links_than_a_few_are_answered_but_not_sent(
    house: House, open_browser: OpenBrowser
) -> None:
    browser = open_browser()
    for _ in range(5):
        assert (await browser.ask_for_link(house.email("carla"))).status_code == 202
    assert [mail.state for mail in await house.mails()].count("queued") == 3


async def test_a_remembered_phone_keeps_its_session_for_30_days(
    house: House, open_browser: OpenBrowser
) -> None:
    phone = open_browser()
    await phone.ask_for_link(house.email("carla"))
    token, _ = await house.link()
    answer = await phone.redeem(token=token, remember=True)
    assert set_cookies(answer)[f"causeway-client-{house.slug}"]["max-age"] == "2592000"
    await house.age("session", ("used_at", "created_at"), 29 * 86_400_000)
    assert (await phone.get("/api/session")).status_code == 200


async def test_sessions_end_when_nobody_acts(house: House, ana: Browser, carla: Browser) -> None:
    for browser, side, idle_minutes in ((ana, "firm", 60), (carla, "client", 30)):
        of_side = f"side = '{side}'"
        await house.age("session", ("used_at",), (idle_minutes - 1) * 60_000, of_side)
        assert (await browser.get("/api/session")).status_code == 200, "asking who is signed in is no act"
        await house.age("session", ("used_at",), 61_000, of_side)
        assert refusal(await browser.get("/api/session")) == "not_signed_in"


async def test_each_sign_in_is_a_new_session_in_place_of_the_old(house: House, ana: Browser) -> None:
    old = ana.cookies["causeway-firm"]
    await ana.sign_in(house.email("ana"))
    assert ana.cookies["causeway-firm"] != old
    async with house.browser(cookies={"causeway-firm": old}) as thief:
        assert refusal(await thief.get("/api/session")) == "not_signed_in"


async def test_signing_out_ends_the_session_and_clears_its_cookie(house: House, ana: Browser) -> None:
    held = ana.cookies["causeway-firm"]
    answer = await ana.post("/api/sign-out", json={})
    assert set_cookies(answer)["causeway-firm"]["max-age"] == "0"
    async with house.browser(cookies={"causeway-firm": held}) as thief:
        assert refusal(await thief.get("/api/session")) == "not_signed_in"
    ended = await house.database.fetch(
        "SELECT entity_id FROM log_entry WHERE kind = 'session.ended' AND firm_id = $1", [house.firm]
    )
    async with house.database.snapshot():
        assert {row["entity_id"] for row in ended} == {
            str(session.id) for session in await Session.filter(firm_id=house.firm).exclude(ended_at=None)
        }


async def test_one_browser_is_firm_user_and_client_at_once(house: House, ana: Browser) -> None:
    ana.speak_for_client(house.slug)
    await house.sign_client_in(ana)
    assert (await ana.get("/api/session")).json()["me"]["name"] == "Carla Ortiz"
    del ana.headers["x-causeway-firm"]
    assert (await ana.get("/api/session")).json()["me"]["name"] == "Ana Marlow"


async def test_a_session_of_one_side_is_nothing_in_the_cookie_of_the_other(
    house: House, carla: Browser
) -> None:
    held = carla.cookies[f"causeway-client-{house.slug}"]
    async with house.browser(cookies={"causeway-firm": held}) as other:
        assert refusal(await other.get("/api/session")) == "not_signed_in"


async def test_somebody_disabled_is_signed_in_no_longer(house: House, ana: Browser, visitor: Browser) -> None:
    ben = await house.add_ben()
    await visitor.sign_in(house.email("ben"))
    await ana.command("user.update", user=ben, active=False)
    assert refusal(await visitor.get("/api/user.list")) == "not_signed_in"
    assert refusal(await visitor.sign_in(house.email("ben"))) == "bad_credentials"


async def test_whoever_is_not_signed_in_still_learns_the_firms_name(house: House, visitor: Browser) -> None:
    answer = await visitor.get("/api/session", headers={"x-causeway-firm": house.slug})
    assert answer.status_code == 401
    assert answer.json()["firm"] == {"name": "Marlow & Reyes", "slug": house.slug}
    assert refusal(await visitor.get("/api/session", headers={"x-causeway-firm": "../x"})) == "invalid"


async def test_tokens_and_codes_are_nowhere_in_the_clear(
    house: House, node: Node, open_browser: OpenBrowser
) -> None:
    browser = open_browser()
    await browser.ask_for_link(house.email("carla"))
    token, code = await house.link()
    await browser.redeem(token=token)
    secrets = {token, code, *browser.cookies.values()}
    async with house.database.snapshot(house.firm):
        rows = [*await Session.all().values(), *await SignInLink.all().values()]
    kept = {str(value) for row in rows for value in row.values()}
    assert not secrets & kept


def headers_of(answer: httpx.Response) -> dict[str, str]:
    """An answer's headers, but for what is random on purpose."""
    return {name: value for name, value in answer.headers.items() if name not in {"set-cookie", "date"}}
