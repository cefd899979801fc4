"""Read markers and receipts: what was really on somebody's screen (R1), told to the firm alone (R4)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from protocol.commands.portals import MarkerMoved, ReadPortal
from protocol.events import Marker
from protocol.types import Side
from server import access
from server.access import Person
from server.dispatch import CommandFunction
from server.records import facts
from server.render import BodyFunction, one_by_one
from server.transaction import Transaction
from storage.log import Entry
from storage.models import Document, Fact, Participant, Portal, Share


async def read_portal(change: Transaction, who: Person, args: ReadPortal) -> MarkerMoved:
    """Move the reader's marker forward, never back, never beyond what is there nor to what is hidden.

    Raises:
        Refused: ``not_found``.
    """
    portal, stay = await access.enter(who, UUID(args.portal))
    number = min(args.number, portal.last_number)
    if number <= max(stay.read_number, stay.visible_from):
        return MarkerMoved(number=stay.read_number)
    stay.read_number, stay.read_at = number, change.now
    await stay.save(update_fields=["read_number", "read_at"])
    await facts.record_fact(change, portal, "message.read", upto=number)
    change.tell_person("portal.read", who.id, who.side, scope=portal.id, entity=stay.id, version=number)
    return MarkerMoved(number=number)


async def record_opened(change: Transaction, who: Person, document: Document) -> None:
    """Keep the first time that a participant opened a document which is shared in its portal (R1)."""
    portal = await Portal.filter(id=document.matter_id).select_for_update().first()
    if portal is None or not await Share.exists(
        portal_id=portal.id, document_id=document.id, stopped_at=None
    ):
        return
    if not await Participant.exists(portal_id=portal.id, person_id=who.id, left_at=None):
        return
    if await Fact.exists(
        portal_id=portal.id, kind="document.opened", document_id=document.id, actor_id=who.id
    ):
        return
    await facts.record_fact(change, portal, "document.opened", document=document.id)


async def _marker(_: Side, entry: Entry) -> Marker:
    """Where the marker stands now, which may be further than the entry says: a later one only raises it."""
    stay = await Participant.get(id=entry.entity)
    return Marker(scope=entry.scope, number=stay.read_number)


COMMANDS: Mapping[str, CommandFunction] = {"portal.read": read_portal}
BODIES: Mapping[str, BodyFunction] = {"portal.read": one_by_one(_marker)}
