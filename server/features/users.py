"""The firm's own people."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID

from msgspec import UNSET

from protocol.commands.users import CreateUser, UpdateUser
from protocol.entities import User as UserShape
from protocol.errors import Refused
from protocol.queries import Nothing, Users
from server import access, sessions
from server.access import Person
from server.dispatch import CommandFunction, QueryFunction
from server.email_address import is_email_address
from server.passwords import hash_now
from server.records import naming
from server.records.people import user_shape
from server.records.succession import cover
from server.render import BodyFunction, by_entity
from server.transaction import Transaction
from storage.database import Database
from storage.models import User


async def create_user(change: Transaction, who: Person, args: CreateUser) -> UserShape:
    """Add somebody to the firm, who signs in with this address and password.

    Raises:
        Refused: ``invalid``, ``conflict``.
    """
    email = args.email.strip().lower()
    if not is_email_address(email):
        raise Refused("invalid", f"“{email}” is not an email address.")
    user_id = change.derived_id("user")
    made = await User.get_or_none(id=user_id)
    if made is not None:  # repeated after its answer was forgotten: still not a second person
        return user_shape(made)
    if await User.exists(email=email):
        raise Refused("conflict", "Somebody signs in with this address already.")
    user = await User.create(
        id=user_id,
        firm_id=who.firm,
        name=args.name.strip(),
        title=args.title.strip(),
        email=email,
        role=args.role,
        password_hash=await asyncio.to_thread(hash_now, args.password),
    )
    change.tell("user.changed", scope=change.firm, entity=user.id, version=1)
    return user_shape(user)


async def update_user(change: Transaction, who: Person, args: UpdateUser) -> UserShape:
    """Change somebody at the firm; the firm keeps at least one active admin.

    Where somebody leaves who alone took part in a portal for the firm, an admin takes over (P9).

    Raises:
        Refused: ``not_found``, ``conflict``.
    """
    await User.filter(firm_id=who.firm, role="admin", active=True).order_by("id").select_for_update()
    user = await access.of_firm(User, who, UUID(args.user))
    before = (user.name, user.title)
    rights = (user.role, user.active)
    user.name = user.name if args.name is UNSET else args.name.strip()
    user.title = user.title if args.title is UNSET else args.title.strip()
    user.role = user.role if args.role is UNSET else args.role
    user.active = user.active if args.active is UNSET else args.active
    if args.password is not UNSET:
        user.password_hash = await asyncio.to_thread(hash_now, args.password)
    user.version += 1
    await user.save()
    admins = await User.filter(firm_id=who.firm, role="admin", active=True).order_by("id")
    if not admins:
        raise Refused(
            "conflict", "The firm needs at least one active admin. Make somebody else an admin first."
        )
    change.tell("user.changed", scope=change.firm, entity=user.id, version=user.version)
    if (user.name, user.title) != before:
        await naming.tell_person_changed(change, user.id, to_clients=True)
    if not user.active and rights[1]:
        at_hand = {admin.id for admin in admins}
        await cover(change, user.id, who.id if who.id in at_hand else admins[0].id)
    if (user.role, user.active) != rights or args.password is not UNSET:
        await sessions.end_sessions(change, user.id, "firm")
    if (user.role, user.active) != rights:
        await sessions.end_tokens(change, user.id)  # a socket keeps the role that it came in with
    return user_shape(user)


async def user_list(_: Database, who: Person, __: Nothing) -> Users:
    """Everybody at the firm, those who have left as well."""
    return Users(
        users=[user_shape(user) for user in await User.filter(firm_id=who.firm).order_by("name", "id")]
    )


async def _users(ids: Collection[str]) -> list[UserShape]:
    return [user_shape(user) for user in await User.filter(id__in=list(ids))]


COMMANDS: Mapping[str, CommandFunction] = {"user.create": create_user, "user.update": update_user}
QUERIES: Mapping[str, QueryFunction] = {"user.list": user_list}
BODIES: Mapping[str, BodyFunction] = {"user.changed": by_entity(_users)}
