"""Reading texts: threads, their pages, what is unread, what belongs to no thread. All is the firm's (T4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from protocol.commands.portals import MarkerMoved
from protocol.commands.texting import ReadThread
from protocol.entities import Text as TextShape
from protocol.entities import Thread as ThreadShape
from protocol.entities import Unread
from protocol.errors import Refused
from protocol.events import Marker
from protocol.queries import PAGE_ITEMS, Nothing, Quarantine, ThreadItems, ThreadPage
from protocol.queries import StrayText as StrayTextShape
from protocol.types import Side
from server import access
from server.access import Person
from server.dispatch import CommandFunction, QueryFunction
from server.records.pages import fitting
from server.records.people import contact_shapes
from server.records.texts import text_shapes, thread_shapes
from server.render import BodyFunction, by_entity, one_by_one
from server.transaction import Transaction
from storage import log
from storage.database import Database
from storage.keys import derived_id
from storage.log import Entry
from storage.models import Contact, StrayText, Text, Thread, ThreadMarker

QUARANTINE_ITEMS = 200


async def read_thread(change: Transaction, who: Person, args: ReadThread) -> MarkerMoved:
    """Move the reader's marker forward, never back, and never beyond what is there.

    Raises:
        Refused: ``not_found``.
    """
    thread = await Thread.get_or_none(id=args.contact, firm_id=who.firm)
    if thread is None:
        raise Refused("not_found")
    marker = await _marker(who, thread)
    number = min(args.number, thread.last_number)
    if number <= marker.read_number:
        return MarkerMoved(number=marker.read_number)
    marker.read_number = number
    await marker.save(update_fields=["read_number"])
    change.tell_person("thread.read", who.id, who.side, scope=thread.id, entity=marker.id, version=number)
    return MarkerMoved(number=number)


async def _marker(who: Person, thread: Thread) -> ThreadMarker:
    """The reader's marker, locked: two devices of one person move it at once."""
    key = derived_id(who.id, thread.id, "thread-marker")
    marker = await ThreadMarker.filter(id=key).select_for_update().first()
    return marker or await ThreadMarker.create(
        id=key, firm_id=who.firm, thread_id=thread.id, user_id=who.id, read_number=0
    )


async def thread_items(database: Database, who: Person, args: ThreadPage) -> ThreadItems:
    """One page of the texts with a contact; before the first text it is an empty one, to begin from.

    Raises:
        Refused: ``not_found``.
    """
    contact = await access.of_firm(Contact, who, UUID(args.contact))
    threads = await Thread.filter(id=contact.id)
    older = Text.filter(thread_id=contact.id)
    if args.before is not None:
        older = older.filter(number__lt=args.before)
    found = await older.order_by("-number").limit(PAGE_ITEMS + 1)
    texts = fitting(await text_shapes(found[:PAGE_ITEMS]))
    head = (await log.heads(database, [str(who.log)]))[str(who.log)]
    return ThreadItems(
        cursor=str(head.cursor),
        thread=(await thread_shapes(who.firm, [contact], {thread.id: thread for thread in threads}))[0],
        contact=(await contact_shapes(who.firm, [contact]))[0],
        texts=texts[::-1],
        more=len(found) > len(texts),
    )


async def quarantine(_: Database, who: Person, __: Nothing) -> Quarantine:
    """The newest texts that belong to no thread, because the firm never wrote to their numbers (T2)."""
    found = await StrayText.filter(firm_id=who.firm).order_by("-at", "id").limit(QUARANTINE_ITEMS)
    return Quarantine(
        texts=[
            StrayTextShape(id=str(stray.id), phone=stray.phone, text=stray.body, at=stray.at)
            for stray in found
        ]
    )


async def inbox_threads(_: Database, who: Person) -> list[ThreadShape]:
    """All threads of the firm, for one of its users; inside a snapshot."""
    if who.side != "firm":
        return []
    threads = {thread.id: thread for thread in await Thread.filter(firm_id=who.firm)}
    contacts = await Contact.filter(id__in=list(threads)).order_by("name", "id")
    return await thread_shapes(who.firm, contacts, threads)


async def inbox_texts(database: Database, who: Person) -> list[TextShape]:
    """The last text of each thread, for a user of the firm; inside a snapshot."""
    if who.side != "firm":
        return []
    rows = await database.fetch(
        "SELECT t.id FROM thread h JOIN text t ON t.thread_id = h.id AND t.number = h.last_number"
        " WHERE h.firm_id = $1",
        [who.firm],
    )
    return await text_shapes(await Text.filter(id__in=[row["id"] for row in rows]))


async def unread_texts(database: Database, who: Person) -> list[Unread]:
    """What this user of the firm has not read, by thread: texts that came in after the marker (U1)."""
    if who.side != "firm":
        return []
    rows = await database.fetch(
        "SELECT h.id, COALESCE(m.read_number, 0) AS read_number, t.number FROM thread h"
        " LEFT JOIN thread_marker m ON m.thread_id = h.id AND m.user_id = $2"
        " LEFT JOIN text t ON t.thread_id = h.id AND t.inbound AND t.number > COALESCE(m.read_number, 0)"
        " WHERE h.firm_id = $1 ORDER BY h.id, t.number",
        [who.firm, who.id],
    )
    unread = {row["id"]: Unread(scope=row["id"], read_number=row["read_number"], numbers=[]) for row in rows}
    for row in rows:
        if row["number"] is not None:
            unread[row["id"]].numbers.append(row["number"])
    return list(unread.values())


async def _texts(ids: Collection[str]) -> list[TextShape]:
    return await text_shapes(await Text.filter(id__in=list(ids)))


async def _threads(ids: Collection[str]) -> list[ThreadShape]:
    threads = {thread.id: thread for thread in await Thread.filter(id__in=list(ids))}
    contacts = await Contact.filter(id__in=list(threads))
    return [shape for each in contacts for shape in await thread_shapes(each.firm_id, [each], threads)]


async def _marker_body(_: Side, entry: Entry) -> Marker:
    marker = await ThreadMarker.get(id=entry.entity)
    return Marker(scope=entry.scope, number=marker.read_number)


COMMANDS: Final[Mapping[str, CommandFunction]] = {"thread.read": read_thread}
QUERIES: Final[Mapping[str, QueryFunction]] = {"thread.get": thread_items, "quarantine.list": quarantine}
BODIES: Final[Mapping[str, BodyFunction]] = {
    "text.received": by_entity(_texts),
    "text.queued": by_entity(_texts),
    "text.changed": by_entity(_texts),
    "thread.changed": by_entity(_threads),
    "thread.read": one_by_one(_marker_body),
}
