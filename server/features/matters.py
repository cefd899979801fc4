"""Cases: who they are for, who is related, who works on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from msgspec import UNSET

from protocol.commands.matters import CreateMatter, UpdateMatter
from protocol.entities import Matter as MatterShape
from protocol.entities import Participant as ParticipantShape
from protocol.entities import Share as ShareShape
from protocol.errors import Refused
from protocol.queries import MatterCard, MatterQuery, Matters, Search
from server import access
from server.access import Person
from server.dispatch import CommandFunction, QueryFunction
from server.records import documents, naming, portals
from server.records.matters import matter_shapes, page_by_name
from server.records.people import contact_shapes
from server.render import BodyFunction, by_entity
from server.transaction import Transaction
from storage.database import Database
from storage.models import (
    Contact,
    Document,
    Matter,
    MatterContact,
    MatterUser,
    Participant,
    Portal,
    Share,
    User,
)


async def create_matter(change: Transaction, who: Person, args: CreateMatter) -> MatterShape:
    """Make a case for one client.

    Raises:
        Refused: ``invalid``.
    """
    matter_id = change.derived_id("matter")
    made = await Matter.get_or_none(id=matter_id)
    if made is not None:  # repeated after its answer was forgotten: still not a second case
        return (await matter_shapes([made]))[0]
    await _check_contacts(who, {UUID(args.client), *map(UUID, args.related)})
    await _check_users(who, set(map(UUID, args.responsible)))
    matter = await Matter.create(
        id=matter_id,
        firm_id=who.firm,
        name=args.name.strip(),
        number=args.number.strip(),
        area=args.area.strip(),
        client_id=UUID(args.client),
    )
    await _write_people(matter, args.related, args.responsible)
    await _tell_changed(change, matter, {matter.client_id, *map(UUID, args.related)})
    return (await matter_shapes([matter]))[0]


async def update_matter(change: Transaction, who: Person, args: UpdateMatter) -> MatterShape:
    """Change a case; a portal keeps its participants, whoever the client is now.

    Raises:
        Refused: ``not_found``, ``invalid``.
    """
    matter = await Matter.filter(id=args.matter, firm_id=who.firm).select_for_update().first()
    if matter is None:
        raise Refused("not_found")
    before = (await matter_shapes([matter]))[0]
    related = before.related if args.related is UNSET else args.related
    responsible = before.responsible if args.responsible is UNSET else args.responsible
    matter.client_id = matter.client_id if args.client is UNSET else UUID(args.client)
    await _check_contacts(who, {matter.client_id, *map(UUID, related)})
    if args.responsible is not UNSET:
        await _check_users(who, set(map(UUID, responsible)))
    matter.name = matter.name if args.name is UNSET else args.name.strip()
    matter.number = matter.number if args.number is UNSET else args.number.strip()
    matter.area = matter.area if args.area is UNSET else args.area.strip()
    matter.version += 1
    await matter.save()
    await _write_people(matter, related, responsible)
    if (matter.name, matter.number, matter.area) != (before.name, before.number, before.area):
        await _tell_portal_changed(change, matter)  # portals are locked before threads, everywhere
    touched = {UUID(before.client), matter.client_id, *map(UUID, before.related), *map(UUID, related)}
    await _tell_changed(change, matter, touched)
    return (await matter_shapes([matter]))[0]


async def matter_list(_: Database, who: Person, args: Search) -> Matters:
    """Matters by name, those that contain the words asked for."""
    found, more = await page_by_name(Matter, who.firm, args)
    return Matters(matters=await matter_shapes(found), more=more)


async def matter_card(_: Database, who: Person, args: MatterQuery) -> MatterCard:
    """One matter with its people and documents, and as much of its portal as the asker may know (P9).

    Raises:
        Refused: ``not_found``.
    """
    matter = await access.of_firm(Matter, who, UUID(args.matter))
    shape = (await matter_shapes([matter]))[0]
    contacts = await Contact.filter(id__in=[shape.client, *shape.related])
    found = await Document.filter(matter_id=matter.id, deleted_at=None).order_by("at", "id")
    portal = await _portal_as_seen(who, matter.id)
    return MatterCard(
        matter=shape,
        contacts=await contact_shapes(who.firm, contacts),
        documents=await documents.document_shapes(found),
        shares=await _shares_in(matter.id) if portal == "open" else [],
        portal=portal,
        participants=await _people_in(who, matter.id) if portal in ("open", "closed_to_you") else [],
    )


async def _portal_as_seen(who: Person, matter: UUID) -> str:
    if not await Portal.exists(id=matter):
        return "none"
    if await Participant.exists(portal_id=matter, person_id=who.id, left_at=None):
        return "open"
    return "closed_to_you" if who.role == "admin" else "hidden"


async def _shares_in(portal: UUID) -> list[ShareShape]:
    return await documents.share_shapes(
        await Share.filter(portal_id=portal, stopped_at=None).order_by("number")
    )


async def _people_in(who: Person, portal: UUID) -> list[ParticipantShape]:
    stays = await Participant.filter(portal_id=portal, left_at=None).order_by("joined_at", "id")
    return await portals.participant_shapes(who.firm, stays, "firm")


async def _check_contacts(who: Person, contacts: Collection[UUID]) -> None:
    if await Contact.filter(firm_id=who.firm, id__in=list(contacts)).count() != len(contacts):
        raise Refused("invalid", "One of the contacts is not known to the firm.")


async def _check_users(who: Person, users: Collection[UUID]) -> None:
    if await User.filter(firm_id=who.firm, id__in=list(users), active=True).count() != len(users):
        raise Refused("invalid", "One of the responsible people does not work at the firm.")


async def _write_people(matter: Matter, related: Sequence[str], responsible: Sequence[str]) -> None:
    await MatterContact.filter(matter_id=matter.id).delete()
    await MatterUser.filter(matter_id=matter.id).delete()
    for contact in dict.fromkeys(related):
        if UUID(contact) != matter.client_id:
            await MatterContact.create(firm_id=matter.firm_id, matter_id=matter.id, contact_id=contact)
    for user in dict.fromkeys(responsible):
        await MatterUser.create(firm_id=matter.firm_id, matter_id=matter.id, user_id=user)


async def _tell_changed(change: Transaction, matter: Matter, contacts: Collection[UUID]) -> None:
    """Tell the matter, and the threads of its contacts, which name the matters that they show on (T3)."""
    change.tell("matter.changed", scope=change.firm, entity=matter.id, version=matter.version)
    for contact in sorted(contacts):
        await naming.tell_thread_changed(change, contact)


async def _tell_portal_changed(change: Transaction, matter: Matter) -> None:
    portal = await Portal.filter(id=matter.id).select_for_update().first()
    if portal is None:
        return
    portal.version += 1
    await portal.save(update_fields=["version"])
    clients = await access.clients_in(portal.id)
    change.tell("portal.changed", scope=portal.id, entity=portal.id, version=portal.version, clients=clients)


async def _matters(ids: Collection[str]) -> list[MatterShape]:
    return await matter_shapes(await Matter.filter(id__in=list(ids)))


COMMANDS: Mapping[str, CommandFunction] = {"matter.create": create_matter, "matter.update": update_matter}
QUERIES: Mapping[str, QueryFunction] = {"matter.list": matter_list, "matter.get": matter_card}
BODIES: Mapping[str, BodyFunction] = {"matter.changed": by_entity(_matters)}
