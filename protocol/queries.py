"""The table of queries: what can be asked for by ``GET /api/<noun.verb>``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from protocol.commands import EVERYBODY, FIRM
from protocol.entities import (
    Contact,
    Document,
    Draft,
    Fact,
    Firm,
    Matter,
    Message,
    Participant,
    Portal,
    ReadMarker,
    Session,
    Share,
    Text,
    Thread,
    Unread,
    User,
)
from protocol.types import Arguments, Cursor, Id, Line, Millis, Number, Role, Shape

PAGE_ITEMS = 60
MAX_PAGE_BYTES = 256 * 1024

Limit = Annotated[int, Meta(ge=1, le=200)]


class Nothing(Arguments, frozen=True):
    """No arguments."""


class Me(Shape, frozen=True, kw_only=True):
    """Who is asking."""

    id: Id
    name: str
    role: Role
    email: str
    title: str = ""


class Inbox(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """A snapshot of everything that a person's list needs, with the cursor that it was read at.

    ``messages`` and ``texts`` hold the last of each portal and thread; ``shares`` the last that stands by
    itself; ``markers`` the firm's view of who has read how far.
    """

    cursor: Cursor
    me: Me
    firm: Firm
    users: list[User]
    portals: list[Portal]
    participants: list[Participant]
    messages: list[Message]
    shares: list[Share]
    markers: list[ReadMarker]
    threads: list[Thread]
    texts: list[Text]
    unread: list[Unread]
    drafts: list[Draft]


class PortalPage(Arguments, frozen=True, kw_only=True):
    """The newest items of a portal, or those before message number ``before``."""

    portal: Id
    before: Number | None = None


class PortalItems(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """Up to 60 messages with the facts between them, ascending; ``more`` says whether older ones exist.

    All participants, present and former, all shares and the firm's view of who has read how far come with
    the newest page.
    """

    cursor: Cursor
    portal: Portal
    participants: list[Participant]
    messages: list[Message]
    facts: list[Fact]
    markers: list[ReadMarker]
    shares: list[Share]
    more: bool


class ThreadPage(Arguments, frozen=True, kw_only=True):
    """The newest texts with a contact, or those before text number ``before``."""

    contact: Id
    before: Number | None = None


class ThreadItems(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """Up to 60 texts, ascending; ``more`` says whether older ones exist."""

    cursor: Cursor
    thread: Thread
    contact: Contact
    texts: list[Text]
    more: bool


class Search(Arguments, frozen=True, kw_only=True):
    """A page of records by name; ``after`` is the last id of the page before."""

    find: Line = ""
    after: Id | None = None
    limit: Limit = 50


class Contacts(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """Contacts by name."""

    contacts: list[Contact]
    more: bool


class ContactQuery(Arguments, frozen=True, kw_only=True):
    """One contact."""

    contact: Id


class ContactCard(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """A contact with the matters in which it is the client or related."""

    contact: Contact
    matters: list[Matter]
    has_thread: bool


class Matters(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """Matters by name."""

    matters: list[Matter]
    more: bool


class MatterQuery(Arguments, frozen=True, kw_only=True):
    """One matter."""

    matter: Id


class MatterCard(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """A matter with its people and documents.

    ``portal``: ``none`` it can be opened; ``open`` the asker takes part; ``closed_to_you`` it exists (told
    to admins only, who may add themselves or a colleague); ``hidden`` nothing is told (rule P9).
    """

    matter: Matter
    contacts: list[Contact]
    documents: list[Document]
    shares: list[Share]
    portal: str
    participants: list[Participant]


class Users(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """Everybody at the firm."""

    users: list[User]


class Sessions(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """The person's signed-in browsers and phones."""

    sessions: list[Session]


class StrayText(Shape, frozen=True, kw_only=True):
    """A text from a number that the firm never wrote to."""

    id: Id
    phone: str
    text: str
    at: Millis


class Quarantine(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """Texts that belong to no thread (rule T2), newest first."""

    texts: list[StrayText]


@dataclass(frozen=True, slots=True)
class QuerySpec:
    """What a query takes and gives, and the roles that may ask."""

    name: str
    args: type[Arguments]
    result: type[Shape]
    roles: frozenset[Role]


ANY_QUERY_REFUSES = ("invalid", "not_signed_in", "forbidden", "not_found", "unavailable", "internal")

_TABLE = (
    QuerySpec("inbox.get", Nothing, Inbox, EVERYBODY),
    QuerySpec("portal.get", PortalPage, PortalItems, EVERYBODY),
    QuerySpec("thread.get", ThreadPage, ThreadItems, FIRM),
    QuerySpec("contact.list", Search, Contacts, FIRM),
    QuerySpec("contact.get", ContactQuery, ContactCard, FIRM),
    QuerySpec("matter.list", Search, Matters, FIRM),
    QuerySpec("matter.get", MatterQuery, MatterCard, FIRM),
    QuerySpec("user.list", Nothing, Users, FIRM),
    QuerySpec("session.list", Nothing, Sessions, EVERYBODY),
    QuerySpec("quarantine.list", Nothing, Quarantine, frozenset({"admin"})),
)

QUERIES: dict[str, QuerySpec] = {spec.name: spec for spec in _TABLE}
