"""The magic recipients: numbers that fail, each in its own way, so that every failure can be looked at.

``+1 415 555 01NN`` with NN from this table; every other number is an ordinary phone. The area 555-0100 to
555-0199 is set aside for fiction and validates as real.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from msgspec import Struct

Fault = Literal[
    "lost_answer", "callback_first", "duplicate", "reorder", "silent", "slow", "throttled", "unavailable"
]


class Plan(NamedTuple):
    """What becomes of a text: an HTTP refusal, an error code, faults on the way, or none of these."""

    status: int | None = None
    code: int | None = None
    times: int | None = None
    """How many texts in a row fail before one is delivered; none is delivered where this is ``None``."""
    late_receipt: bool = False
    faults: frozenset[Fault] = frozenset()


class MagicRecipient(Struct, frozen=True):
    """A row of the table that is shown beside the phone."""

    number: str
    group: str
    words: str
    code: str


_PREFIX = "+141555501"
_ROWS: Final[tuple[tuple[str, str, str, Plan], ...]] = (
    ("01", "Unreachable number", "No such number", Plan(code=4720)),
    ("02", "Unreachable number", "Its carrier cannot be reached", Plan(code=4701)),
    ("10", "Rejected", "Its carrier rejects the text", Plan(code=4750)),
    ("11", "Rejected", "Taken for spam; blocked while not verified", Plan(code=4770)),
    ("12", "Opted out", "The person has opted out", Plan(code=4775)),
    ("13", "Blocked", "Your number is not verified", Plan(code=4795)),
    ("20", "Temporary error", "Bandwidth has trouble, always", Plan(code=5201)),
    ("21", "Temporary error", "Trouble twice, then delivered", Plan(code=5211, times=2)),
    ("22", "Temporary error", "Too many texts this hour", Plan(code=4781)),
    ("23", "Temporary error", "The phone is off", Plan(code=4702)),
    ("30", "Carrier error", "Its carrier has trouble, always", Plan(code=5600)),
    ("31", "Carrier error", "Trouble once, then delivered", Plan(code=5650, times=1)),
    ("32", "Unknown error", "Nobody knows why", Plan(code=5999)),
    ("33", "Unconfirmed", "No receipt ever comes", Plan(code=9902)),
    ("34", "Unconfirmed", "The receipt comes late", Plan(code=9902, late_receipt=True)),
    ("40", "Content", "The text is not acceptable", Plan(code=4711)),
    ("41", "Setup", "The number may not send", Plan(code=4405)),
    ("50", "Refused at once", "Not a number", Plan(status=400)),
    ("51", "Refused at once", "Wrong credentials", Plan(status=401)),
    ("52", "Refused at once", "The queue is full", Plan(status=429)),
    ("53", "Refused at once", "Bandwidth is down", Plan(status=503)),
    ("60", "Odd behaviour", "Takes the text, loses the answer", Plan(faults=frozenset({"lost_answer"}))),
    ("61", "Odd behaviour", "Reports before it answers", Plan(faults=frozenset({"callback_first"}))),
    ("62", "Odd behaviour", "Reports everything twice", Plan(faults=frozenset({"duplicate"}))),
    ("63", "Odd behaviour", "Reports in reverse order", Plan(faults=frozenset({"reorder"}))),
    ("64", "Odd behaviour", "Never reports", Plan(faults=frozenset({"silent"}))),
    ("65", "Odd behaviour", "Answers after three seconds", Plan(faults=frozenset({"slow"}))),
)

ORDINARY: Final = Plan()
_PLANS: Final = {_PREFIX + suffix: plan for suffix, _, _, plan in _ROWS}

MAGIC_RECIPIENTS: Final = tuple(
    MagicRecipient(_PREFIX + suffix, group, words, str(plan.code or plan.status or ""))
    for suffix, group, words, plan in _ROWS
)


def plan_for(number: str, texts_before: int) -> Plan:
    """Answer what becomes of the next text to a number that was already sent ``texts_before`` texts."""
    plan = _PLANS.get(number, ORDINARY)
    if plan.times is not None and texts_before % (plan.times + 1) == plan.times:
        return ORDINARY
    return plan
