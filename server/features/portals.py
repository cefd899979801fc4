"""Portal messages: sending opens a portal, deleting leaves a tombstone, drafts follow their writer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from protocol.commands.portals import DeleteMessage, Done, MessageSent, SaveDraft, SendMessage
from protocol.entities import Draft as DraftShape
from protocol.entities import Fact as FactShape
from protocol.entities import Message as MessageShape
from protocol.entities import Portal as PortalShape
from protocol.entities import Share as ShareShape
from protocol.errors import Refused
from protocol.events import Joined, Left, People
from protocol.queries import PAGE_ITEMS, PortalItems, PortalPage
from protocol.types import Side
from server import access
from server.access import Person
from server.dispatch import CommandFunction, Outcome, QueryFunction, Shortcut
from server.records import documents, facts, portals
from server.records.drafts import draft_shape
from server.records.pages import fitting
from server.render import BodyFunction, PlainBodyFunction, by_entity, one_by_one
from server.transaction import Transaction
from storage import log, plain_messages
from storage.database import Database
from storage.footprint import Footprint
from storage.keys import derived_id, new_id
from storage.log import Entry
from storage.models import Contact, Document, Draft, Fact, Message, Participant, Portal, Share


async def send_message(change: Transaction, who: Person, args: SendMessage) -> MessageSent:
    """Write to a portal; the first message of a firm user opens it.

    Raises:
        Refused: ``empty``, ``not_found``.
    """
    text = args.text.strip()
    if not text and args.attachment is None:
        raise Refused("empty")
    message_id = change.derived_id("message")
    portal, _ = await portals.enter_or_open(change, who, UUID(args.portal))
    sent = await Message.get_or_none(id=message_id)
    if sent is not None:  # repeated after its answer was forgotten: still not a second message (P7)
        return MessageSent(message=str(sent.id), number=sent.number)
    attachment = None if args.attachment is None else await _attachable(who, portal, UUID(args.attachment))
    clients = await access.clients_in(portal.id)
    number = await portals.next_number(portal)
    share = attachment and await documents.share_document(
        change, portal, attachment, clients, number, message_id
    )
    await Message.create(
        id=message_id,
        firm_id=who.firm,
        portal_id=portal.id,
        number=number,
        author_id=who.id,
        at=change.now,
        body=text,
        share_id=share.id if share else None,
    )
    change.tell("message.sent", scope=portal.id, entity=message_id, version=1, number=number, clients=clients)
    return MessageSent(message=str(message_id), number=number)


async def send_at_once(
    database: Database, who: Person, args: SendMessage, *, key: str, footprint: Footprint, now: int
) -> Outcome | None:
    """`send_message` for what most messages are: plain text, to an open portal that the writer is in."""
    text = args.text.strip()
    if not text or args.attachment is not None:
        return None
    sending = plain_messages.Sending(
        firm=who.firm,
        portal=UUID(args.portal),
        author=who.id,
        author_log=who.log,
        message=derived_id(who.id, key, "message"),
        text=text,
        at=now,
        event=new_id(),
        kind="message.sent",
    )
    sent = await plain_messages.send(database, sending, footprint)
    if sent is None:
        return None
    return Outcome(MessageSent(message=str(sending.message), number=sent.number), sent.heads)


async def delete_message(change: Transaction, who: Person, args: DeleteMessage) -> Done:
    """Hide a message from everyone; its share may end with it (P5).

    Raises:
        Refused: ``not_found``.
    """
    message = await Message.get_or_none(id=args.message, firm_id=who.firm)
    if message is None:
        raise Refused("not_found")
    portal, _ = await access.enter(who, message.portal_id)
    await message.refresh_from_db()  # another may have deleted it while we waited for the portal
    clients = await access.clients_in(portal.id)
    if message.deleted_at is None:
        message.deleted_at, message.deleted_by = change.now, who.id
        message.version += 1
        await message.save(update_fields=["deleted_at", "deleted_by", "version"])
        change.tell(
            "message.deleted",
            scope=portal.id,
            entity=message.id,
            version=message.version,
            number=message.number,
            clients=clients,
        )
    if args.stop_share and message.share_id is not None:
        await documents.stop_share(change, await Share.get(id=message.share_id), clients)
    return Done(id=str(message.id), version=message.version)


async def save_draft(change: Transaction, who: Person, args: SaveDraft) -> Done:
    """Keep what a person has begun to write in a portal or to a contact (P8).

    Raises:
        Refused: ``not_found``.
    """
    scope = UUID(args.scope)
    if args.channel == "portal":
        await portals.writable(who, scope)
    else:
        _firm_only(who)
        await access.of_firm(Contact, who, scope)
    draft_id = derived_id(who.id, scope, args.channel, "draft")
    draft = await Draft.filter(id=draft_id).select_for_update().first()
    if draft is None:
        draft = await Draft.create(
            id=draft_id,
            firm_id=who.firm,
            person_id=who.id,
            scope_id=scope,
            channel=args.channel,
            body=args.text,
        )
    else:
        draft.body = args.text
        draft.version += 1
        await draft.save(update_fields=["body", "version"])
    change.tell_person("draft.saved", who.id, who.side, scope=scope, entity=draft.id, version=draft.version)
    return Done(id=str(draft.id), version=draft.version)


async def portal_items(database: Database, who: Person, args: PortalPage) -> PortalItems:
    """One page of a portal's feed, as the asker may see it.

    Raises:
        Refused: ``not_found``.
    """
    portal_id = UUID(args.portal)
    stay = await access.stay_in(who, portal_id)
    portal = await Portal.get(id=portal_id)
    before = portal.last_number + 1 if args.before is None else args.before
    newest = args.before is None
    found = await (
        Message.filter(portal_id=portal_id, number__gt=stay.visible_from, number__lt=before)
        .order_by("-number")
        .limit(PAGE_ITEMS + 1)
    )
    messages = fitting(await portals.message_shapes(found[:PAGE_ITEMS]))[::-1]
    more = len(found) > len(messages)
    first = messages[0].number if more else stay.visible_from
    head = (await log.heads(database, [str(who.log)]))[str(who.log)]
    return PortalItems(
        cursor=str(head.cursor),
        portal=(await portals.portal_shapes([portal]))[0],
        participants=await portals.everybody_in(who.firm, [portal_id], who.side) if newest else [],
        messages=messages,
        facts=await _facts_between(portal_id, first, before) if who.side == "firm" else [],
        markers=await portals.markers_in([portal_id]) if newest and who.side == "firm" else [],
        shares=await _shares_seen(stay) if newest else [],
        more=more,
    )


async def _attachable(who: Person, portal: Portal, document_id: UUID) -> Document:
    document = await documents.standing(portal, document_id)
    if document is None or not access.may_share(who, document):
        raise Refused("not_found", "The attachment is not among the documents of this matter.")
    return document


def _firm_only(who: Person) -> None:
    if who.side != "firm":
        raise Refused("not_found")


async def _facts_between(portal: UUID, first: int, before: int) -> list[FactShape]:
    """The facts that stand among the items ``[first, before)``; the newest page's reach to the end."""
    found = await Fact.filter(portal_id=portal, number__gte=first, number__lt=before).order_by("fact")
    return await facts.fact_shapes(found)


