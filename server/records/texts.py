"""Texts and threads as they are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from protocol.entities import Text as TextShape
from protocol.entities import TextState
from protocol.entities import TextStep as TextStepShape
from protocol.entities import Thread as ThreadShape
from server.records.people import opt_out_id
from storage.models import Contact, Matter, MatterContact, OptOut, Text, TextStep, Thread

# The carrier's clock is not ours, so a timeline is ordered by what can follow what.
_TIMELINE: tuple[TextState, ...] = (
    "received",
    "held",
    "queued",
    "sending",
    "sent",
    "unconfirmed",
    "delivered",
    "failed",
)


async def text_shapes(texts: Sequence[Text]) -> list[TextShape]:
    """Texts with their lives so far, in the order given."""
    timelines: dict[UUID, list[TextStepShape]] = {text.id: [] for text in texts}
    for step in await TextStep.filter(text_id__in=list(timelines)):
        timelines[step.text_id].append(TextStepShape(state=step.state, at=step.at))  # type: ignore[arg-type]
    return [
        _text_shape(text, sorted(timelines[text.id], key=lambda step: _TIMELINE.index(step.state)))
        for text in texts
    ]


def _text_shape(text: Text, timeline: list[TextStepShape]) -> TextShape:
    return TextShape(
        id=str(text.id),
        version=text.version,
        thread=str(text.thread_id),
        number=text.number,
        inbound=text.inbound,
        at=text.at,
        text=text.body,
        state=text.state,  # type: ignore[arg-type]
        segments=text.segments,
        timeline=timeline,
        author=None if text.author_id is None else str(text.author_id),
        reason=text.reason,  # type: ignore[arg-type]
        reason_code=text.reason_code,
        retry_of=None if text.retry_of is None else str(text.retry_of),
        retry_at=text.retry_at,
        flagged=text.flagged,
    )


async def thread_shapes(
    firm: UUID, contacts: Collection[Contact], threads: Mapping[UUID, Thread]
) -> list[ThreadShape]:
    """The threads with these contacts, in their order; one that has not begun has version 0.

    A thread shows on every matter that its contact is the client of or related to (T3); the list is made
    here, each time, and nothing is copied.
    """
    matters = await _matters_of(firm, [contact.id for contact in contacts])
    keys = [opt_out_id(firm, contact.texting_phone) for contact in contacts if contact.texting_phone]
    opted_out = {row.phone for row in await OptOut.filter(id__in=keys)}
    return [
        ThreadShape(
            id=str(contact.id),
            version=threads[contact.id].version if contact.id in threads else 0,
            name=contact.name,
            phone=contact.texting_phone,
            opted_out=contact.texting_phone in opted_out,
            matters=[str(matter) for matter in matters[contact.id]],
        )
        for contact in contacts
    ]


async def _matters_of(firm: UUID, contacts: Collection[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, dict[UUID, None]] = {
        contact: {} for contact in contacts
    }  # a dictionary keeps order, once
    for matter in await Matter.filter(firm_id=firm, client_id__in=list(contacts)).order_by("name", "id"):
        found[matter.client_id][matter.id] = None
    for relation in await MatterContact.filter(firm_id=firm, contact_id__in=list(contacts)).order_by("id"):
        found[relation.contact_id][relation.matter_id] = None
    return {contact: list(matters) for contact, matters in found.items()}
