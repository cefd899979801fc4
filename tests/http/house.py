"""A law firm to knock at: its people and one portal, made through its own API, and browsers that behave."""

from __future__ import annotations

import ipaddress
import json
import secrets
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from protocol.errors import Refused
from server.clock import wall_clock
from server.hub.doorbell import LocalDoorbell
from server.installation import create_admin, create_firm
from storage.database import Database
from storage.models import Mail
from tests.nodes import Node

PASSWORD = "correct horse battery staple"
TIMEOUT_S = 30.0


def key() -> str:
    """A key such as a client makes for a command."""
    return uuid.uuid4().hex


class Browser(httpx.AsyncClient):
    """A browser on a page of the server: sends its Origin, its cookies and the page's CSRF token."""

    def __init__(self, url: str, address: str, firm: str | None = None, **options: Any) -> None:
        headers = {"origin": url, "sec-fetch-site": "same-origin", "x-forwarded-for": address}
        if firm is not None:
            headers["x-causeway-firm"] = firm
        super().__init__(base_url=url, headers=headers, timeout=TIMEOUT_S, trust_env=False, **options)
        self.firm = firm

    def speak_for_client(self, firm: str) -> None:
        """Open the pages of a firm's clients, in the browser that has the firm's own pages open too."""
        self.firm = self.headers["x-causeway-firm"] = firm

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in as a firm user would."""
        answer = await self.post("/api/sign-in/password", json={"email": email, "password": password})
        self.wear(answer)
        return answer

    async def ask_for_link(self, email: str) -> httpx.Response:
        """Ask for an emailed link, as a client would."""
        return await self.post("/api/sign-in/link", json={"firm": self.firm, "email": email})

    async def redeem(self, **proofs: Any) -> httpx.Response:
        """Press the button of the page that the link leads to."""
        answer = await self.post("/api/sign-in/redeem", json={"firm": self.firm, **proofs})
        self.wear(answer)
        return answer

    async def command(self, what: str, /, **args: Any) -> dict[str, Any]:
        """Run a command that must succeed."""
        answer = await self.post(f"/api/{what}", json=args, headers={"idempotency-key": key()})
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()["result"]
        return result

    async def upload(self, portal: str, content: Any, name: str = "file.bin", **more: Any) -> httpx.Response:
        """Send one file."""
        address = f"/api/portals/{portal}/documents/{more.pop('key', key())}"
        return await self.put(address, params={"name": name}, content=content, **more)

    def wear(self, answer: httpx.Response) -> None:
        """Remember the CSRF token of a page that has just signed in."""
        if answer.status_code == 200:
            self.headers["x-causeway-csrf"] = answer.json()["csrf"]


@dataclass(frozen=True)
class House:
    """A firm of its own for one test, with what is in it by name, and its database to look into."""

    node: Node
    database: Database
    firm: UUID
    slug: str
    address: str
    ana: Browser
    ids: Mapping[str, str]

    @property
    def portal(self) -> str:
        """The portal in which the admin and the client take part."""
        return self.ids["portal"]

    def email(self, who: str) -> str:
        """Somebody's address."""
        return email_of(who, self.slug)

    def browser(self, **options: Any) -> Browser:
        """A browser on the firm's own pages."""
        return Browser(self.node.url, self.address, **options)

    def clients_browser(self) -> Browser:
        """A browser on the pages of the firm's clients."""
        return Browser(self.node.url, self.address, firm=self.slug)

    async def add_ben(self) -> str:
        """Add a member to the firm."""
        user = {"name": "Ben Reyes", "email": self.email("ben"), "password": PASSWORD}
        ben: str = (await self.ana.command("user.create", **user))["id"]
        return ben

    async def mails(self) -> list[Mail]:
        """The firm's letters, the oldest first."""
        async with self.database.snapshot(self.firm):
            return await Mail.filter(firm_id=self.firm).order_by("created_at", "id")

    async def link(self) -> tuple[str, str]:
        """The token and the code of the last letter that lets somebody in."""
        content = json.loads([mail for mail in await self.mails() if mail.state != "decoy"][-1].content)
        page, _, token = content["link"].partition("#")
        assert page == f"{self.node.url}/portal/{self.slug}/sign-in"
        return token, content["code"]

    async def sign_client_in(self, browser: Browser) -> Browser:
        """Sign the client in, by the link that this browser asks for."""
        assert (await browser.ask_for_link(self.email("carla"))).status_code == 202
        token, _ = await self.link()
        answer = await browser.redeem(token=token)
        assert answer.status_code == 200, answer.text
        return browser

    async def age(self, table: str, columns: tuple[str, ...], ms: int, where: str = "1 = 1") -> None:
        """Let time pass for the firm's rows that hold times."""
        moved = ", ".join(f"{column} = {column} - $1" for column in columns)
        async with self.database.transaction():
            await self.database.execute(
                f"UPDATE {table} SET {moved} WHERE firm_id = $2 AND {where}", [ms, self.firm]
            )


@asynccontextmanager
async def built_house(node: Node, database: Database) -> AsyncIterator[House]:
    """Found a firm: an admin, a client with a portal, another contact whose matter has none."""
    now = wall_clock()
    slug = f"marlow-{secrets.token_hex(4)}"
    # Sign-ins are counted by address, so each firm of the tests stands at one of its own.
    address = str(ipaddress.IPv4Address(secrets.randbits(24) + (10 << 24)))
    firm = await create_firm(
        database, name="Marlow & Reyes", slug=slug, time_zone="America/New_York", now=now
    )
    ana_is = {"name": "Ana Marlow", "email": email_of("ana", slug), "password": PASSWORD}
    await create_admin(database, LocalDoorbell(), firm, **ana_is, now=now)
    async with Browser(node.url, address) as ana:
        assert (await ana.sign_in(email_of("ana", slug))).status_code == 200
        yield House(node, database, firm, slug, address, ana, await _furnish(ana, slug))


async def _furnish(ana: Browser, slug: str) -> dict[str, str]:
    addresses = [email_of("carla", slug), email_of("second", slug)]
    carla = await ana.command("contact.create", name="Carla Ortiz", emails=addresses)
    dora = await ana.command("contact.create", name="Dora Lind", emails=[email_of("dora", slug)])
    portal = await ana.command("matter.create", name="Ortiz v. Harbor", client=carla["id"])
    unopened = await ana.command("matter.create", name="Lind estate", client=dora["id"])
    await ana.command("message.send", portal=portal["id"], text="Welcome.")
    made = {"carla": carla, "dora": dora, "portal": portal, "unopened": unopened}
    return {name: record["id"] for name, record in made.items()}


def email_of(who: str, slug: str) -> str:
    """An address that nobody has at another firm of the tests."""
    return f"{who}@{slug}.example"


def refusal(answer: httpx.Response) -> str:
    """The code of a refusal, whose shape is checked besides."""
    error = answer.json()["error"]
    assert set(error) <= {"code", "message", "temporary", "retry_after_ms"}
    assert answer.status_code == Refused(error["code"]).refusal.http_status
    code: str = error["code"]
    return code
