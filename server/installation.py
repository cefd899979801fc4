"""What is done once, by the operator: a firm and its first admin."""

from __future__ import annotations

import asyncio
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

from protocol.errors import Refused
from server.email_address import is_email_address
from server.passwords import hash_now
from server.transaction import Doorbell, transaction
from storage import log
from storage.database import Database
from storage.keys import new_id
from storage.models import Firm, User

MIN_PASSWORD_CHARACTERS = 15


async def create_firm(database: Database, *, name: str, slug: str, time_zone: str, now: int) -> UUID:
    """Make a firm, with its own data key and log.

    Raises:
        Refused: ``invalid``, ``conflict``.
    """
    if time_zone not in _time_zones():
        raise Refused("invalid", f"{time_zone} is not a time zone; one is America/Los_Angeles, for example.")
    firm = new_id()
    async with database.transaction():
        if await Firm.exists(slug=slug):
            raise Refused("conflict", f"There is a firm {slug} already.")
        await Firm.create(id=firm, name=name, slug=slug, time_zone=time_zone, created_at=now)
        await log.create(database, firm, firm)
        await database.vault.create(firm)
    return firm


async def create_admin(
    database: Database,
    bell: Doorbell,
    firm: UUID,
    *,
    name: str,
    email: str,
    password: str,
    title: str = "",
    now: int,
) -> UUID:
    """Make an admin of a firm, by the operator's right.

    Raises:
        Refused: ``invalid``, ``conflict``.
    """
    address = email.strip().lower()
    if not is_email_address(address):
        raise Refused("invalid", f"“{address}” is not an email address.")
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise Refused("invalid", f"A password has at least {MIN_PASSWORD_CHARACTERS} characters.")
    user = new_id()
    async with transaction(database, bell, firm=firm, actor=user, now=now) as change:
        if await User.exists(email=address):
            raise Refused("conflict", "Somebody signs in with this address already.")
        password_hash = await asyncio.to_thread(hash_now, password)
        await User.create(
            id=user,
            firm_id=firm,
            name=name,
            title=title,
            email=address,
            role="admin",
            password_hash=password_hash,
        )
        change.tell("user.changed", scope=firm, entity=user, version=1)
    return user


@cache
def _time_zones() -> set[str]:
    """All that this machine knows; listing them reads hundreds of files."""
    return available_timezones()
