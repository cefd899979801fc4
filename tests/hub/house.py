"""A firm with people and a case, acting through the real commands, and nodes that serve its sockets."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from protocol.errors import ProtocolViolation
from protocol.frames import Hello
from protocol.types import Role
from server import sessions
from server.access import Person
from server.app import BODIES, COMMANDS, QUERIES
from server.clock import wall_clock
from server.dispatch import CommandFunction, Dispatch, Request
from server.hub.connection import Connection
from server.hub.doorbell import Doorbell, LocalDoorbell
from server.hub.greeting import Greeting
from server.hub.hub import Hub
from server.hub.pace import Pace, monotonic_clock
from server.hub.socket_protocol import READ_LIMIT_BYTES
from server.installation import create_firm
from server.render import BodyFunction, Renderer
from server.serving import listen, server_of
from server.transaction import transaction
from storage import log
from storage.database import Database
from storage.keys import new_id
from storage.log import Cursor
from storage.models import Session, User

KEYS = {1: bytes(32)}
NEVER = 2**52
QUICK = Pace(sweep_ms=50, tick_ms=20)
SLEEPY = Pace(sweep_ms=3_600_000, tick_ms=20)
"""Without a sweep: what comes, somebody has rung for."""
STOP_TIMEOUT_S = 20
WIRE: ContextVar[Literal["own", "asgi"]] = ContextVar("WIRE", default="own")
"""What nodes hold their sockets by: our own protocol class, or uvicorn's, which is plain ASGI."""


class Hands:
    """A clock whose hands a test can move on; it stands in for both of the hub's."""

    def __init__(self) -> None:
        self._ahead_ms = 0

    def move_on(self, ms: int) -> None:
        """Let so much time have passed."""
        self._ahead_ms += ms

    def wall(self) -> int:
        """What time it is."""
        return wall_clock() + self._ahead_ms

    def elapsed(self) -> int:
        """For durations."""
        return monotonic_clock() + self._ahead_ms


@dataclass
class House:
    """The firm, on one database; its people act here, whichever node their sockets are on."""

    url: str
    database: Database
    bell: Doorbell = field(default_factory=LocalDoorbell)
    firm: UUID = field(default_factory=new_id)
    people: dict[str, Person] = field(default_factory=dict)
    portal: str = ""

    @property
    def dispatch(self) -> Dispatch:
        """The way in for what people do here."""
        return Dispatch(self.database, self.bell, COMMANDS, QUERIES)

    async def do(self, who: str, command: str, **args: Any) -> dict[str, Any]:
        """Run a command that must succeed; its result."""
        request = Request(command, secrets.token_hex(8), args)
        answer = await self.dispatch.execute(self.people[who], request, wall_clock())
        result: dict[str, Any] = answer.result
        return result

    async def say(self, who: str, text: str, portal: str | None = None) -> str:
        """Write to a portal; the id of the message."""
        message: str = (await self.do(who, "message.send", portal=portal or self.portal, text=text))[
            "message"
        ]
        return message

    async def add(self, who: str, portal: str | None = None, history: str = "all") -> None:
        """Let somebody take part."""
        person = str(self.people[who].id)
        await self.do(
            "priya", "participant.add", portal=portal or self.portal, person=person, history=history
        )

    async def remove(self, who: str, portal: str | None = None) -> None:
        """End somebody's part."""
        person = str(self.people[who].id)
        await self.do("priya", "participant.remove", portal=portal or self.portal, person=person)

    async def open_portal(self, client: str = "ana") -> str:
        """A new case whose portal Priya and the client share."""
        matter: str = (
            await self.do("priya", "matter.create", name="Case", client=str(self.people[client].id))
        )["id"]
        await self.say("priya", "Welcome.", portal=matter)
        return matter

    async def many_events(self, times: int) -> None:
        """Many events that every firm user sees, in one transaction."""
        priya = self.people["priya"]
        async with transaction(
            self.database, self.bell, firm=self.firm, actor=priya.id, now=wall_clock()
        ) as change:
            for version in range(times):
                change.tell("user.changed", scope=self.firm, entity=priya.id, version=version + 2)

    async def end_of_log(self, who: str) -> Cursor:
        """Where the log that somebody follows ends now."""
        own = str(self.people[who].log)
        return (await log.heads(self.database, [own]))[own].cursor

    async def employ(self, name: str, role: Role) -> None:
        """Somebody new at the firm; without a password, since hashing one takes longer than a test."""
        async with self.database.transaction():
            user = await User.create(
                firm_id=self.firm, name=name, email=f"{name}@firm.example", role=role, password_hash="none"
            )
        self.people[name] = Person(user.id, self.firm, role, new_id())
        self.people[name] = await self.sign_in(name)

    async def sign_in(self, who: str) -> Person:
        """A further session of somebody."""
        person = self.people[who]
        async with transaction(
            self.database, self.bell, firm=self.firm, actor=person.id, now=wall_clock()
        ) as change:
            session, _ = await sessions.open_session(change, person.id, person.side, "a test")
        return Person(person.id, person.firm, person.role, session.id)

    async def sign_out(self, person: Person) -> None:
        """End a session."""
        async with transaction(
            self.database, self.bell, firm=self.firm, actor=person.id, now=wall_clock()
        ) as change:
            await sessions.end_session(change, await Session.get(id=person.session))


