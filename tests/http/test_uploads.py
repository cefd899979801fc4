"""Files on their way in (rules P4, D1; I9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from protocol.types import MAX_UPLOAD_BYTES
from tests.http.house import Browser, House, key, refusal
from tests.servers import wait_until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MEBIBYTE = 1024 * 1024
WAIT_S = 10.0


async def zeros(count: int) -> AsyncIterator[bytes]:
    """So many bytes, a piece at a time, without their number being told beforehand."""
    for start in range(0, count, MEBIBYTE):
        yield bytes(min(MEBIBYTE, count - start))


def files(house: House) -> list[Path]:
    """Every stored file, whole or in part."""
    return [path for path in (house.node.settings.data_dir / "blobs").rglob("*") if path.is_file()]


async def rows(house: House, table: str) -> int:
    """How many rows of the firm a table holds."""
    found = await house.database.fetch(f"SELECT count(*) AS n FROM {table} WHERE firm_id = $1", [house.firm])
    count: int = found[0]["n"]
    return count


async def test_a_file_becomes_a_document_of_its_matter_with_its_true_type(house: House, ana: Browser) -> None:
    """D5: the type is what the content shows, not what the name or the browser claims."""
    answer = await ana.upload(
        house.portal, PNG, "Résumé.pdf", headers={"content-type": "application/x-msdownload"}
    )
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert (document["name"], document["media_type"]) == ("Résumé.pdf", "image/png")
    assert (document["size_bytes"], document["matter"]) == (len(PNG), house.portal)
    card = (await ana.get("/api/matter.get", params={"matter": house.portal})).json()
    assert document in card["documents"]


async def test_an_upload_repeated_with_its_key_is_the_same_document(house: House, ana: Browser) -> None:
    """I9: and the same key for something else is refused."""
    again = key()
    first = await ana.upload(house.portal, PNG, "a.png", key=again)
    second = await ana.upload(house.portal, PNG, "a.png", key=again)
    assert first.json() == second.json()
    assert refusal(await ana.upload(house.portal, PNG + b"!", "a.png", key=again)) == "key_reused"
    assert refusal(await ana.upload(house.ids["unopened"], PNG, "a.png", key=again)) == "key_reused"
    assert await rows(house, "document") == 1


async def test_an_upload_sent_twice_at_once_is_one_document_and_one_file(house: House, ana: Browser) -> None:
    again, before = key(), len(files(house))
    async with asyncio.TaskGroup() as both:
        tasks = [
            both.create_task(ana.upload(house.portal, zeros(3 * MEBIBYTE), "a.bin", key=again))
            for _ in range(2)
        ]
    answers = [task.result() for task in tasks]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert (await rows(house, "document"), await rows(house, "blob")) == (1, 1)
    assert len(files(house)) == before + 1


async def test_clients_upload_only_where_they_take_part(house: House, carla: Browser) -> None:
    assert (await carla.upload(house.portal, PNG)).status_code == 200
    absent = await carla.upload(house.ids["unopened"], PNG)
    nonsense = await carla.upload("nothing", PNG)
    assert refusal(absent) == "not_found"
    assert absent.content == nonsense.content


async def test_the_firm_uploads_to_any_of_its_matters(house: House, ana: Browser) -> None:
    """D1: a matter has documents whether or not it has a portal."""
    assert (await ana.upload(house.ids["unopened"], PNG)).status_code == 200


async def test_whoever_was_removed_uploads_no_more(house: House, ana: Browser, carla: Browser) -> None:
    """A4."""
    await ana.command("participant.remove", portal=house.portal, person=house.ids["carla"])
    assert refusal(await carla.upload(house.portal, PNG)) == "not_found"


async def test_whoever_is_removed_while_a_file_streams_leaves_nothing(
    house: House, ana: Browser, carla: Browser
) -> None:
    """A4: removal wins against an upload that had begun before it."""
    before, half_sent, removed = files(house), asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield bytes(MEBIBYTE)
        half_sent.set()
        await removed.wait()
        yield bytes(MEBIBYTE)

    async with asyncio.TaskGroup() as both:
        sending = both.create_task(carla.upload(house.portal, slowly()))
        await half_sent.wait()
        await ana.command("participant.remove", portal=house.portal, person=house.ids["carla"])
        removed.set()
    assert refusal(sending.result()) == "not_found"
    assert (await rows(house, "document"), files(house)) == (0, before)


async def test_a_browser_that_goes_away_leaves_nothing(house: House, ana: Browser) -> None:
    """P4."""
    before = files(house)
    place = urlsplit(house.node.url)
    _, writer = await asyncio.open_connection(place.hostname, place.port)
    request = ana.build_request(
        "PUT", f"/api/portals/{house.portal}/documents/{key()}?name=a", content=bytes(0)
    )
    lines = [f"{name}: {value}" for name, value in request.headers.items() if name != "content-length"]
    head = [f"PUT {request.url.raw_path.decode()} HTTP/1.1", *lines, f"content-length: {50 * MEBIBYTE}"]
    writer.write("\r\n".join([*head, "", ""]).encode() + bytes(5 * MEBIBYTE))
    await writer.drain()
    await asyncio.to_thread(wait_until, lambda: len(files(house)) > len(before), WAIT_S, "a partial file")
    writer.transport.abort()
    await asyncio.to_thread(wait_until, lambda: files(house) == before, WAIT_S, "the partial file to go")
    assert (await rows(house, "document"), await rows(house, "blob")) == (0, 0)


@pytest.mark.parametrize("node", ["sqlite"], indirect=True)
async def test_an_upload_has_at_most_100_mebibytes_inclusive(house: House, ana: Browser) -> None:
    """P4: refused while it streams, or at once where it says so itself; nothing is left behind."""
    allowed = await ana.upload(house.portal, zeros(MAX_UPLOAD_BYTES))
    assert allowed.status_code == 200, allowed.text
    assert allowed.json()["size_bytes"] == 104_857_600
    before = files(house)
    assert refusal(await ana.upload(house.portal, zeros(MAX_UPLOAD_BYTES + 1))) == "too_large"
    said_so = httpx.Headers({"content-length": str(MAX_UPLOAD_BYTES + 1)})
    assert (
        refusal(await ana.upload(house.portal, zeros(MAX_UPLOAD_BYTES + 1), headers=said_so)) == "too_large"
    )
    assert (await rows(house, "document"), files(house)) == (1, before)


async def test_names_are_made_fit_to_be_shown(house: House, ana: Browser) -> None:
    for given, kept in (
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\Lease.docx", "Lease.docx"),
        ('a"\r\nSet-Cookie: x=1.txt', 'a"Set-Cookie: x=1.txt'),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("..", "file"),
        ("Cafe\u0301.txt", "Café.txt"),
        ("a" * 300 + ".pdf", "a" * 251 + ".pdf"),
    ):
        document = (await ana.upload(house.portal, b"some text", given)).json()
        assert (document["name"], document["media_type"]) == (kept, "text/plain")
        sent = await ana.get(f"/api/documents/{document['id']}/content")
        assert sent.headers["content-disposition"].startswith("attachment; filename=")
        assert "set-cookie" not in sent.headers
