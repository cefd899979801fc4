"""A firm that texts: real commands, workers and webhook on one side, the simulated carrier on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from starlette.applications import Starlette

from protocol.entities import Text as TextShape
from protocol.errors import Refused
from protocol.frames import Event
from protocol.types import Role
from server.access import Person
from server.app import BODIES, COMMANDS, QUERIES
from server.clock import wall_clock
from server.dispatch import Answer, Dispatch, Request
from server.gateways.bandwidth import Bandwidth, BandwidthAccount
from server.gateways.simulator import Mailbox, Pace, SimulatorOptions, create_simulator
from server.http import webhooks
from server.http.answers import problem
from server.installation import create_firm
from server.records import text_life
from server.records.lines import Webhook, open_line
from server.render import Renderer
from server.transaction import Doorbell, transaction
from server.workers.texting import Carrier
from server.workers.workers import Workers
from storage import log
from storage.database import Database
from storage.keys import new_id
from storage.log import Cursor
from storage.models import Text, TextAttempt, User
from tests.gateways.simulated import serving

FIRM_PHONE, APPLICATION = "+18335550142", "app-1"
ANA, BEN, STRANGER = "+14155550139", "+14155550172", "+14155550188"
LOST_ANSWER, CALLBACK_FIRST, TWICE, REVERSED, SILENT, SLOW_ANSWER = (
    f"+141555501{suffix}" for suffix in range(60, 66)
)
WEBHOOK = Webhook("path-that-nobody-guesses", "bandwidth", "from-afar")
HURRY = Pace(sending_ms=5, sent_ms=15, delivered_ms=25, unconfirmed_ms=40, retry_ms=10, retry_most_ms=40)

T = TypeVar("T")

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
PATIENCE_S = 15.0
DELIVERED = ("queued", "sending", "sent", "delivered")


class SilentBell:
    """Nobody listens: what is proved here does not need the ring."""

    def ring(self, heads: Mapping[str, Cursor]) -> None:
        """Do nothing."""


@dataclass
class SteppingClock:
    """The time of the server under test; it can be set forward."""

    ahead_ms: int = 0

    def __call__(self) -> int:
        return wall_clock() + self.ahead_ms

    def advance(self, by_ms: int) -> None:
        """Let time pass."""
        self.ahead_ms += by_ms


@dataclass
class TextingFirm:
    """One firm with its line; every method goes through the doors that people and carriers use."""

    database: Database
    bell: Doorbell
    clock: SteppingClock
    id: UUID
    webhook_url: str = ""
    simulator_url: str = ""
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(trust_env=False))
    _keys: int = 0

    async def employ(self, name: str, role: Role = "member") -> Person:
        """Somebody who works here."""
        user = new_id()
        async with self.database.transaction(self.id):
            await User.create(
                id=user, firm_id=self.id, name=name, email=f"{user}@firm.test", role=role, password_hash=""
            )
        return Person(user, self.id, role, new_id())

    async def meet(self, who: Person, name: str, *phones: str, texting_phone: str | None = None) -> UUID:
        """A contact, texted at its first number unless another (or none) is chosen."""
        chosen = texting_phone or (phones[0] if phones else None)
        made = await self.command(
            who, "contact.create", name=name, emails=[], phones=list(phones), texting_phone=chosen
        )
        return UUID(made.result["id"])

    async def command(self, who: Person, command: str, /, key: str | None = None, **args: Any) -> Answer:
        """Run a command as a page would send it."""
        dispatch = Dispatch(self.database, self.bell, COMMANDS, QUERIES)
        return await dispatch.execute(who, Request(command, key or uuid4().hex, _plain(args)), self.clock())

    async def ask(self, who: Person, query: str, /, **args: Any) -> Any:
        """Ask a query."""
        return await Dispatch(self.database, self.bell, COMMANDS, QUERIES).ask(who, query, _plain(args))

    async def send(self, who: Person, contact: UUID, text: str, **more: Any) -> UUID:
        """Text a contact."""
        answer = await self.command(who, "text.send", contact=contact, text=text, **more)
        return UUID(answer.result["text"])

    async def texts(self, who: Person, contact: UUID) -> list[TextShape]:
        """The newest page of a thread."""
        page = await self.ask(who, "thread.get", contact=contact)
        return list(page.texts)

    async def text(self, who: Person, contact: UUID, text: UUID) -> TextShape:
        """One text, as it is told now."""
        return next(each for each in await self.texts(who, contact) if each.id == str(text))

    async def until(self, who: Person, contact: UUID, text: UUID, *states: str) -> TextShape:
        """Wait for a text to reach one of these states."""

        async def there() -> TextShape | None:
            found = await self.text(who, contact, text)
            return found if found.state in states else None

        return await eventually(there)

    async def until_told(self, who: Person, contact: UUID, text: UUID, *timeline: str) -> TextShape:
        """Wait for a text to have this timeline: reports cross, so its last step may not come last."""

        async def told() -> TextShape | None:
            found = await self.text(who, contact, text)
            return found if [step.state for step in found.timeline] == list(timeline) else None

        return await eventually(told)

    async def phone_sends(self, phone: str, text: str) -> None:
        """Text the firm from a simulated phone."""
        answer = await self.http.post(
            f"{self.simulator_url}/phone/texts",
            json={"phone": phone, "text": text},
            headers={"Origin": self.simulator_url, "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 202, answer.text

    async def ledger(self, phone: str) -> list[str]:
        """The carrier's own ids of the texts that it took for a phone, in the order in which it took them."""
        answer = await self.http.get(
            f"{self.simulator_url}/api/v2/users/5500001/messages", auth=("causeway", "secret")
        )
        listed = [one for one in answer.json()["messages"] if one["messageDirection"] == "OUTBOUND"]
        return [one["messageId"] for one in reversed(listed) if one["destinationTn"] == phone]

    async def carrier_sent(self, phone: str) -> int:
        """How many texts to a phone the carrier took."""
        return len(await self.ledger(phone))

    async def carrier_took(self, phone: str) -> list[str]:
        """The words of the texts that the carrier took for a phone, in its order."""
        words: list[str] = []
        async with self.database.snapshot(self.id):
            for provider_id in await self.ledger(phone):
                attempt = await TextAttempt.get(provider_id=provider_id)
                words.append((await Text.get(id=attempt.text_id)).body)
        return words

    async def report(self, *callbacks: dict[str, Any]) -> int:
        """Report to the webhook by hand, as the carrier; answers the HTTP status."""
        answer = await self.http.post(
            self.webhook_url, json=list(callbacks), auth=(WEBHOOK.user, WEBHOOK.password)
        )
        return answer.status_code

    async def take_up(self, text: UUID) -> UUID:
        """Begin an attempt as a worker does that then is gone; answers its id, the tag of its reports."""
        async with transaction(
            self.database, self.bell, firm=self.id, actor=self.id, now=self.clock()
        ) as change:
            attempt = await text_life.take_up(change, text)
        assert attempt is not None
        return attempt.id

    def later(self, by_ms: int) -> None:
        """Let time pass, and the workers look."""
        self.clock.advance(by_ms)
        self.bell.ring({})

    def webhook_door(self, path: str) -> str:
        """Where a line's carrier reports."""
        return self.webhook_url.replace(WEBHOOK.path, path)

    async def attempts(self, text: UUID) -> list[TextAttempt]:
        """All attempts to hand a text over, in order."""
        async with self.database.snapshot(self.id):
            return await TextAttempt.filter(text_id=text).order_by("number")

    async def events(self, *kinds: str) -> list[Event]:
        """The firm's log so far, as its users are told it."""
        entries = await log.read_since(self.database, str(self.id), 0, 10_000)
        wanted = [entry for entry in entries if not kinds or entry.kind in kinds]
        told = await Renderer(self.database, BODIES).events(self.id, "firm", wanted)
        return [told[entry.event_id] for entry in wanted]