@asynccontextmanager
async def open_house(url: str, bell: Doorbell | None = None) -> AsyncIterator[House]:
    """Make the firm and its people on a fresh database."""
    async with Database.open(url, KEYS) as database:
        house = House(url, database, bell or LocalDoorbell())
        house.firm = await create_firm(
            database, name="Marlow", slug="marlow", time_zone="America/Los_Angeles", now=wall_clock()
        )
        await house.employ("priya", "admin")
        await house.employ("tom", "member")
        for name in ("ana", "marco"):
            made = await house.do("priya", "contact.create", name=name, emails=[f"{name}@home.example"])
            house.people[name] = Person(UUID(made["id"]), house.firm, "client", new_id())
            house.people[name] = await house.sign_in(name)
        house.portal = await house.open_portal()
        yield house


@dataclass
class HubNode:
    """One node: a real server whose sockets a hub serves, on a database connection of its own."""

    hub: Hub
    port: int
    hands: Hands
    bell: Doorbell
    server: uvicorn.Server
    expires: dict[UUID, int] = field(default_factory=dict)
    fault: Exception | None = None
    """What goes wrong in the HTTP layer when somebody says hello."""
    people: dict[str, Person] = field(default_factory=dict)
    """Who a token of ``hello`` stands for; it is the id of the session."""

    async def greet(self, hello: Hello) -> Greeting:
        """What the HTTP layer would find out."""
        if self.fault is not None:
            raise self.fault
        person = self.people.get(hello.token or "")
        if person is None:
            raise ProtocolViolation("bad_ticket")
        return Greeting(person, self.expires.get(person.session, NEVER))

    def connection_of(self, person: Person) -> Connection:
        """The far end of somebody's socket."""
        return next(
            connection
            for connection in self.hub._connections
            if connection._session is not None and connection._session.follower.person == person
        )

    def token(self, person: Person) -> str:
        """Let this person in; what to say in ``hello``."""
        self.people[str(person.session)] = person
        return str(person.session)


@asynccontextmanager
async def running_hub(
    url: str,
    bell: Doorbell | None = None,
    commands: Mapping[str, CommandFunction] | None = None,
    bodies: Mapping[str, BodyFunction] | None = None,
    pace: Pace = QUICK,
) -> AsyncIterator[HubNode]:
    """Run one node on a port of its own, until the test ends or it is shut down."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(url, KEYS))
        hands, bell = Hands(), bell or LocalDoorbell()
        dispatch = Dispatch(database, bell, {**COMMANDS, **(commands or {})}, QUERIES)
        renderer = Renderer(database, {**BODIES, **(bodies or {})})
        hub = Hub(database, dispatch, renderer, bell, hands.wall, elapsed=hands.elapsed, pace=pace)
        listener = stack.enter_context(listen("127.0.0.1", 0))

        async def socket_of(websocket: WebSocket) -> None:
            await hub.serve(websocket, websocket.scope["subprotocols"][0], node.greet)

        server = server_of(Starlette(routes=[WebSocketRoute("/ws", socket_of)]))
        if WIRE.get() == "asgi":
            server.config.ws = "websockets-sansio"
            server.config.ws_max_size = READ_LIMIT_BYTES
        node = HubNode(hub, listener.getsockname()[1], hands, bell, server)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(hub.run())
            serving = tasks.create_task(server.serve([listener]))
            await comes_true(lambda: server.started and hub.running, STOP_TIMEOUT_S)
            try:
                yield node
            finally:
                server.should_exit = True
                await asyncio.wait([serving], timeout=STOP_TIMEOUT_S)
                running.cancel()


async def comes_true(condition: Callable[[], bool], timeout_s: float = 8.0) -> None:
    """Wait for what another task will make true."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.005)
