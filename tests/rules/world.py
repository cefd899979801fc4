"""A firm with people and cases behind real servers: each person acts through the doors that screens use."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest

from protocol.client import Backoff, Client, Credential, Memory
from protocol.client.state import State
from protocol.queries import PortalItems
from protocol.types import Role, Side
from server import installation, sessions
from server.access import Person
from server.app import dispatch_of
from server.clock import wall_clock
from server.dispatch import Request
from server.hub.doorbell import LocalDoorbell
from server.records import lines
from server.transaction import transaction
from storage.database import Database
from storage.keys import new_id
from storage.models import User
from tests.nodes import Node

T = TypeVar("T")


PATIENCE_S = 10.0


class RefusedByServer(Exception):
    """A command or query was refused: the code, and the sentence that came with it."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        self.status = status
        self.code: str = error["code"]
        self.message: str = error["message"]
        super().__init__(f"{self.code}: {self.message}")


@dataclass
class Actor:
    """Somebody signed in at one node, by HTTP and by sockets."""

    id: str
    role: Role
    name: str
    node: Node
    slug: str
    headers: dict[str, str] = field(repr=False)
    credential: Credential = field(repr=False)
    http: httpx.AsyncClient = field(repr=False)

    async def do(self, command: str, /, key: str | None = None, **args: Any) -> dict[str, Any]:
        """One command over HTTP; its result.

        Raises:
            RefusedByServer: its answer.
        """
        headers = self.headers | {"Idempotency-Key": key or secrets.token_urlsafe(16)}
        answer = await self.http.post(f"{self.node.url}/api/{command}", json=args, headers=headers)
        _raise_refusal(answer)
        result: dict[str, Any] = answer.json()["result"]
        return result

    async def ask(self, query: str, **args: Any) -> dict[str, Any]:
        """One query over HTTP.

        Raises:
            RefusedByServer: its answer.
        """
        answer = await self.http.get(f"{self.node.url}/api/{query}", params=args, headers=self.headers)
        _raise_refusal(answer)
        found: dict[str, Any] = answer.json()
        return found

    async def upload(self, portal: str, name: str, content: bytes, key: str | None = None) -> dict[str, Any]:
        """One file into a matter; the document that it became."""
        path = f"/api/portals/{portal}/documents/{key or secrets.token_urlsafe(16)}"
        answer = await self.http.put(
            self.node.url + path, params={"name": name}, content=content, headers=self.headers
        )
        _raise_refusal(answer)
        document: dict[str, Any] = answer.json()
        return document

    async def download(self, document: str) -> bytes:
        """A document's content.

        Raises:
            RefusedByServer: the answer.
        """
        answer = await self.http.get(
            f"{self.node.url}/api/documents/{document}/content", headers=self.headers
        )
        _raise_refusal(answer)
        return answer.content

    @contextlib.asynccontextmanager
    async def screen(self, memory: Memory | None = None) -> AsyncIterator[Screen]:
        """An open screen of this person, live; with the memory of an earlier one it goes on from there."""

        async def fetch(path: str) -> Any:
            answer = await self.http.get(self.node.url + path, headers=self.headers)
            answer.raise_for_status()
            return answer.json()

        async with Client(
            self.socket_url,
            credential=self.credential,
            fetch_snapshot=fetch,
            memory=memory,
            backoff=Backoff(first_ms=5, most_ms=50),
        ) as client:
            await within(client.live(), "the screen to be live")
            yield Screen(client)

    @property
    def socket_url(self) -> str:
        """Where this person's sockets are opened."""
        return self.node.websocket_url + (f"?firm={self.slug}" if self.role == "client" else "")


@dataclass
class Screen:
    """What one person sees live."""

    client: Client

    @property
    def state(self) -> State:
        """Everything that the screen holds now."""
        return self.client.state

    async def shows(self, condition: Callable[[State], Any], what: str) -> Any:
        """Wait until the screen shows something; fail in its words if it never does."""
        return await within(self.client.until(condition), what)

    async def refresh(self, who: Actor, portal: str) -> dict[str, Any]:
        """Open a portal on this screen: take in its newest page."""
        page = await who.ask("portal.get", portal=portal)
        self.state.merge(PortalItems, page)
        return page


