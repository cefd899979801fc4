"""Portals as they are told: the portal itself, who takes part, what was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from protocol.entities import Attachment, ReadMarker
from protocol.entities import Message as MessageShape
from protocol.entities import Participant as ParticipantShape
from protocol.entities import Portal as PortalShape
from protocol.errors import Refused
from protocol.types import Side
from server import access
from server.access import Person
from server.records.documents import name_told
from server.records.people import Named, hold, named
from server.transaction import Transaction
from storage import plain_messages as plain
from storage.database import Database
from storage.models import Blob, Document, Matter, Message, Participant, Portal, Share


async def enter_or_open(change: Transaction, who: Person, portal_id: UUID) -> tuple[Portal, Participant]:
    """Lock a portal to write in it; where the matter has none yet, a firm user opens it (P1, A1).

    Raises:
        Refused: ``not_found``.
    """
    if who.side == "client" or await Portal.exists(id=portal_id):
        return await access.enter(who, portal_id)
    # Locked, so that a change of its name or client comes before the portal, or finds it.
    matter = await Matter.filter(id=portal_id, firm_id=who.firm).select_for_update().first()
    if matter is None:
        raise Refused("not_found")
    portal = await Portal.create(id=matter.id, firm_id=who.firm, opened_at=change.now, opened_by=who.id)
    opener = await join(change, portal, who.id, "firm")
    await join(change, portal, matter.client_id, "client")
    return portal, opener


async def join(
    change: Transaction, portal: Portal, person: UUID, side: Side, visible_from: int = 0
) -> Participant:
    """Begin a person's stay in a portal, and tell that person and the clients."""
    await hold(change.firm, person)
    stay = await Participant.create(
        id=change.derived_id("stay", str(portal.id), str(person)),  # a uuid7 would tell clients when (R4)
        firm_id=change.firm,
        portal_id=portal.id,
        person_id=person,
        side=side,
        visible_from=visible_from,
        joined_number=portal.last_number,
        joined_at=change.now,
    )
    change.tell_person(
        "portal.joined",
        person,
        side,
        scope=portal.id,
        entity=portal.id,
        version=portal.version,
        number=visible_from,
    )
    await tell_clients_who_takes_part(change, portal)
    return stay


async def tell_clients_who_takes_part(change: Transaction, portal: Portal) -> None:
    """State to a portal's clients who is in it now; they learn no times (R4)."""
    change.tell(
        "participants.changed",
        scope=portal.id,
        entity=portal.id,
        version=portal.version,
        clients=await access.clients_in(portal.id),
    )


async def next_number(portal: Portal) -> int:
    """Take the next place in a locked portal's feed."""
    portal.last_number += 1
    await portal.save(update_fields=["last_number"])
    return portal.last_number


async def writable(who: Person, portal_id: UUID) -> None:
    """Check that a person could write to a portal, or open it; nobody is removed from it meanwhile.

    Raises:
        Refused: ``not_found``.
    """
    if who.side == "client" or await Portal.exists(id=portal_id):
        await access.enter(who, portal_id)
    else:
        await access.of_firm(Matter, who, portal_id)


async def markers_in(portal_ids: Collection[UUID]) -> list[ReadMarker]:
    """How far each participant of these portals, present or former, has read."""
    stays = await Participant.filter(portal_id__in=list(portal_ids), read_number__gt=0).order_by("read_at")
    return [
        ReadMarker(
            portal=str(stay.portal_id),
            person=str(stay.person_id),
            number=stay.read_number,
            at=stay.read_at or 0,
        )
        for stay in stays
    ]


def portal_shape(portal: Portal, matter: Matter) -> PortalShape:
    """A portal, under its matter's name."""
    return PortalShape(
        id=str(portal.id),
        version=portal.version,
        name=matter.name,
        number=matter.number,
        area=matter.area,
        opened_at=portal.opened_at,
    )


