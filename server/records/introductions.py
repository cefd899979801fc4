"""Who is asking, and of which firm: told at sign-in and with every inbox."""

from __future__ import annotations

from protocol.entities import Firm as FirmShape
from protocol.queries import Me
from server.access import Person
from server.records.people import named
from storage.models import Firm, Line


async def me(who: Person) -> Me:
    """The person as shown to himself or herself."""
    person = (await named(who.firm, [who.id]))[who.id]
    return Me(id=str(who.id), name=person.name, role=who.role, email=person.email or "", title=person.title)


async def firm_of(who: Person) -> FirmShape:
    """The person's firm, as its own people and clients know it."""
    firm = await Firm.get(id=who.firm)
    line = await Line.get_or_none(firm_id=who.firm)
    return FirmShape(
        id=str(firm.id),
        name=firm.name,
        slug=firm.slug,
        time_zone=firm.time_zone,
        phone=line.phone if line else None,
    )