def magic(suffix: str) -> str:
    """One of the simulator's numbers that fail, each in its own way."""
    return f"+141555501{suffix}"


def callback(kind: str, *, id: str, phone: str, **fields: Any) -> dict[str, Any]:
    """One callback of Bandwidth's; ``phone`` is the client's, ``code`` an error, the rest the message's."""
    inbound = kind == "message-received"
    code = fields.pop("code", None)
    message = {
        "id": id,
        "owner": FIRM_PHONE,
        "applicationId": APPLICATION,
        "time": "2026-01-05T12:00:00.000Z",
        "segmentCount": 1,
        "direction": "in" if inbound else "out",
        "to": [FIRM_PHONE if inbound else phone],
        "from": phone if inbound else FIRM_PHONE,
        "text": "",
        **fields,
    }
    found = {
        "time": "2026-01-05T12:00:00.000Z",
        "type": kind,
        "to": FIRM_PHONE if inbound else phone,
        "description": "as it was",
        "message": message,
    }
    return found if code is None else {**found, "errorCode": code}


def _plain(args: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in args.items()}


@asynccontextmanager
async def texting_firm(
    url: str, *, works: bool = True, carrier: Carrier | None = None
) -> AsyncIterator[TextingFirm]:
    """Open a firm on a fresh database. Without ``works`` nothing is handed to the carrier."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(url, {1: bytes(32)}))
        clock = SteppingClock()
        firm = TextingFirm(
            database, SilentBell(), clock, await new_firm(database, "harlow", FIRM_PHONE, WEBHOOK)
        )
        await stack.enter_async_context(firm.http)
        door = await stack.enter_async_context(serving(webhook_app(firm)))
        firm.webhook_url = f"{door}/hooks/bandwidth/{WEBHOOK.path}"
        firm.simulator_url = await stack.enter_async_context(
            serving(create_simulator(_account(firm), Mailbox(None)))
        )
        if works:
            await stack.enter_async_context(working(firm, carrier))
        yield firm


async def new_firm(database: Database, slug: str, phone: str, webhook: Webhook) -> UUID:
    """A firm with a line."""
    firm = await create_firm(database, name=slug.title(), slug=slug, time_zone="America/New_York", now=1)
    async with database.transaction():
        await open_line(firm, phone, APPLICATION, webhook)
    return firm


def webhook_app(firm: TextingFirm) -> Starlette:
    """The carrier's door alone, with the parts that it uses."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        yield {"parts": SimpleNamespace(database=firm.database, bell=firm.bell, clock=firm.clock)}

    async def refuse(_: Any, refused: Any) -> Any:
        return problem(refused)

    return Starlette(routes=webhooks.routes(), lifespan=lifespan, exception_handlers={Refused: refuse})


