"""The table of events: what each states, what its body holds, and which log tells it.

A client that does not know a kind ignores it and moves its cursor all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from protocol.entities import (
    Contact,
    Document,
    Draft,
    Fact,
    Matter,
    Message,
    Participant,
    Portal,
    Session,
    Share,
    Text,
    Thread,
    User,
)
from protocol.types import Count, Id, Shape

Audience = Literal["scope", "clients", "firm", "person"]


class PortalFact(Shape, frozen=True, kw_only=True):
    """A fact of a portal, with the participant as it left them; a reading moves a marker to ``upto``."""

    fact: Fact
    participant: Participant | None = None


class Marker(Shape, frozen=True, kw_only=True):
    """The person's own read marker, for that person's other devices."""

    scope: Id
    number: Count


class People(Shape, frozen=True, kw_only=True):
    """Everybody who takes or took part in a portal, as a client may know it: without times."""

    portal: Id
    participants: list[Participant]


class Joined(Shape, frozen=True, kw_only=True):
    """The portal that the person takes part in from now on; its items come by ``portal.get``."""

    portal: Portal
    participants: list[Participant]


class Left(Shape, frozen=True, kw_only=True):
    """The portal that is closed to this person from now on."""

    portal: Id


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One kind of event.

    ``audience``: ``scope`` reaches the present participants of the portal ``scope`` (those of the firm alone
    unless ``client``); ``clients`` its participants who are clients; ``firm`` every user of the firm;
    ``person`` only the person addressed.
    """

    kind: str
    body: type[Shape]
    audience: Audience
    client: bool
    meaning: str


_TABLE = (
    EventSpec("portal.joined", Joined, "person", True, "You take part from now on."),
    EventSpec("portal.changed", Portal, "scope", True, "The matter's name, number or area changed."),
    EventSpec("portal.left", Left, "person", True, "You no longer take part; forget the portal."),
    EventSpec("portal.read", Marker, "person", True, "You read a portal on one of your devices."),
    EventSpec("message.sent", Message, "scope", True, "Somebody wrote."),
    EventSpec("message.changed", Message, "scope", True, "A message's attachment changed."),
    EventSpec("message.deleted", Message, "scope", True, "A message became a tombstone."),
    EventSpec("message.read", PortalFact, "scope", False, "A participant read up to a message."),
    EventSpec(
        "document.opened", PortalFact, "scope", False, "A participant opened a document for the first time."
    ),
    EventSpec("participant.added", PortalFact, "scope", False, "Somebody was added to the portal."),
    EventSpec("participant.removed", PortalFact, "scope", False, "Somebody was removed from the portal."),
    EventSpec("participant.changed", Participant, "scope", False, "A participant's name or title changed."),
    EventSpec("email.changed", PortalFact, "scope", False, "A participant's sign-in address changed."),
    EventSpec("fact.changed", PortalFact, "scope", False, "A document that a fact names was renamed."),
    EventSpec("participants.changed", People, "clients", True, "Who takes part, as clients know it."),
    EventSpec("share.added", Share, "scope", True, "A document became visible in the portal."),
    EventSpec("share.changed", Share, "scope", True, "A shared document was renamed."),
    EventSpec("share.stopped", Share, "scope", True, "A share ended; its content is refused from now on."),
    EventSpec("draft.saved", Draft, "person", True, "You began or finished writing on one of your devices."),
    EventSpec("session.ended", Session, "person", True, "One of your sessions ended; its sockets close."),
    EventSpec("text.received", Text, "firm", False, "A contact texted the firm."),
    EventSpec("text.queued", Text, "firm", False, "Somebody at the firm texted a contact."),
    EventSpec("text.changed", Text, "firm", False, "A text took a further step, or failed with its reason."),
    EventSpec("thread.changed", Thread, "firm", False, "A thread began, or its number or consent changed."),
    EventSpec("thread.read", Marker, "person", False, "You read a thread on one of your devices."),
    EventSpec("contact.changed", Contact, "firm", False, "A contact was created or changed."),
    EventSpec("matter.changed", Matter, "firm", False, "A matter was created or changed."),
    EventSpec("document.changed", Document, "firm", False, "A document was added, renamed or deleted."),
    EventSpec("user.changed", User, "firm", False, "Somebody at the firm was added or changed."),
)

EVENTS: dict[str, EventSpec] = {spec.kind: spec for spec in _TABLE}
