"""The inbox: one snapshot of all that a person's lists and badges need, at one place in the person's log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from protocol.entities import Text as TextShape
from protocol.entities import Thread as ThreadShape
from protocol.entities import Unread
from protocol.entities import User as UserShape
from protocol.queries import Inbox, Nothing
from server.access import Person
from server.records import introductions, portals
from server.records.documents import share_shapes
from server.records.drafts import draft_shape
from server.records.people import user_shape
from storage import log
from storage.database import Database
from storage.models import Draft, Message, Participant, Portal, Share, User

T = TypeVar("T")

_LAST_MESSAGES = """
SELECT m.id FROM participant p JOIN message m ON m.portal_id = p.portal_id
WHERE p.person_id = $1 AND p.left_at IS NULL AND m.number = (
    SELECT max(number) FROM message WHERE portal_id = p.portal_id AND number > p.visible_from)
"""

_LAST_SHARES = """
SELECT s.id FROM participant p JOIN share s ON s.portal_id = p.portal_id AND s.message_id IS NULL
WHERE p.person_id = $1 AND p.left_at IS NULL AND s.number = (
    SELECT max(number) FROM share
    WHERE portal_id = p.portal_id AND message_id IS NULL AND stopped_at IS NULL AND number > p.visible_from)
"""

_UNREAD_ITEMS = """
SELECT p.portal_id, i.number FROM participant p JOIN (
    SELECT portal_id, number, author_id FROM message WHERE deleted_at IS NULL
    UNION ALL
    SELECT portal_id, number, sharer_id FROM share WHERE stopped_at IS NULL AND message_id IS NULL
) i ON i.portal_id = p.portal_id
WHERE p.person_id = $1 AND p.left_at IS NULL AND i.author_id <> $1
  AND i.number > p.read_number AND i.number > p.joined_number
ORDER BY i.number
"""
Part = Callable[[Database, Person], Awaitable[Sequence[T]]]


@dataclass(frozen=True, slots=True)
class TextsPart:
    """What the inbox shows of texts: threads, the last text of each, what is unread in them."""

    threads: Part[ThreadShape]
    texts: Part[TextShape]
    unread: Part[Unread]


def inbox_query(of_texts: TextsPart) -> Callable[[Database, Person, Nothing], Awaitable[Inbox]]:
    """The inbox query, given what tells of the texts."""

    async def inbox(database: Database, who: Person, _: Nothing) -> Inbox:
        stays = await Participant.filter(person_id=who.id, firm_id=who.firm, left_at=None)
        portal_ids = [stay.portal_id for stay in stays]
        head = (await log.heads(database, [str(who.log)]))[str(who.log)]
        return Inbox(
            cursor=str(head.cursor),
            me=await introductions.me(who),
            firm=await introductions.firm_of(who),
            users=await _users(who),
            portals=await portals.portal_shapes(await Portal.filter(id__in=portal_ids)),
            participants=await portals.everybody_in(who.firm, portal_ids, who.side),
            messages=await portals.message_shapes(
                await Message.filter(id__in=await _last(database, _LAST_MESSAGES, who))
            ),
            shares=await share_shapes(await Share.filter(id__in=await _last(database, _LAST_SHARES, who))),
            markers=await portals.markers_in(portal_ids) if who.side == "firm" else [],
            threads=list(await of_texts.threads(database, who)),
            texts=list(await of_texts.texts(database, who)),
            unread=[*await _unread_items(database, stays), *await of_texts.unread(database, who)],
            drafts=[draft_shape(draft) for draft in await Draft.filter(person_id=who.id) if draft.body],
        )

    return inbox


async def _users(who: Person) -> list[UserShape]:
    if who.side == "client":
        return []
    return [user_shape(user) for user in await User.filter(firm_id=who.firm).order_by("name", "id")]


async def _last(database: Database, newest: str, who: Person) -> list[str]:
    return [row["id"] for row in await database.fetch(newest, [who.id])]


async def _unread_items(database: Database, stays: Sequence[Participant]) -> list[Unread]:
    """For each portal, what others wrote or shared beyond the marker and since the person came (U1)."""
    if not stays:
        return []
    rows = await database.fetch(_UNREAD_ITEMS, [stays[0].person_id])
    numbers: dict[UUID, list[int]] = {stay.portal_id: [] for stay in stays}
    for row in rows:
        numbers[UUID(row["portal_id"])].append(row["number"])
    return [
        Unread(scope=str(stay.portal_id), read_number=stay.read_number, numbers=numbers[stay.portal_id])
        for stay in stays
    ]
