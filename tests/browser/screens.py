"""Browsers for people: a desktop or a phone, signed in, and watched for complaints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect

from server.demo.story import PASSWORD
from tests.browser.demo import EMAILS, Demo

DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
PATIENCE_MS = 20_000

# A browser notes every refused answer as an error; a page that asks who is signed in hears "nobody" at first.
SIGNED_OUT = "status of 401"
NOT_THERE = "status of 404"
CUT_OFF = ("net::ERR_", "WebSocket connection")


@dataclass
class Screens:
    """Opens browsers, each as separate as two computers are, and closes them all."""

    browser: Browser
    demo: Demo
    options: dict[str, Any]
    complaints: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=lambda: [SIGNED_OUT])
    _opened: list[BrowserContext] = field(default_factory=list)
    _cookies: dict[str, list[Any]] = field(default_factory=dict)

    def blank(self, viewport: ViewportSize = DESKTOP) -> Page:
        """A browser that knows nobody."""
        touch = {"has_touch": True, "is_mobile": True} if viewport == PHONE else {}
        context = self.browser.new_context(**{**self.options, "viewport": viewport, **touch})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._note)
        self._opened.append(context)
        return context.new_page()

    def firm(self, who: str = "priya", path: str = "/", viewport: ViewportSize = DESKTOP) -> Page:
        """Somebody at the firm, signed in, with a screen that is live."""
        page = self.blank(viewport)
        signed_in = page.context.request.post(
            f"{self.demo.url}/api/sign-in/password",
            data={"email": EMAILS.get(who, who), "password": PASSWORD},
            headers={"Origin": self.demo.url},
        )
        assert signed_in.ok, signed_in.text()
        page.goto(self.demo.url + path)
        live(page)
        return page

    def client(self, email: str, path: str = "", viewport: ViewportSize = PHONE) -> Page:
        """A client with a session got before; two browsers of one client share it."""
        page = self.blank(viewport)
        if email not in self._cookies:
            self._cookies[email] = self.demo.client_cookies(email)
        page.context.add_cookies(self._cookies[email])
        page.goto(self.demo.portal_url + path)
        live(page)
        return page

    def forgive(self, *parts: str) -> None:
        """Complaints that belong to what the test does on purpose."""
        self.forgiven += parts

    def close(self) -> None:
        """Closes every browser.

        Raises:
            AssertionError: a page complained of something, a broken content policy included.
        """
        for context in self._opened:
            context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def _note(self, message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url')})"
        if message.type in ("error", "warning") and not any(part in text for part in self.forgiven):
            self.complaints.append(text)


def live(page: Page) -> None:
    """Waits until a screen has everything and follows what comes."""
    expect(page.locator("[data-ready=true]")).to_be_attached()
