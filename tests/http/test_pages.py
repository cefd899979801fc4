"""The web client's pages and files."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from server.http.edge import Edge, on_http_exception
from server.http.static import page_routes
from tests.http.house import refusal


def built(directory: Path) -> Path:
    """A web client as it stands after its build, beside something that is nobody's business."""
    static = directory / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html>the firm's page")
    (static / "portal.html").write_text("<!doctype html>the clients' page")
    (static / "assets" / "main-abc123.js").write_text("start()" * 100)
    (static / "icon.svg").write_text("<svg/>")
    (static / "notes.md").write_text("not for anybody")
    (directory / "master.keys").write_text("secret")
    return static


def site(static: Path) -> httpx.AsyncClient:
    """The pages alone, asked without a network between."""
    app = Starlette(
        routes=page_routes(static),
        middleware=[Middleware(Edge, secure=True)],
        exception_handlers={HTTPException: on_http_exception},
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://firm.example")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on a site that is built."""
    async with site(built(tmp_path)) as browser:
        yield browser


async def test_each_side_has_its_page_on_all_its_paths(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/portals/1", "/sign-in", "/contacts/1/edit"):
        assert "the firm's page" in (await browser.get(path)).text, path
    for path in ("/portal/marlow", "/portal/marlow/", "/portal/marlow/sign-in"):
        assert "the clients' page" in (await browser.get(path)).text, path


async def test_files_named_after_their_content_are_kept_for_ever_and_pages_are_asked_for_again(
    browser: httpx.AsyncClient,
) -> None:
    script = await browser.get("/assets/main-abc123.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    page = await browser.get("/")
    assert page.headers["cache-control"] == "no-cache"
    unchanged = await browser.get("/", headers={"if-none-match": page.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_files_are_packed_for_whoever_unpacks_them(browser: httpx.AsyncClient) -> None:
    async with browser.stream("GET", "/assets/main-abc123.js", headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join([piece async for piece in packed.aiter_raw()])
    assert gzip.decompress(raw) == b"start()" * 100
    plain = await browser.get("/assets/main-abc123.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def test_no_path_leads_out_of_the_pages(browser: httpx.AsyncClient) -> None:
    for path in (
        "/../master.keys",
        "/assets/../../master.keys",
        "/%2e%2e/master.keys",
        "/..%2fmaster.keys",
        "/assets/..%5c..%5cmaster.keys",
        "//etc/passwd.txt",
        "/notes.md",
        "/assets",
        "/api/nothing/here",
        "/hooks/nothing",
    ):
        answer = await browser.get(httpx.URL("https://firm.example", raw_path=path.encode()))
        assert refusal(answer) == "not_found", path


async def test_a_site_that_is_not_built_says_what_to_do(tmp_path: Path) -> None:
    async with site(tmp_path / "absent") as browser:
        answer = await browser.get("/")
        assert answer.status_code == 503
        assert "make demo" in answer.text


async def test_over_https_browsers_are_told_to_stay_there(browser: httpx.AsyncClient) -> None:
    assert "max-age=63072000" in (await browser.get("/")).headers["strict-transport-security"]
