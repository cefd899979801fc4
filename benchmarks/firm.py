"""A firm to measure: colleagues and one client in one portal, each signed in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from protocol.types import Side
from server import installation, sessions
from server.access import Person
from server.app import dispatch_of
from server.clock import wall_clock
from server.dispatch import Dispatch, Request
from server.hub.doorbell import LocalDoorbell
from server.settings import Settings
from server.transaction import transaction
from storage.database import Database
from storage.keys import new_id
from storage.migrate import migrate
from storage.models import User


@dataclass(frozen=True)
class Member:
    """Somebody in the portal, with a session as signing in leaves it in the browser."""

    side: Side
    slug: str
    token: str
    csrf: str

    @property
    def headers(self) -> dict[str, str]:
        """What the browser would send."""
        if self.side == "firm":
            return {"Cookie": f"causeway-firm={self.token}"}
        return {"Cookie": f"causeway-client-{self.slug}={self.token}", "X-Causeway-Firm": self.slug}


@dataclass(frozen=True)
class Firm:
    """Colleagues, a client, and the portal that they share."""

    portal: str
    colleagues: tuple[Member, ...]
    client: Member


async def make_firm(settings: Settings, colleagues: int) -> Firm:
    """Make a firm in a new database."""
    await migrate(settings.database_url)
    async with Database.open(settings.database_url, settings.master_keys) as database:
        slug = f"harlow-{secrets.token_hex(4)}"
        firm = await installation.create_firm(
            database, name="Harlow & Reyes LLP", slug=slug, time_zone="America/Los_Angeles", now=wall_clock()
        )
        return await _Maker(database, firm, slug).make(colleagues)


class _Maker:
    def __init__(self, database: Database, firm: UUID, slug: str) -> None:
        self._database = database
        self._firm = firm
        self._slug = slug
        self._dispatch: Dispatch = dispatch_of(database, LocalDoorbell())

    async def make(self, colleagues: int) -> Firm:
        users = [await self._user(place) for place in range(colleagues)]
        first, *others = users
        client = (await self._do(first, "contact.create", name="Ana Ruiz", emails=["ana@client.example"]))[
            "id"
        ]
        portal = (await self._do(first, "matter.create", name="Ruiz v. Meridian", client=client))["id"]
        await self._do(first, "message.send", portal=portal, text="Good morning")
        for user in others:
            await self._do(first, "participant.add", portal=portal, person=str(user))
        return Firm(
            portal,
            tuple([await self._signed_in(user, "firm") for user in users]),
            await self._signed_in(UUID(client), "client"),
        )

    async def _user(self, place: int) -> UUID:
        user = new_id()
        async with self._database.transaction(self._firm):
            await User.create(
                id=user,
                firm_id=self._firm,
                name=f"Colleague {place}",
                email=f"colleague-{place}@{self._slug}.example",
                role="member",
                password_hash="",
            )
        return user

    async def _made(self, user: UUID, noun: str, **args: Any) -> str:
        made: str = (await self._do(user, f"{noun}.create", **args))["id"]
        return made

    async def _do(self, user: UUID, command: str, **args: Any) -> Any:
        who = Person(user, self._firm, "member", new_id())
        request = Request(command, secrets.token_urlsafe(16), args)
        return (await self._dispatch.execute(who, request, wall_clock())).result

    async def _signed_in(self, person: UUID, side: Side) -> Member:
        async with transaction(
            self._database, LocalDoorbell(), firm=self._firm, actor=person, now=wall_clock()
        ) as change:
            session, token = await sessions.open_session(change, person, side, "a benchmark's browser")
        return Member(side, self._slug, token, await sessions.csrf_token(self._database, session.id))
