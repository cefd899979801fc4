"""Handing texts to the carrier, each attempt written down before it is made (F3)."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol, TypeVar
from uuid import UUID

import structlog

from protocol.entities import FailureReason
from server.clock import Clock
from server.gateways.bandwidth import Accepted, Outcome, Rejected
from server.gateways.bandwidth_codes import NEVER, Failure
from server.records import text_life
from server.records.text_life import Setback
from server.transaction import Doorbell, Transaction, change_alone
from storage.database import Database
from storage.outbox import Claimed, Kind

PAUSE_MS: Final = 5 * 60 * 1000
"""After the carrier refused our credentials: every further text would only fail in the same way."""

T = TypeVar("T")
log = structlog.get_logger()


class Carrier(Protocol):
    """What sends a text; see ``server.gateways.bandwidth``."""

    async def send(self, from_: str, to: str, text: str, tag: str) -> Outcome:
        """Send one text to one number; the tag comes back in the carrier's reports."""


class NoCarrier:
    """Stands where no carrier is configured: a text then fails with its reason, instead of waiting unseen."""

    async def send(self, from_: str, to: str, text: str, tag: str) -> Outcome:  # noqa: ARG002, a carrier's signature
        """Refuse, as a carrier would that does not know us."""
        return Rejected(Failure("setup", NEVER, pauses=False), "no carrier is configured")


class TextWork:
    """The work of the outbox's items of kind ``text``; an item carries its text from the queue to its end."""

    kind: Kind = "text"

    def __init__(self, database: Database, bell: Doorbell, clock: Clock, carrier: Carrier) -> None:
        self._database = database
        self._bell = bell
        self._clock = clock
        self._carrier = carrier
        self._paused_until = 0

    def is_paused(self, now: int) -> bool:
        """Whether the carrier refused our credentials a short while ago."""
        return now < self._paused_until

    async def do(self, item: Claimed) -> None:
        """Look at a text and hand it over if its time has come.

        The attempt is committed before the carrier is called. If this process dies before the answer is
        written down, the attempt stays ``started``, and nobody sends the text again.
        """
        attempt = await self._change(item, lambda change: text_life.take_up(change, item.subject))
        if attempt is None:
            return
        outcome = await self._carrier.send(
            attempt.our_phone, attempt.their_phone, attempt.text, str(attempt.id)
        )
        if isinstance(outcome, Rejected) and outcome.failure.pauses:
            self._pause(outcome)
        await self._change(item, lambda change: _record(change, attempt.id, outcome))

    async def give_up(self, item: Claimed) -> None:
        """Fail a text that this server cannot handle."""
        await self._change(item, lambda change: text_life.give_up(change, item.subject))

    async def _change(self, item: Claimed, step: Callable[[Transaction], Awaitable[T]]) -> T:
        """Make a change that nobody in particular makes: its actor is the firm."""
        return await change_alone(
            self._database, self._bell, step, firm=item.firm, actor=item.firm, now=self._clock()
        )

    def _pause(self, outcome: Rejected) -> None:
        self._paused_until = self._clock() + PAUSE_MS
        log.error(
            "texting.paused",
            alert="The carrier refuses our credentials: check CAUSEWAY_BANDWIDTH_*.",
            status=outcome.status,
            pause_ms=PAUSE_MS,
        )


async def _record(change: Transaction, attempt: UUID, outcome: Outcome) -> None:
    if isinstance(outcome, Accepted):
        await text_life.accepted(change, attempt, outcome.message_id)
    elif isinstance(outcome, Rejected):
        await text_life.refused(change, attempt, _setback(outcome))
    else:
        log.warning("texting.answer_lost", attempt=str(attempt))
        await text_life.lost(change, attempt)


def _setback(outcome: Rejected) -> Setback:
    jitter = random.random()  # noqa: S311, so that texts which failed together do not come back together
    code = None if outcome.status is None else f"HTTP {outcome.status}"
    return Setback(_reason(outcome), code, partial(outcome.retry.after_ms, jitter=jitter))


def _reason(outcome: Rejected) -> FailureReason:
    # That a receipt is missing is never said by refusing a call.
    return "unknown" if outcome.reason == "unconfirmed" else outcome.reason
