"""Files on their way out (rules D3, R1, V1)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.http.house import Browser, House, refusal

CONTENT = bytes(range(256)) * 1024
MEBIBYTE = 1024 * 1024
DEADLINE_S = 15.0


async def shared(house: House, content: Any = CONTENT, name: str = "Lease.pdf") -> tuple[str, str]:
    """A document that the portal shows, by its id and its share's."""
    document = (await house.ana.upload(house.portal, content, name)).json()["id"]
    share = await house.ana.command("share.add", portal=house.portal, document=document)
    return document, share["id"]


def address(document: str) -> str:
    """Where a document's content is."""
    return f"/api/documents/{document}/content"


async def opened_by(house: House) -> list[str]:
    """Who is known to have opened a document."""
    facts = await house.database.fetch(
        "SELECT actor_id FROM fact WHERE kind = 'document.opened' AND firm_id = $1", [house.firm]
    )
    return [fact["actor_id"] for fact in facts]


async def test_content_comes_as_an_attachment_that_no_browser_runs(house: House, carla: Browser) -> None:
    document, _ = await shared(house, b"<script>alert(1)</script>", 'über "1".html')
    answer = await carla.get(address(document))
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_ber _1_.html\"; filename*=UTF-8''%C3%BCber%20%221%22.html"
    )
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_plain_link_says_in_its_query_which_firms_client_follows_it(
    house: House, carla: Browser
) -> None:
    document, _ = await shared(house)
    del carla.headers["x-causeway-firm"]
    assert refusal(await carla.get(address(document))) == "not_signed_in"
    assert (await carla.get(address(document), params={"firm": house.slug})).content == CONTENT


async def test_one_range_is_given(house: House, ana: Browser) -> None:
    document, _ = await shared(house)
    for asked, start, stop in (
        ("bytes=0-9", 0, 10),
        ("bytes=262140-", 262_140, 262_144),
        ("bytes=-4", 262_140, 262_144),
        ("bytes=65530-65545", 65_530, 65_546),
        ("bytes=262140-999999999", 262_140, 262_144),
    ):
        answer = await ana.get(address(document), headers={"range": asked})
        assert (answer.status_code, answer.content) == (206, CONTENT[start:stop]), asked
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(CONTENT)}"


async def test_other_ranges_give_all_or_nothing(house: House, ana: Browser) -> None:
    document, _ = await shared(house)
    for asked in ("bytes=0-1,4-5", "bytes=5-2", "lines=1-2", "bytes=-", "bytes=x-y"):
        answer = await ana.get(address(document), headers={"range": asked})
        assert (answer.status_code, len(answer.content)) == (200, len(CONTENT)), asked
    beyond = await ana.get(address(document), headers={"range": "bytes=262144-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")
    changed = {"range": "bytes=0-1", "if-range": '"another"'}
    assert (await ana.get(address(document), headers=changed)).status_code == 200


async def test_what_is_not_for_you_looks_like_what_is_not_there(house: House, carla: Browser) -> None:
    document = (await house.ana.upload(house.portal, CONTENT)).json()["id"]
    refused = await carla.get(address(document))
    absent = await carla.get(address("00000000-0000-4000-8000-000000000000"))
    nonsense = await carla.get(address("nothing"))
    assert refusal(refused) == "not_found"
    assert refused.content == absent.content == nonsense.content


async def test_a_stopped_share_is_refused_from_the_next_request_on(house: House, carla: Browser) -> None:
    """D3."""
    document, share = await shared(house)
    assert (await carla.get(address(document))).status_code == 200
    await house.ana.command("share.stop", share=share)
    assert refusal(await carla.get(address(document))) == "not_found"


async def test_the_first_opening_is_kept_once_and_only_if_a_person_opened_it(
    house: House, carla: Browser
) -> None:
    """R1: neither a look at the headers nor a foreign page's doing is an opening."""
    document, _ = await shared(house)
    await carla.head(address(document))
    for site in ("cross-site", "same-site"):
        assert (await carla.get(address(document), headers={"sec-fetch-site": site})).status_code == 200
    assert await opened_by(house) == []
    for _ in range(2):
        await carla.get(address(document))
    assert await opened_by(house) == [house.ids["carla"]]


@pytest.mark.parametrize("how", ["share", "person", "session", "document"])
async def test_a_download_in_flight_stops_when_access_ends(house: House, carla: Browser, how: str) -> None:
    """V1: within a second, however it ended, though the reader is slow."""
    document, share = await shared(house, bytes(24 * MEBIBYTE))
    async with slow_reader(house, carla, address(document)) as reader:
        received = len(await reader.readexactly(MEBIBYTE))
        if how == "share":
            await house.ana.command("share.stop", share=share)
        elif how == "person":
            await house.ana.command("participant.remove", portal=house.portal, person=house.ids["carla"])
        elif how == "session":
            assert (await carla.post("/api/sign-out", json={})).status_code == 200
        else:
            await house.ana.command("document.delete", document=document)
        received += await drained(reader)
    assert received < 12 * MEBIBYTE, "at most what this reader takes in a second and a half was still sent"


async def test_a_download_that_may_go_on_goes_on(house: House, carla: Browser) -> None:
    document, _ = await shared(house, bytes(24 * MEBIBYTE))
    async with slow_reader(house, carla, address(document)) as reader:
        assert len(await reader.readexactly(24 * MEBIBYTE)) == 24 * MEBIBYTE


@contextlib.asynccontextmanager
async def slow_reader(house: House, browser: Browser, path: str) -> AsyncIterator[asyncio.StreamReader]:
    """A download by a reader that takes little at a time; the headers are read already."""
    place = urlsplit(house.node.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, (place.hostname, place.port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=64 * 1024)
    request = browser.build_request("GET", path)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    lines = [f"{name}: {value}" for name, value in request.headers.items() if name != "cookie"]
    writer.write("\r\n".join([f"GET {path} HTTP/1.1", *lines, f"cookie: {cookies}", "", ""]).encode())
    try:
        async with asyncio.timeout(DEADLINE_S):
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            yield reader
    finally:
        writer.transport.abort()


async def drained(reader: asyncio.StreamReader) -> int:
    """What still comes when 8 MiB a second are read, until the far side closes."""
    received = 0
    while piece := await reader.read(64 * 1024):
        received += len(piece)
        await asyncio.sleep(1 / 128)  # a slow line, not a wait for something
    return received
