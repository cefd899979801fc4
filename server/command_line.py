"""What the command line does, against the same database as the running nodes; their sweep sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from protocol.errors import Refused
from server import installation, sessions
from server.access import Person
from server.app import create_app, dispatch_of
from server.clock import wall_clock
from server.dispatch import Request
from server.hub.doorbell import LocalDoorbell
from server.phone_number import shown_number, stored_number
from server.records.lines import Webhook, open_line
from server.serving import listen, serve_all, server_of
from server.settings import Settings
from server.transaction import transaction
from storage.database import Database
from storage.keys import new_id
from storage.migrate import migrate
from storage.models import Firm, User


async def serve(settings: Settings) -> None:
    """Run one node until it is told to stop; the database is brought up to date first."""
    await _prepare(settings)
    listener = listen(settings.listen_host, settings.listen_port)
    await serve_all((server_of(create_app(settings), settings.trusted_proxies), listener))


async def create_firm(settings: Settings, name: str, slug: str, time_zone: str) -> str:
    """Make a firm, and say where its clients will find it."""
    async with _open(settings) as database:
        await installation.create_firm(database, name=name, slug=slug, time_zone=time_zone, now=wall_clock())
    return f"{name} is ready. Its clients' portal is {settings.public_url}/portal/{slug}"


async def create_admin(settings: Settings, slug: str, name: str, email: str, password: str) -> str:
    """Make an admin of a firm, and say where to sign in."""
    async with _open(settings) as database:
        firm = await _firm(database, slug)
        await installation.create_admin(
            database, LocalDoorbell(), firm, name=name, email=email, password=password, now=wall_clock()
        )
    return f"{name} can sign in at {settings.public_url} with {email}."


async def create_token(settings: Settings, email: str, name: str) -> str:
    """Make a token with which a program acts for a firm user; it is shown this once."""
    async with _open(settings) as database:
        who = await _user(database, email)
        async with transaction(
            database, LocalDoorbell(), firm=who.firm, actor=who.id, now=wall_clock()
        ) as change:
            _, token = await sessions.create_token(change, who.id, name)
    return token


async def create_line(settings: Settings, slug: str, phone: str) -> str:
    """Give a firm its texting number, and say what the carrier has to be told.

    Raises:
        Refused: ``texting_off`` where no carrier is configured.
    """
    if settings.bandwidth is None:
        raise Refused("texting_off", "Set the CAUSEWAY_BANDWIDTH_… settings first.")
    webhook = Webhook.random()
    number = stored_number(phone)
    async with _open(settings) as database:
        firm = await _firm(database, slug)
        async with database.transaction(firm):
            await open_line(firm, number, settings.bandwidth.application_id, webhook)
    return (
        f"{shown_number(number)} is the firm's number. In the carrier's application, set the callback for"
        f" incoming and outgoing messages:\n"
        f"  address   {settings.public_url}/hooks/bandwidth/{webhook.path}\n"
        f"  user      {webhook.user}\n  password  {webhook.password}"
    )


async def rewrap_keys(settings: Settings) -> str:
    """Wrap every data key by the newest master key, so that the older ones may go."""
    async with _open(settings) as database, database.transaction():
        count = await database.vault.rewrap()
    return f"{count} data keys were wrapped anew. Older master keys may leave the settings now."


async def rotate_key(settings: Settings, slug: str) -> str:
    """Give a firm a new data key, for what is written from now on."""
    async with _open(settings) as database:
        firm = await _firm(database, slug)
        async with database.transaction(firm):
            number = await database.vault.rotate(firm)
    return f"Data key {number} encrypts from two minutes from now; what stands is read with the old ones."


async def call(settings: Settings, email: str, name: str, args: Any, key: str | None) -> Any:
    """Do one command of the protocol for a firm user."""
    async with _open(settings) as database:
        who = await _user(database, email)
        dispatch = dispatch_of(database, LocalDoorbell())
        answer = await dispatch.execute(who, Request(name, key or str(new_id()), args), wall_clock())
    return answer.result


async def _prepare(settings: Settings) -> None:
    """Make what a first start finds missing, and bring the database up to date."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    await migrate(settings.database_url)


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Database]:
    await _prepare(settings)
    async with Database.open(settings.database_url, settings.master_keys) as database:
        yield database


async def _firm(database: Database, slug: str) -> UUID:
    async with database.snapshot():
        firm = await Firm.get_or_none(slug=slug)
    if firm is None:
        raise Refused("not_found", f"There is no firm {slug}.")
    return firm.id


async def _user(database: Database, email: str) -> Person:
    async with database.snapshot():
        user = await User.get_or_none(email=email.strip().lower(), active=True)
    if user is None:
        raise Refused("not_found", f"Nobody who works at a firm signs in with {email}.")
    return Person(user.id, user.firm_id, user.role, new_id())  # type: ignore[arg-type]
