"""The browser that the flows are driven in: this machine's Chromium, kept from talking to the world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from tests.browser.demo import Demo, running_demo
from tests.browser.screens import PATIENCE_MS, Screens
from tools.browser import system_chromium

QUIET = (
    "--no-sandbox",  # inside containers and for root, Chromium has no sandbox to use
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # A closed network refuses these connections many at a time, and each one slows the first page.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Starts the machine's own Chromium where it has one, else the one that Playwright brought."""
    own = {"executable_path": path} if (path := system_chromium()) else {}
    return {**browser_type_launch_args, **own, "args": list(QUIET)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """One place and one time zone for every run; motion would only make the tests wait."""
    return {
        **browser_context_args,
        "locale": "en-US",
        "timezone_id": "America/Los_Angeles",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def page_errors(page: Page) -> Iterator[list[str]]:
    """What the page complained of; the test fails at its end if there was anything."""
    errors: list[str] = []

    def note_error(error: Error) -> None:
        errors.append(str(error))

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("pageerror", note_error)
    page.on("console", note_console)
    yield errors
    assert errors == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of this module's own, as a newcomer's first start makes it."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def screens(browser: Browser, browser_context_args: dict[str, Any], demo: Demo) -> Iterator[Screens]:
    """Browsers for everybody in the test; it fails at its end if a page complained."""
    expect.set_options(timeout=PATIENCE_MS)
    opened = Screens(browser, demo, browser_context_args)
    yield opened
    opened.close()
