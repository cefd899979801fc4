"""Matters as they are told, and lists of records by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from protocol.entities import Matter as MatterShape
from protocol.errors import Refused
from protocol.queries import Search
from storage.models import Contact, Matter, MatterContact, MatterUser

Listed = TypeVar("Listed", Contact, Matter)


async def matter_shapes(matters: Sequence[Matter]) -> list[MatterShape]:
    """Matters with their people, in the order given."""
    ids = [matter.id for matter in matters]
    related: dict[UUID, list[str]] = {id_: [] for id_ in ids}
    responsible: dict[UUID, list[str]] = {id_: [] for id_ in ids}
    for contact in await MatterContact.filter(matter_id__in=ids).order_by("contact_id"):
        related[contact.matter_id].append(str(contact.contact_id))
    for user in await MatterUser.filter(matter_id__in=ids).order_by("user_id"):
        responsible[user.matter_id].append(str(user.user_id))
    return [
        MatterShape(
            id=str(matter.id),
            version=matter.version,
            name=matter.name,
            number=matter.number,
            area=matter.area,
            client=str(matter.client_id),
            related=related[matter.id],
            responsible=responsible[matter.id],
        )
        for matter in matters
    ]


async def matters_of(contact: UUID) -> list[Matter]:
    """The matters in which a contact is the client, then those in which it is related."""
    own = await Matter.filter(client_id=contact).order_by("name", "id")
    related = await MatterContact.filter(contact_id=contact).values_list("matter_id", flat=True)
    others = await Matter.filter(id__in=list(related)).exclude(client_id=contact).order_by("name", "id")
    return [*own, *others]


async def page_by_name(model: type[Listed], firm: UUID, search: Search) -> tuple[list[Listed], bool]:
    """One page of a firm's records by name, and whether more follow.

    Raises:
        Refused: ``not_found``, where ``after`` is no record of the firm.
    """
    query = (
        model.filter(firm_id=firm, name__icontains=search.find) if search.find else model.filter(firm_id=firm)
    )
    if search.after is not None:
        last = await model.get_or_none(id=search.after, firm_id=firm)
        if last is None:
            raise Refused("not_found")
        same_name = query.filter(name=last.name, id__gt=last.id)
        found = await same_name.order_by("id").limit(search.limit + 1)
        if len(found) <= search.limit:
            found += await query.filter(name__gt=last.name).order_by("name", "id").limit(search.limit + 1)
    else:
        found = await query.order_by("name", "id").limit(search.limit + 1)
    return found[: search.limit], len(found) > search.limit
