"""The inbox: one snapshot of all that a person's lists and badges need, at one place in the person's log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from protocol.entities import Draft as DraftShape
from protocol.entities import Firm as FirmShape
from protocol.entities import Message as MessageShape
from protocol.entities import Text as TextShape
from protocol.entities import Thread as ThreadShape
from protocol.entities import Unread
from protocol.entities import User as UserShape
from protocol.queries import Inbox, Me, Nothing
from server.access import Person
from server.records import portals
from server.records.people import named, user_shape
from storage import log
from storage.database import Database
from storage.models import Draft, Firm, Line, Message, Participant, Portal, User

TextsPart = Callable[
    [Database, Person], Awaitable[tuple[Sequence[ThreadShape], Sequence[TextShape], Sequence[Unread]]]
]
"""Threads, the last text of each, and what is unread in them: told by the texting feature."""


def inbox_query(texts_part: TextsPart) -> Callable[[Database, Person, Nothing], Awaitable[Inbox]]:
    """The inbox query, given what tells of the texts."""

    async def inbox(database: Database, who: Person, _: Nothing) -> Inbox:
        stays = await Participant.filter(person_id=who.id, firm_id=who.firm, left_at=None)
        threads, texts, unread_texts = await texts_part(database, who) if who.side == "firm" else ([], [], [])
        portal_ids = [stay.portal_id for stay in stays]
        head = (await log.heads(database, [str(who.log)]))[str(who.log)]
        return Inbox(
            cursor=str(head.cursor),
            me=await _me(who),
            firm=await _firm(who),
            users=await _users(who),
            portals=await portals.portal_shapes(await Portal.filter(id__in=portal_ids)),
            participants=await portals.everybody_in(who.firm, portal_ids, who.side),
            messages=await _last_messages(database, stays),
            threads=list(threads),
            texts=list(texts),
            unread=[*await _unread_messages(database, stays), *unread_texts],
            drafts=await _drafts(who),
        )

    return inbox


async def _users(who: Person) -> list[UserShape]:
    if who.side == "client":
        return []
    return [user_shape(user) for user in await User.filter(firm_id=who.firm).order_by("name", "id")]


async def _me(who: Person) -> Me:
    person = (await named(who.firm, [who.id]))[who.id]
    return Me(id=str(who.id), name=person.name, role=who.role, email=person.email or "", title=person.title)


async def _firm(who: Person) -> FirmShape:
    firm = await Firm.get(id=who.firm)
    line = await Line.get_or_none(firm_id=who.firm)
    return FirmShape(
        id=str(firm.id),
        name=firm.name,
        slug=firm.slug,
        time_zone=firm.time_zone,
        phone=line.phone if line else None,
    )


async def _last_messages(database: Database, stays: Sequence[Participant]) -> list[MessageShape]:
    """The newest message of each portal that its participant may see."""
    if not stays:
        return []
    person = stays[0].person_id
    rows = await database.fetch(
        "SELECT m.id FROM participant p JOIN message m ON m.portal_id = p.portal_id"
        " WHERE p.person_id = $1 AND p.left_at IS NULL AND m.number = (SELECT max(number) FROM message n"
        " WHERE n.portal_id = p.portal_id AND n.number > p.visible_from)",
        [person],
    )
    return await portals.message_shapes(await Message.filter(id__in=[row["id"] for row in rows]))


async def _unread_messages(database: Database, stays: Sequence[Participant]) -> list[Unread]:
    """For each portal, what others wrote beyond the marker and since the person came (U1)."""
    if not stays:
        return []
    person = stays[0].person_id
    rows = await database.fetch(
        "SELECT m.portal_id, m.number FROM participant p JOIN message m ON m.portal_id = p.portal_id"
        " WHERE p.person_id = $1 AND p.left_at IS NULL AND m.number > p.read_number"
        " AND m.number > p.joined_number AND m.author_id <> $1 AND m.deleted_at IS NULL ORDER BY m.number",
        [person],
    )
    numbers: dict[UUID, list[int]] = {stay.portal_id: [] for stay in stays}
    for row in rows:
        numbers[UUID(row["portal_id"])].append(row["number"])
    return [
        Unread(scope=str(stay.portal_id), read_number=stay.read_number, numbers=numbers[stay.portal_id])
        for stay in stays
    ]


async def _drafts(who: Person) -> list[DraftShape]:
    found = [draft for draft in await Draft.filter(person_id=who.id) if draft.body]
    return [
        DraftShape(
            id=str(draft.id),
            version=draft.version,
            scope=str(draft.scope_id),
            channel=draft.channel,  # type: ignore[arg-type]
            text=draft.body,
        )
        for draft in found
    ]
