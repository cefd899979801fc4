"""The door for sockets: origins, subprotocols, credentials, and how an end of a session ends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from protocol.codec import parse
from tests.http.house import Browser, House
from tests.http.test_api import token_of

JSON = "causeway.v1.json"
DEADLINE_S = 10.0
HELLO = '{"type": "hello", "app": "test", "device": "device-0001"%s}'


@asynccontextmanager
async def opened(
    house: House,
    browser: Browser,
    *,
    origin: str | None = "",
    subprotocols: tuple[str, ...] | None = (JSON,),
    **more: Any,
) -> AsyncIterator[ClientConnection]:
    """A socket as a page of the server opens it."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"cookie": cookies, **more}
    query = "" if browser.firm is None else f"?firm={browser.firm}"
    async with connect(
        f"{house.node.websocket_url}{query}",
        origin=house.node.url if origin == "" else origin,  # type: ignore[arg-type]
        subprotocols=subprotocols,  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,
        proxy=None,
    ) as socket:
        yield socket


async def greeted(socket: ClientConnection, browser: Browser) -> dict[str, Any]:
    """Say hello as the page does; the first frame that comes back."""
    csrf = browser.headers.get("x-causeway-csrf", "")
    await socket.send(HELLO % f', "csrf": "{csrf}"')
    async with asyncio.timeout(DEADLINE_S):
        frame: dict[str, Any] = parse(str(await socket.recv()).encode(), "json")
    return frame


async def close_code(socket: ClientConnection) -> int | None:
    """Listen until the socket closes."""
    async with asyncio.timeout(DEADLINE_S):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed:
            return socket.close_code


async def test_a_page_of_ours_is_welcome(house: House, ana: Browser, carla: Browser) -> None:
    for browser, log in ((ana, str(house.firm)), (carla, house.ids["carla"])):
        async with opened(house, browser) as socket:
            assert socket.subprotocol == JSON
            welcome = await greeted(socket, browser)
            assert (welcome["type"], welcome["log"]) == ("welcome", log)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_foreign_page_gets_no_connection(house: House, ana: Browser, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(house, ana, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_a_program_without_an_origin_needs_its_token(house: House, visitor: Browser) -> None:
    _, token = await token_of(house)
    async with opened(house, visitor, origin=None, authorization=f"Bearer {token}") as socket:
        assert (await greeted(socket, visitor))["type"] == "welcome"


async def test_an_unknown_subprotocol_is_told_so(house: House, ana: Browser) -> None:
    for offered in (None, ("causeway.v9.json",)):
        async with opened(house, ana, subprotocols=offered) as socket:
            assert await close_code(socket) == 4303


async def test_hello_needs_the_pages_token(house: House, ana: Browser) -> None:
    async with opened(house, ana) as socket:
        await socket.send(HELLO % ', "csrf": "guessed"')
        assert await close_code(socket) == 4101


async def test_nobody_signed_in_is_told_to_sign_in(house: House, visitor: Browser) -> None:
    async with opened(house, visitor) as socket:
        await socket.send(HELLO % "")
        assert await close_code(socket) == 4100


@pytest.mark.parametrize("how", ["sign-out", "end", "address", "disabled"])
async def test_the_end_of_a_session_closes_its_sockets_within_a_second(house: House, how: str) -> None:
    """Sign-out, ending it elsewhere, another sign-in address, and being disabled."""
    async with house.browser() as ben, house.clients_browser() as carla:
        user = await house.add_ben()
        await ben.sign_in(house.email("ben"))
        await house.sign_client_in(carla)
        browser = carla if how == "address" else ben
        async with opened(house, browser) as socket:
            assert (await greeted(socket, browser))["type"] == "welcome"
            await end(house, how, ben, user)
            ended = asyncio.get_running_loop().time()
            assert await close_code(socket) == 4401
            assert asyncio.get_running_loop().time() - ended < 1.0


async def end(house: House, how: str, ben: Browser, user: str) -> None:
    """End the session in one of the ways there are."""
    if how == "sign-out":
        await ben.post("/api/sign-out", json={})
    elif how == "end":
        (session,) = (await ben.get("/api/session.list")).json()["sessions"]
        await ben.command("session.end", session=session["id"])
    elif how == "address":
        await house.ana.command(
            "contact.update", contact=house.ids["carla"], sign_in_email=house.email("second")
        )
    else:
        await house.ana.command("user.update", user=user, active=False)