def _account(firm: TextingFirm) -> SimulatorOptions:
    return SimulatorOptions(
        account_id="5500001",
        username="causeway",
        password="secret",
        application_id=APPLICATION,
        firm_number=FIRM_PHONE,
        webhook_url=firm.webhook_url,
        webhook_username=WEBHOOK.user,
        webhook_password=WEBHOOK.password,
        pace=HURRY,
    )


@asynccontextmanager
async def working(firm: TextingFirm, carrier: Carrier | None = None) -> AsyncIterator[Workers]:
    """Let workers run; on leaving, what they have begun ends first."""
    url = firm.simulator_url
    account = BandwidthAccount("5500001", "causeway", "secret", APPLICATION, url, url)
    async with Bandwidth(account) as bandwidth, asyncio.TaskGroup() as tasks:
        workers = Workers(firm.database, firm.bell, firm.clock, None, carrier or bandwidth)
        firm.bell = workers.bell
        tasks.create_task(workers.run())
        try:
            yield workers
        finally:
            workers.stop()


async def eventually(condition: Callable[[], Awaitable[T | None]], within_s: float = PATIENCE_S) -> T:
    """Wait until a condition holds, and answer what it gave; a deadline that passes is a failure."""
    async with asyncio.timeout(within_s):
        while True:
            found = await condition()
            if found:
                return found
            await asyncio.sleep(0.01)
