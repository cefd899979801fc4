"""What the carrier tells of a firm's line: texts that came in, and what became of those that went out.

It tells everything at least once, in any order. Each report is kept as it came under a key made of what it is
about, so a repeat is recognised and changes nothing (F2).
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import structlog

from protocol.entities import TextState
from server.records import consent, text_life
from server.records.text_life import Setback
from server.transaction import Transaction
from storage.keys import derived_id
from storage.models import (
    CarrierReport,
    ContactPhone,
    Line,
    StrayText,
    Text,
    TextAttempt,
    TextStep,
    Thread,
)

log = structlog.get_logger()


class Incoming(NamedTuple):
    """A text to the firm's number; ``attachments`` counts what came with it."""

    provider_id: str
    phone: str
    text: str
    attachments: int
    segments: int
    at: int


class Progress(NamedTuple):
    """A step of a text that went out: ``tag`` names the attempt, ``setback`` says why it failed."""

    provider_id: str
    phone: str
    tag: str | None
    state: TextState
    at: int
    setback: Setback | None


async def receive(change: Transaction, line: Line, incoming: Incoming, content: str) -> None:
    """Take in a text: into the thread of its sender, else apart (T2). Opting out counts in any case."""
    if not await _keep(change, incoming.provider_id, "received", incoming.phone, content):
        return
    words = _words_of(incoming)
    cards = await ContactPhone.filter(firm_id=line.firm_id, phone=incoming.phone)
    holders = {card.contact_id for card in cards}
    thread = await _last_written_to(holders)
    if thread is None:
        await StrayText.create(firm_id=line.firm_id, phone=incoming.phone, body=words, at=change.now)
    else:
        await _write(change, line, thread, incoming, words, flagged=len(holders) > 1)
    wish = consent.wish_in(incoming.text)
    if wish is not None:
        await consent.follow(change, incoming.phone, wish)


async def progress(change: Transaction, line: Line, step: Progress, content: str) -> None:
    """Take in what became of an attempt to send, named by its tag or by the carrier's id of it."""
    if not await _keep(change, step.provider_id, step.state, step.phone, content):
        return
    attempt = await _attempt_of(line, step)
    if attempt is None:
        log.warning("texting.report_of_unknown_attempt", firm=str(line.firm_id), state=step.state)
        return
    await text_life.reported(change, attempt.id, step.provider_id, step.state, step.at, step.setback)


async def _keep(change: Transaction, provider_id: str, kind: str, phone: str, content: str) -> bool:
    """Keep a report as it came, once; answer whether it is new."""
    key = derived_id(change.firm, provider_id, kind, phone)
    if await CarrierReport.exists(id=key):
        return False
    await CarrierReport.create(id=key, firm_id=change.firm, at=change.now, content=content)
    return True


async def _last_written_to(contacts: set[UUID]) -> Thread | None:
    """The thread of the contact whom the firm wrote to last, locked; none where it wrote to none of these."""
    return await (
        Thread.filter(id__in=list(contacts), last_outbound_at__isnull=False)
        .order_by("-last_outbound_at")
        .select_for_update()
        .first()
    )


async def _write(
    change: Transaction, line: Line, thread: Thread, incoming: Incoming, words: str, *, flagged: bool
) -> None:
    """Add a text to its thread; ``flagged``: another contact has its number too (T10)."""
    at = min(incoming.at, change.now)
    thread.last_number += 1
    await thread.save(update_fields=["last_number"])
    text = await Text.create(
        id=derived_id(line.firm_id, incoming.provider_id, "text"),
        firm_id=line.firm_id,
        thread_id=thread.id,
        number=thread.last_number,
        inbound=True,
        at=at,
        body=words,
        our_phone=line.phone,
        their_phone=incoming.phone,
        segments=incoming.segments,
        state="received",
        flagged=flagged,
    )
    await TextStep.create(firm_id=line.firm_id, text_id=text.id, state="received", at=at)
    change.tell("text.received", scope=thread.id, entity=text.id, version=text.version)


def _words_of(incoming: Incoming) -> str:
    """What a text said, with a plain word about what came with it and is not shown."""
    if incoming.attachments == 0:
        return incoming.text
    came = "1 attachment" if incoming.attachments == 1 else f"{incoming.attachments} attachments"
    return f"{incoming.text}\n[{came} came with this text and cannot be shown here.]".lstrip()


async def _attempt_of(line: Line, step: Progress) -> TextAttempt | None:
    tagged = _id_in(step.tag)
    if tagged is not None:
        return await TextAttempt.get_or_none(id=tagged, firm_id=line.firm_id)
    return await TextAttempt.filter(provider_id=step.provider_id, firm_id=line.firm_id).first()


def _id_in(tag: str | None) -> UUID | None:
    try:
        return UUID(tag) if tag else None
    except ValueError:
        return None
