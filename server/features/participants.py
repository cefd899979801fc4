"""Who takes part in a portal: adding, removing, and what each learns of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from protocol.commands.participants import AddParticipant, RemoveParticipant
from protocol.entities import Participant as ParticipantShape
from protocol.errors import Refused
from protocol.events import PortalFact
from protocol.types import Side
from server import access
from server.access import Person
from server.dispatch import CommandFunction
from server.records import facts, people, portals
from server.render import BodyFunction, by_entity, one_by_one
from server.transaction import Transaction
from storage.keys import derived_id
from storage.log import Entry
from storage.models import Contact, Draft, Fact, Participant, Portal, User


async def add_participant(change: Transaction, who: Person, args: AddParticipant) -> ParticipantShape:
    """Add a firm user or contact; an admin may do so from outside, to cover an absent colleague (P9).

    Raises:
        Refused: ``not_found``, ``conflict``.
    """
    person = UUID(args.person)
    await people.hold(who.firm, person)
    portal = await _lock(who, UUID(args.portal))
    if who.role != "admin":
        await access.stay_in(who, portal.id)  # before the person is looked for: else its refusal would tell
    side = await _side_of(who, person)
    if side == "client":
        await access.stay_in(who, portal.id)
    if await Participant.exists(portal_id=portal.id, person_id=person, left_at=None):
        raise Refused("conflict", "This person takes part already.")
    visible_from = portal.last_number if side == "client" and args.history == "from_now" else 0
    stay = await portals.join(change, portal, person, side, visible_from)
    await facts.record_fact(change, portal, "participant.added", person=person)
    return (await portals.participant_shapes(who.firm, [stay], "firm"))[0]


async def remove_participant(change: Transaction, who: Person, args: RemoveParticipant) -> ParticipantShape:
    """End a person's part at once, on every connection (A4); the last of the firm stays (P9).

    Raises:
        Refused: ``not_found``, ``last_firm_participant``.
    """
    portal = await _lock(who, UUID(args.portal))
    await access.stay_in(who, portal.id)
    person = UUID(args.person)
    stay = await Participant.get_or_none(portal_id=portal.id, person_id=person, left_at=None)
    if stay is None:
        raise Refused("not_found", "This person does not take part.")
    if stay.side == "firm" and not await _firm_stays_without(stay):
        raise Refused("last_firm_participant")
    stay.left_at = change.now
    stay.version += 1
    await stay.save(update_fields=["left_at", "version"])
    await _forget_draft(portal.id, person)
    side: Side = "firm" if stay.side == "firm" else "client"
    change.tell_person("portal.left", person, side, scope=portal.id, entity=portal.id, version=portal.version)
    await portals.tell_clients_who_takes_part(change, portal)
    # The fact tells the person's latest stay; by when it is delivered that may be a new one.
    change.tell("participant.changed", scope=portal.id, entity=stay.id, version=stay.version)
    await facts.record_fact(change, portal, "participant.removed", person=person)
    return (await portals.participant_shapes(who.firm, [stay], "firm"))[0]


async def _lock(who: Person, portal_id: UUID) -> Portal:
    portal = await Portal.filter(id=portal_id, firm_id=who.firm).select_for_update().first()
    if portal is None:
        raise Refused("not_found")
    return portal


async def _side_of(who: Person, person: UUID) -> Side:
    if await User.exists(id=person, firm_id=who.firm, active=True):
        return "firm"
    if await Contact.exists(id=person, firm_id=who.firm):
        return "client"
    raise Refused("not_found", "There is no such person at the firm or among its contacts.")


async def _firm_stays_without(stay: Participant) -> bool:
    """Whether somebody who still works at the firm would be left in the portal."""
    others = Participant.filter(portal_id=stay.portal_id, side="firm", left_at=None).exclude(id=stay.id)
    people = await others.values_list("person_id", flat=True)
    return await User.exists(id__in=list(people), active=True)


async def _forget_draft(portal: UUID, person: UUID) -> None:
    """What a person had begun to write goes with the part; whoever comes back begins anew."""
    draft = await Draft.get_or_none(id=derived_id(person, portal, "portal", "draft"))
    if draft is not None:
        draft.body = ""
        draft.version += 1
        await draft.save(update_fields=["body", "version"])


async def _fact(_: Side, entry: Entry) -> PortalFact:
    """A fact with the stay of the person it is about, as that is now."""
    fact = await Fact.get(id=entry.entity)
    return PortalFact(fact=(await facts.fact_shapes([fact]))[0], participant=await _stay_of(fact))


async def _stay_of(fact: Fact) -> ParticipantShape | None:
    if fact.person_id is None:
        return None
    stay = (
        await Participant.filter(portal_id=fact.portal_id, person_id=fact.person_id)
        .order_by("-joined_at")
        .first()
    )
    if stay is None:
        return None
    return (await portals.participant_shapes(fact.firm_id, [stay], "firm"))[0]


async def _participants(ids: Collection[str]) -> list[ParticipantShape]:
    stays = await Participant.filter(id__in=list(ids))
    return [
        shape for stay in stays for shape in await portals.participant_shapes(stay.firm_id, [stay], "firm")
    ]


COMMANDS: Mapping[str, CommandFunction] = {
    "participant.add": add_participant,
    "participant.remove": remove_participant,
}
BODIES: Mapping[str, BodyFunction] = {
    "participant.added": one_by_one(_fact),
    "participant.removed": one_by_one(_fact),
    "participant.changed": by_entity(_participants),
    "email.changed": one_by_one(_fact),
    "message.read": one_by_one(_fact),
    "document.opened": one_by_one(_fact),
    "fact.changed": one_by_one(_fact),
}