async def _shares_seen(stay: Participant) -> list[ShareShape]:
    found = await Share.filter(portal_id=stay.portal_id, number__gt=stay.visible_from).order_by(
        "number", "id"
    )
    return await documents.share_shapes(found)


async def _messages(ids: Collection[str]) -> list[MessageShape]:
    return await portals.message_shapes(await Message.filter(id__in=list(ids)))


async def _portals(ids: Collection[str]) -> list[PortalShape]:
    return await portals.portal_shapes(await Portal.filter(id__in=list(ids)))


async def _drafts(ids: Collection[str]) -> list[DraftShape]:
    return [draft_shape(draft) for draft in await Draft.filter(id__in=list(ids))]


async def _joined(side: Side, entry: Entry) -> Joined:
    portal = await Portal.get(id=entry.scope)
    return Joined(
        portal=(await portals.portal_shapes([portal]))[0],
        participants=await portals.everybody_in(portal.firm_id, [portal.id], side),
    )


async def _left(_: Side, entry: Entry) -> Left:
    return Left(portal=entry.scope)


async def _people(side: Side, entry: Entry) -> People:
    portal = await Portal.get(id=entry.scope)
    everybody = await portals.everybody_in(portal.firm_id, [portal.id], side)
    return People(portal=entry.scope, participants=everybody)


COMMANDS: Mapping[str, CommandFunction] = {
    "message.send": send_message,
    "message.delete": delete_message,
    "draft.save": save_draft,
}
SHORTCUTS: Mapping[str, Shortcut] = {"message.send": send_at_once}
QUERIES: Mapping[str, QueryFunction] = {"portal.get": portal_items}
BODIES: Mapping[str, BodyFunction] = {
    "message.sent": by_entity(_messages),
    "message.changed": by_entity(_messages),
    "message.deleted": by_entity(_messages),
    "portal.joined": one_by_one(_joined),
    "portal.left": one_by_one(_left),
    "portal.changed": by_entity(_portals),
    "participants.changed": one_by_one(_people),
    "draft.saved": by_entity(_drafts),
}
PLAIN_BODIES: Mapping[str, PlainBodyFunction] = {
    "message.sent": portals.plain_messages,
    "message.deleted": portals.plain_messages,
}
