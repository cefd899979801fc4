"""The life of a text that goes out: its attempts, its states, and when to look at it again (F2, F3).

A text is handed to the carrier in attempts. Each is written down as ``started`` before the carrier is called,
because an answer can be lost, and then the text may be on its way: such an attempt is never followed by
another by itself; only a report that names it, or two hours without one, settles it. An attempt that failed
for sure may be followed by another, and the text fails with its last.

Everything here runs with the text's row locked, so the carrier's answer, its reports and the clock take
their turns in any order. The text's outbox item carries it to its end: it says when to look next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

from protocol.entities import FailureReason, TextState
from protocol.text_states import is_final, may_replace
from server.records import consent
from server.transaction import Transaction
from storage import outbox
from storage.keys import new_id
from storage.models import Text, TextAttempt, TextStep

RECEIPT_WAIT_MS: Final = 2 * 60 * 60 * 1000
"""After so long without a final report a text is unconfirmed, which is not a failure."""
TURN_WAIT_MS: Final = 1_000
"""How soon a text looks again whether the one before it has gone, if that one did not call it."""


class Setback(NamedTuple):
    """Why an attempt failed, and how long to wait after so many failures; none: it was the last."""

    reason: FailureReason
    code: str | None
    wait_ms: Callable[[int], int | None]


class Attempt(NamedTuple):
    """What to hand to the carrier now; ``id`` goes with it as the tag, and comes back in its reports."""

    id: UUID
    our_phone: str
    their_phone: str
    text: str


async def take_up(change: Transaction, text_id: UUID) -> Attempt | None:
    """Look at a text whose time has come: begin an attempt, or settle what there is to settle."""
    text = await _lock(text_id)
    if is_final(_state(text)):
        await outbox.end(change.database, "text", text.id)
        return None
    attempt = await TextAttempt.filter(text_id=text.id).order_by("-number").first()
    if attempt is not None and attempt.state != "failed":
        await _await_receipt(change, text, attempt)
        return None
    if await _others_go_first(text):
        await outbox.plan(change.database, "text", text.id, change.now + TURN_WAIT_MS)
        return None
    if await consent.has_opted_out(change.firm, text.their_phone):
        await _fail(change, text, "opted_out", None, change.now)
        return None
    return await _begin(change, text, 1 if attempt is None else attempt.number + 1)


async def accepted(change: Transaction, attempt_id: UUID, provider_id: str) -> None:
    """The carrier took an attempt and will report on it; it may have reported before it answered."""
    attempt, text = await _lock_attempt(attempt_id)
    if attempt.state == "failed":
        return
    await _settle(attempt, "accepted", provider_id=provider_id)
    await _await_receipt(change, text, attempt)


async def lost(change: Transaction, attempt_id: UUID) -> None:
    """No answer came: the text may be on its way. It is not tried again; a report may still settle it."""
    attempt, text = await _lock_attempt(attempt_id)
    if attempt.state == "started":
        await _await_receipt(change, text, attempt)


async def refused(change: Transaction, attempt_id: UUID, setback: Setback) -> None:
    """The carrier did not take an attempt; a report, if one came first, is believed instead."""
    attempt, text = await _lock_attempt(attempt_id)
    if attempt.state == "started":
        await _set_back(change, text, attempt, setback, change.now)


async def give_up(change: Transaction, text_id: UUID) -> None:
    """End a text that a fault of ours keeps from being handled; it may be on its way nevertheless."""
    text = await _lock(text_id)
    if await TextAttempt.exists(text_id=text.id, state__in=["started", "accepted"]):
        await _advance(change, text, "unconfirmed", change.now)
    else:
        await _fail(change, text, "unknown", None, change.now)
    await outbox.end(change.database, "text", text.id)


async def reported(
    change: Transaction,
    attempt_id: UUID,
    provider_id: str,
    state: TextState,
    at: int,
    setback: Setback | None,
) -> None:
    """The carrier reported on an attempt, in any order, perhaps before its answer; ``setback``: it failed."""
    attempt, text = await _lock_attempt(attempt_id)
    if attempt.state == "failed":
        if is_final(_state(text)):
            await _note_passed(change, text, state, at)
        return
    if attempt.state == "started":
        await _settle(attempt, "accepted", provider_id=provider_id)
        await outbox.plan(change.database, "text", text.id, attempt.at + RECEIPT_WAIT_MS)
    if setback is None:
        await _advance(change, text, state, at)
    elif may_replace(_state(text), "failed"):
        await _set_back(change, text, attempt, setback, at)


async def _lock(text_id: UUID) -> Text:
    return await Text.filter(id=text_id).select_for_update().get()


async def _lock_attempt(attempt_id: UUID) -> tuple[TextAttempt, Text]:
    attempt = await TextAttempt.get(id=attempt_id)
    text = await _lock(attempt.text_id)
    await attempt.refresh_from_db()  # it may have been settled while we waited for the text
    return attempt, text


async def _others_go_first(text: Text) -> bool:
    """Whether an earlier text to the same person is still to be handed over for the first time."""
    return await Text.filter(
        thread_id=text.thread_id, inbound=False, number__lt=text.number, state="queued", retry_at=None
    ).exists()


async def _call_next(change: Transaction, text: Text) -> None:
    """Let the text behind this one go, which may be waiting for its turn."""
    following = await (
        Text.filter(
            thread_id=text.thread_id, inbound=False, number__gt=text.number, state="queued", retry_at=None
        )
        .order_by("number")
        .first()
    )
    if following is not None:
        await outbox.plan(change.database, "text", following.id, change.now)


async def _begin(change: Transaction, text: Text, number: int) -> Attempt:
    attempt = await TextAttempt.create(
        id=new_id(), firm_id=text.firm_id, text_id=text.id, number=number, state="started", at=change.now
    )
    if text.retry_at is not None:
        text.retry_at = None
        await _tell_changed(change, text)
    return Attempt(attempt.id, text.our_phone, text.their_phone, text.body)


async def _settle(
    attempt: TextAttempt, state: str, *, provider_id: str | None = None, code: str | None = None
) -> None:
    attempt.state = state
    attempt.provider_id = provider_id or attempt.provider_id
    attempt.code = code
    await attempt.save(update_fields=["state", "provider_id", "code"])


async def _await_receipt(change: Transaction, text: Text, attempt: TextAttempt) -> None:
    """An attempt is with the carrier, or may be: wait for its report, but not for ever."""
    until = attempt.at + RECEIPT_WAIT_MS
    if change.now >= until:
        await _advance(change, text, "unconfirmed", change.now)
        return
    await _advance(change, text, "sending", change.now)
    await outbox.plan(change.database, "text", text.id, until)


async def _set_back(change: Transaction, text: Text, attempt: TextAttempt, setback: Setback, at: int) -> None:
    """An attempt failed for sure: plan another, or fail the text with its last."""
    await _settle(attempt, "failed", code=setback.code)
    failures = await TextAttempt.filter(text_id=text.id, state="failed").count()
    wait_ms = setback.wait_ms(failures)
    if wait_ms is None:
        await _fail(change, text, setback.reason, setback.code, at)
        return
    text.retry_at = change.now + wait_ms
    await _tell_changed(change, text)
    await outbox.plan(change.database, "text", text.id, text.retry_at)
    if text.state == "queued":
        await _call_next(change, text)


async def _fail(change: Transaction, text: Text, reason: FailureReason, code: str | None, at: int) -> None:
    text.reason, text.reason_code = reason, code
    await _advance(change, text, "failed", at)


async def _advance(change: Transaction, text: Text, state: TextState, at: int) -> None:
    """Take the next step; one that was passed over already is only noted."""
    if not may_replace(_state(text), state):
        await _note_passed(change, text, state, at)
        return
    was_queued = text.state == "queued"
    text.state, text.retry_at = state, None
    await _note(change, text, state, at)
    await _tell_changed(change, text)
    if is_final(state):
        await outbox.end(change.database, "text", text.id)
    if was_queued:
        await _call_next(change, text)


async def _note_passed(change: Transaction, text: Text, state: TextState, at: int) -> None:
    """Complete the timeline by a step of which the carrier told late; a final state stays as it was."""
    if is_final(state) or await TextStep.exists(text_id=text.id, state=state):
        return
    await _note(change, text, state, at)
    await _tell_changed(change, text)


async def _note(change: Transaction, text: Text, state: TextState, at: int) -> None:
    """Write a step into the timeline; never in the future, where the carrier's clock may be."""
    await TextStep.create(firm_id=text.firm_id, text_id=text.id, state=state, at=min(at, change.now))


async def _tell_changed(change: Transaction, text: Text) -> None:
    text.version += 1
    await text.save(update_fields=["version", "state", "reason", "reason_code", "retry_at"])
    change.tell("text.changed", scope=text.thread_id, entity=text.id, version=text.version)


def _state(text: Text) -> TextState:
    return text.state  # type: ignore[return-value]