@dataclass
class World:
    """One firm: Priya (admin) and Tom work there; Ana and Marco are its contacts; a case of Ana's."""

    database: Database
    firm: UUID
    slug: str
    node: Node
    http: httpx.AsyncClient
    people: dict[str, Actor]
    matter: str = ""

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def email(self, key: str) -> str:
        """An address that nobody has in another world."""
        return f"{key}@{self.slug}.example"

    async def add_user(self, key: str, name: str, role: Role = "member") -> Actor:
        """Somebody at the firm, who speaks through a program and has no password: hashing one takes long."""
        user = new_id()
        async with self.database.transaction(self.firm):
            await User.create(
                id=user, firm_id=self.firm, name=name, email=self.email(key), role=role, password_hash=""
            )
        self.people[key] = await self._programs_actor(user, role, name)
        return self.people[key]

    async def add_contact(self, key: str, name: str, **card: Any) -> Actor:
        """Somebody whom the firm knows, signed in as a client."""
        card.setdefault("emails", [self.email(key)])
        made = await self.priya.do("contact.create", name=name, **card)
        self.people[key] = await self.sign_in_client(UUID(made["id"]), name)
        return self.people[key]

    async def add_matter(self, name: str, client: str, **more: Any) -> str:
        """Another case; its id, which is also its portal's."""
        made = await self.priya.do("matter.create", name=name, client=self.people[client].id, **more)
        matter: str = made["id"]
        return matter

    async def open_line(self) -> None:
        """Give the firm a texting number; no carrier stands behind it, so texts fail by themselves."""
        async with self.database.transaction(self.firm):
            await lines.open_line(
                self.firm, f"+1833555{secrets.randbelow(10_000):04}", "app", lines.Webhook.random()
            )

    def person(self, who: Actor) -> Person:
        """Somebody as the doors hand them on, in a session of their own."""
        return Person(UUID(who.id), self.firm, who.role, new_id())

    async def text_failed(self, contact: str, text: str) -> None:
        """Wait until the worker has given a text up."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.priya.ask("thread.get", contact=contact)
                if any(one["id"] == text and one["state"] == "failed" for one in page["texts"]):
                    return
                await asyncio.sleep(0.02)

    async def sign_in_client(self, contact: UUID, name: str) -> Actor:
        """A session of a contact, as signing in leaves it in the browser."""
        async with transaction(
            self.database, LocalDoorbell(), firm=self.firm, actor=contact, now=wall_clock()
        ) as change:
            session, token = await sessions.open_session(change, contact, "client", "a test's browser")
        csrf = await sessions.csrf_token(self.database, session.id)
        cookie = f"causeway-client-{self.slug}={token}"
        headers = {
            "Cookie": cookie,
            "Origin": self.node.url,
            "X-Causeway-Firm": self.slug,
            "X-Causeway-CSRF": csrf,
        }
        return self._actor(contact, "client", name, headers, Credential(cookie=cookie, csrf=csrf))

    async def sign_in_client_again(self, who: Actor) -> Actor:
        """The same client in another browser, with a session of its own."""
        return await self.sign_in_client(UUID(who.id), who.name)

    async def settle(self, who: Actor, *screens: Screen) -> None:
        """Wait until a person's screens have applied all that was said so far.

        What is said to one person alone reaches each of the screens after everything that came before it.
        """
        heard = [screen.client.events() for screen in screens]
        spare = await self.spare_session(who)
        await who.do("session.end", session=spare)
        for stream in heard:
            await within(_until_told(stream, spare), "all that was said so far")

    async def spare_session(self, who: Actor) -> str:
        """A session of somebody's that nothing stands on; its id."""
        side: Side = "client" if who.role == "client" else "firm"
        async with transaction(
            self.database, LocalDoorbell(), firm=self.firm, actor=UUID(who.id), now=wall_clock()
        ) as change:
            session, _ = await sessions.open_session(change, UUID(who.id), side, "to be ended")
        return str(session.id)

    async def _programs_actor(self, user: UUID, role: Role, name: str) -> Actor:
        async with transaction(
            self.database, LocalDoorbell(), firm=self.firm, actor=user, now=wall_clock()
        ) as change:
            _, token = await sessions.create_token(change, user, "a test")
        headers = {"Authorization": f"Bearer {token}"}
        return self._actor(user, role, name, headers, Credential(token=token))

    def _actor(
        self, id: UUID, role: Role, name: str, headers: dict[str, str], credential: Credential
    ) -> Actor:
        return Actor(str(id), role, name, self.node, self.slug, headers, credential, self.http)


@contextlib.asynccontextmanager
async def open_world(node: Node) -> AsyncIterator[World]:
    """Make the firm in the node's database."""
    settings = node.settings
    async with (
        Database.open(settings.database_url, settings.master_keys) as database,
        httpx.AsyncClient(timeout=30, verify=False, trust_env=False) as http,
    ):
        slug = f"harlow-{secrets.token_hex(4)}"
        firm = await installation.create_firm(
            database, name="Harlow & Reyes LLP", slug=slug, time_zone="America/Los_Angeles", now=wall_clock()
        )
        world = World(database, firm, slug, node, http, {})
        await world.add_user("priya", "Priya Shah", "admin")
        await world.add_user("tom", "Tom Becker")
        await world.add_contact("ana", "Ana Ruiz")
        await world.add_contact("marco", "Marco Ruiz")
        world.matter = await world.add_matter("Ruiz v. Meridian Property Group", "ana")
        yield world


async def within(wait: Awaitable[T], what: str) -> T:
    """Wait for something, and fail in words if it does not come."""
    try:
        return await asyncio.wait_for(wait, PATIENCE_S)
    except TimeoutError:
        raise AssertionError(f"not within {PATIENCE_S:g} s: {what}") from None


async def send(who: Actor, portal: str, text: str = "Good morning", **more: Any) -> dict[str, Any]:
    """Write to a portal."""
    return await who.do("message.send", portal=portal, text=text, **more)


async def refused(who: Actor, command: str, **args: Any) -> RefusedByServer:
    """A command that must be refused; how it was."""
    with pytest.raises(RefusedByServer) as caught:
        await who.do(command, **args)
    return caught.value


async def execute_at(world: World, who: Actor, now: int, command: str, **args: Any) -> Any:
    """One command at a time of the test's choosing, past the doors."""
    dispatch = dispatch_of(world.database, LocalDoorbell())
    answer = await dispatch.execute(world.person(who), Request(command, secrets.token_urlsafe(16), args), now)
    return answer.result


async def _until_told(stream: AsyncIterator[dict[str, Any]], entity: str) -> None:
    async for event in stream:
        if event.get("entity") == entity:
            return


def _raise_refusal(answer: httpx.Response) -> None:
    if answer.is_error:
        raise RefusedByServer(answer.status_code, answer.json()["error"])