async def portal_shapes(portals: Collection[Portal]) -> list[PortalShape]:
    """Portals, each under its matter's name."""
    matters = await Matter.in_bulk([portal.id for portal in portals], "id")
    return [portal_shape(portal, matters[portal.id]) for portal in portals]


def participant_shape(stay: Participant, person: Named, side: Side) -> ParticipantShape:
    """A stay as one side may know it: clients learn who takes part, and no more (R4).

    What clients do not see moves no version of theirs: the firm's is the stay's and the person's together.
    """
    known = ParticipantShape(
        id=str(stay.id),
        version=stay.version if side == "client" else stay.version + person.version,
        portal=str(stay.portal_id),
        person=str(stay.person_id),
        side=person.side,
        name=person.name,
        title=person.title,
        left=stay.left_at is not None,
    )
    if side == "client":
        return known
    return ParticipantShape(
        **{field: getattr(known, field) for field in _SHOWN_TO_ALL},
        visible_from=stay.visible_from,
        joined_number=stay.joined_number,
        joined_at=stay.joined_at,
        email=person.email,
    )


_SHOWN_TO_ALL = ("id", "version", "portal", "person", "side", "name", "title", "left")


async def participant_shapes(firm: UUID, stays: Sequence[Participant], side: Side) -> list[ParticipantShape]:
    """Stays with the names of their people, in the order given."""
    names = await named(firm, {stay.person_id for stay in stays})
    return [participant_shape(stay, names[stay.person_id], side) for stay in stays]


async def everybody_in(firm: UUID, portals: Collection[UUID], side: Side) -> list[ParticipantShape]:
    """All who take or took part in these portals."""
    stays = await Participant.filter(portal_id__in=list(portals)).order_by("portal_id", "joined_at", "id")
    return await participant_shapes(firm, stays, side)


async def message_shapes(messages: Sequence[Message]) -> list[MessageShape]:
    """Messages with what is attached to them, in the order given."""
    attachments = await _attachments({message.share_id for message in messages if message.share_id})
    return [_message_shape(message, attachments.get(message.share_id)) for message in messages]


async def plain_messages(database: Database, firm: UUID, ids: Collection[str]) -> list[MessageShape] | None:
    """`message_shapes` by one statement, where nothing is attached to any."""
    found = await plain.read(database, firm, ids)
    if found is None:
        return None
    return [
        MessageShape(
            id=message.id,
            version=message.version,
            portal=message.portal,
            number=message.number,
            author=message.author,
            at=message.at,
            text=message.text,
            deleted=message.deleted,
        )
        for message in found
    ]


def _message_shape(message: Message, attachment: Attachment | None) -> MessageShape:
    gone = message.deleted_at is not None
    return MessageShape(
        id=str(message.id),
        version=message.version,
        portal=str(message.portal_id),
        number=message.number,
        author=str(message.author_id),
        at=message.at,
        text="" if gone else message.body,
        attachment=None if gone else attachment,
        deleted=gone,
    )


async def _attachments(shares: Collection[UUID]) -> dict[UUID | None, Attachment]:
    """The attachment of each share. A stopped one stays whole while another shows the same (D3)."""
    if not shares:
        return {}
    found = await Share.filter(id__in=list(shares))
    documents = await Document.in_bulk({share.document_id for share in found}, "id")
    blobs = await Blob.in_bulk({document.blob_id for document in documents.values()}, "id")
    open_shares = await Share.filter(document_id__in=list(documents), stopped_at=None)
    open_pairs = {(share.portal_id, share.document_id) for share in open_shares}
    return {
        share.id: _attachment(
            share,
            documents[share.document_id],
            blobs[documents[share.document_id].blob_id],
            available=(share.portal_id, share.document_id) in open_pairs,
        )
        for share in found
    }


def _attachment(share: Share, document: Document, blob: Blob, *, available: bool) -> Attachment:
    return Attachment(
        document=str(document.id),
        share=str(share.id),
        name=document.name if available else name_told(share, document),
        size_bytes=blob.size_bytes,
        media_type=blob.media_type,
        available=available,
    )
