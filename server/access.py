"""Who may see and do what: the whole policy stands here.

To an outsider everything foreign is ``not_found``, in the same words as what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from protocol.errors import Refused
from protocol.events import EVENTS
from protocol.types import Role, Side
from storage.database import Database
from storage.log import Entry
from storage.models import Contact, Document, Matter, Participant, Portal, User

OfFirm = TypeVar("OfFirm", Contact, Matter, User)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in: in one firm, in one role, through one session (or an API token)."""

    id: UUID
    firm: UUID
    role: Role
    session: UUID

    @property
    def side(self) -> Side:
        """Which side of the line the person stands on."""
        return "client" if self.role == "client" else "firm"

    @property
    def log(self) -> UUID:
        """The log that this person's sockets follow: the firm's, or the client's own."""
        return self.id if self.role == "client" else self.firm


@dataclass(slots=True)
class Sight:
    """What one person may see in one log, as of entry ``as_of``; joining and leaving move it on."""

    person: str
    side: Side
    as_of: int
    portals: dict[str, int] = field(default_factory=dict)
    """Each portal of this person, with the number after which its items are visible."""

    def sees(self, entry: Entry) -> bool:
        """Whether an event may reach this person now."""
        audience = EVENTS[entry.kind].audience
        if audience == "person":
            return entry.person == self.person
        if audience == "firm":
            return self.side == "firm"
        visible_from = self.portals.get(entry.scope)
        return visible_from is not None and (entry.number == 0 or entry.number > visible_from)

    def follow(self, entry: Entry) -> None:
        """Take in that this person joined or left a portal; entries up to ``as_of`` are known."""
        if entry.person != self.person or entry.seq <= self.as_of:
            return
        if entry.kind == "portal.joined":
            self.portals[entry.scope] = entry.number
        elif entry.kind == "portal.left":
            self.portals.pop(entry.scope, None)

    @staticmethod
    def ends(entry: Entry, session: str) -> bool:
        """Whether an event ends this session, and with it every socket that stands on it."""
        return entry.kind == "session.ended" and entry.entity == session


async def sight_of(database: Database, who: Person) -> Sight:
    """What a person may see, and the end of the log that it is seen in, by one statement: of one moment.

    Raises:
        Refused: ``not_signed_in``: the session has ended. If it ends after this moment, the log says so.
    """
    rows = await database.fetch(_SIGHT, [who.log, who.id, who.firm, who.session])
    if not rows[0]["signed_in"]:
        raise Refused("not_signed_in")
    portals = {row["portal_id"]: row["visible_from"] for row in rows if row["portal_id"] is not None}
    return Sight(str(who.id), who.side, rows[0]["seq"], portals)


_SIGHT = """
SELECT h.seq, p.portal_id, p.visible_from,
       EXISTS (SELECT 1 FROM session WHERE id = $4 AND ended_at IS NULL)
       OR EXISTS (SELECT 1 FROM api_token WHERE id = $4 AND ended_at IS NULL) AS signed_in
FROM log_head h
LEFT JOIN participant p ON p.person_id = $2 AND p.firm_id = $3 AND p.left_at IS NULL
WHERE h.id = $1
"""


async def stay_in(who: Person, portal: UUID) -> Participant:
    """The person's open stay in a portal.

    Raises:
        Refused: ``not_found``.
    """
    stay = await Participant.get_or_none(portal_id=portal, person_id=who.id, firm_id=who.firm, left_at=None)
    if stay is None:
        raise Refused("not_found")
    return stay


async def enter(who: Person, portal: UUID) -> tuple[Portal, Participant]:
    """Lock a portal for a change by one of its participants; removal and sending wait for each other here.

    Raises:
        Refused: ``not_found``.
    """
    found = await Portal.filter(id=portal, firm_id=who.firm).select_for_update().first()
    if found is None:
        raise Refused("not_found")
    return found, await stay_in(who, portal)


async def clients_in(portal: UUID) -> list[UUID]:
    """The contacts who take part in a portal now: their logs tell what happens in it."""
    return await Participant.filter(portal_id=portal, side="client", left_at=None).values_list(
        "person_id", flat=True
    )  # type: ignore[return-value]


async def of_firm(model: type[OfFirm], who: Person, id_: UUID) -> OfFirm:
    """A contact, matter or user of the person's firm.

    Raises:
        Refused: ``not_found``.
    """
    found = await model.get_or_none(id=id_, firm_id=who.firm)
    if found is None:
        raise Refused("not_found")
    return found


def may_share(who: Person, document: Document) -> bool:
    """Whether somebody in a document's portal may show it there: a client only what it uploaded itself.

    With a share of its own of what the firm shared, a client could keep access after the firm stops sharing,
    or show it to those for whom the firm has hidden what came before them (A2, D3).
    """
    if document.firm_id != who.firm or document.deleted_at is not None:
        return False
    return who.side == "firm" or document.author_id == who.id


async def may_open(database: Database, who: Person, document: Document) -> bool:
    """Whether a person may have a document's content now: the firm by its matter, a client by a share (D3).

    A client also keeps what it uploaded itself for as long as it takes part.
    """
    if document.firm_id != who.firm or document.deleted_at is not None:
        return False
    if who.side == "firm":
        return True
    rows = await database.fetch(
        "SELECT 1 FROM participant p WHERE p.portal_id = $1 AND p.person_id = $2 AND p.left_at IS NULL AND ("
        " $3 = p.person_id OR EXISTS (SELECT 1 FROM share s WHERE s.portal_id = p.portal_id"
        " AND s.document_id = $4 AND s.stopped_at IS NULL AND s.number > p.visible_from))",
        [document.matter_id, who.id, document.author_id, document.id],
    )
    return bool(rows)
