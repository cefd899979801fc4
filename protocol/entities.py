"""The things that clients hold: each has an ``id`` and a ``version``, and the higher version wins.

Applying an entity twice, or an older one after a newer one, changes nothing; so live events, pages of
history and snapshots can be merged in any order.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from protocol.types import Count, Id, Millis, Number, Role, Shape, Side

TextState = Literal["queued", "held", "sending", "sent", "delivered", "unconfirmed", "failed", "received"]
FailureReason = Literal[
    "unreachable",
    "rejected",
    "temporary",
    "unknown",
    "carrier_error",
    "blocked",
    "opted_out",
    "content",
    "setup",
]
FactKind = Literal[
    "message.read",
    "document.opened",
    "participant.added",
    "participant.removed",
    "email.changed",
    "share.stopped",
]


class User(Shape, frozen=True, kw_only=True):
    """Somebody who works at the firm."""

    id: Id
    version: Count
    name: str
    title: str
    email: str
    role: Role
    active: bool


class Contact(Shape, frozen=True, kw_only=True):
    """Somebody whom the firm knows; emails and phones in the order of the card."""

    id: Id
    version: Count
    name: str
    emails: list[str]
    phones: list[str]
    sign_in_email: str | None
    texting_phone: str | None
    opted_out: bool = False
    note: str = ""


class Matter(Shape, frozen=True, kw_only=True):
    """A case, with its client, related contacts and responsible users (ids)."""

    id: Id
    version: Count
    name: str
    number: str
    area: str
    client: Id
    related: list[Id]
    responsible: list[Id]


class Document(Shape, frozen=True, kw_only=True):
    """A file of a matter; ``media_type`` is what its content was found to be, not what was claimed."""

    id: Id
    version: Count
    matter: Id
    name: str
    size_bytes: Count
    media_type: str
    at: Millis
    author: Id
    deleted: bool = False


class Attachment(Shape, frozen=True, kw_only=True):
    """A document as it hangs on a message."""

    document: Id
    share: Id
    name: str
    size_bytes: Count
    media_type: str
    available: bool = True


class Message(Shape, frozen=True, kw_only=True):
    """One message of a portal. A deleted one is a tombstone: no text, no attachment."""

    id: Id
    version: Count
    portal: Id
    number: Number
    author: Id
    at: Millis
    text: str = ""
    attachment: Attachment | None = None
    deleted: bool = False


class Fact(Shape, frozen=True, kw_only=True):
    """Something that happened in a portal, for the firm's eyes (rule R3).

    It stands after item ``number`` and is the ``fact``-th fact of its portal: facts never take the numbers
    of items, since a gap would tell a client that somebody read something.
    """

    id: Id
    version: Count
    portal: Id
    number: Count
    fact: Number
    kind: FactKind
    actor: Id
    at: Millis
    person: Id | None = None
    upto: Count | None = None
    document: Id | None = None
    document_name: str | None = None


class Participant(Shape, frozen=True, kw_only=True):
    """A person's part in a portal. What stands below ``left`` is shown to the firm alone (rule R4).

    Items after ``visible_from`` may be seen; those after ``joined_number`` were new to the person. How far
    the person has read is a marker of its own: reading must not move a version that clients see.
    """

    id: Id
    version: Count
    portal: Id
    person: Id
    side: Side
    name: str
    title: str = ""
    left: bool = False
    visible_from: Count | UnsetType = UNSET
    joined_number: Count | UnsetType = UNSET
    joined_at: Millis | UnsetType = UNSET
    email: str | UnsetType | None = UNSET


class ReadMarker(Shape, frozen=True, kw_only=True):
    """How far a participant has read a portal, for the firm's eyes; the higher number wins."""

    portal: Id
    person: Id
    number: Count
    at: Millis


class Share(Shape, frozen=True, kw_only=True):
    """A document made visible in a portal, as item ``number`` of the feed: its message's, or its own."""

    id: Id
    version: Count
    portal: Id
    number: Count
    document: Id
    name: str
    size_bytes: Count
    media_type: str
    sharer: Id
    at: Millis
    message: Id | None = None
    stopped: bool = False


class Portal(Shape, frozen=True, kw_only=True):
    """A portal; its id is its matter's id."""

    id: Id
    version: Count
    name: str
    number: str
    area: str
    opened_at: Millis


class TextStep(Shape, frozen=True, kw_only=True):
    """One step in the life of a text."""

    state: TextState
    at: Millis


class Text(Shape, frozen=True, kw_only=True):
    """One text message, in either direction; ``timeline`` is its life so far (rule F2)."""

    id: Id
    version: Count
    thread: Id
    number: Number
    inbound: bool
    at: Millis
    text: str
    state: TextState
    segments: Count
    timeline: list[TextStep]
    author: Id | None = None
    reason: FailureReason | None = None
    reason_code: str | None = None
    retry_of: Id | None = None
    retry_at: Millis | None = None
    flagged: bool = False


class Thread(Shape, frozen=True, kw_only=True):
    """All texts with one contact; its id is the contact's id."""

    id: Id
    version: Count
    name: str
    phone: str | None
    opted_out: bool
    matters: list[Id]


class Unread(Shape, frozen=True, kw_only=True):
    """What one person has not read in a portal or thread: the badge is the length of ``numbers``.

    ``numbers`` are those of what others wrote beyond ``read_number`` and that still stands: in a portal
    messages and shares without a message, in a thread inbound texts.
    """

    scope: Id
    read_number: Count
    numbers: list[Number]


class Draft(Shape, frozen=True, kw_only=True):
    """What a person has begun to write to a portal or thread; empty text means none."""

    id: Id
    version: Count
    scope: Id
    channel: Literal["portal", "text"]
    text: str


class Firm(Shape, frozen=True, kw_only=True):
    """The tenant, as its own people and clients know it."""

    id: Id
    name: str
    slug: str
    time_zone: str
    phone: str | None = None


class Session(Shape, frozen=True, kw_only=True):
    """One signed-in browser or phone of a person."""

    id: Id
    device: str
    created_at: Millis
    used_at: Millis
    expires_at: Millis
    current: bool
