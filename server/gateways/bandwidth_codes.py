"""What Bandwidth's error codes mean to a law firm: the reason that is shown, and whether to try again.

The digits carry a category: 40 to 46 is our side or Bandwidth's client side, 47 the carrier refusing, 50 to
55 Bandwidth's own trouble, 56 the carrier's. A code that is not in the table is judged by that range, so
that a code invented tomorrow still ends in a sensible place.

Source: Bandwidth's "Messaging errors and codes" and its HTTP responses.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, NamedTuple

from protocol.entities import FailureReason

UNCONFIRMED_CODE: Final = 9902
"""No receipt came within two hours. This is not a failure: a later receipt still delivers the text."""

Reason = FailureReason | Literal["unconfirmed"]
RetryKind = Literal["never", "by_hand", "on_verified", "after"]

_JITTER_SHARE = 0.25


class Retry(NamedTuple):
    """Who may try again: nobody, a person, a person once the number is verified, or the outbox by itself."""

    kind: RetryKind
    delays_ms: tuple[int, ...] = ()

    def after_ms(self, failures: int, jitter: float) -> int | None:
        """Answer how long the outbox waits after this many failures (1 is the first); ``None`` is the end.

        ``jitter`` is a random number in [0, 1), passed in; it lengthens the delay by up to a quarter, so that
        texts that failed together do not come back together.
        """
        if not 1 <= failures <= len(self.delays_ms):
            return None
        return round(self.delays_ms[failures - 1] * (1 + _JITTER_SHARE * jitter))


NEVER: Final = Retry("never")
BY_HAND: Final = Retry("by_hand")
ON_VERIFIED: Final = Retry("on_verified")
BACKOFF: Final = Retry("after", (30_000, 120_000, 600_000))
AFTER_AN_HOUR: Final = Retry("after", (3_600_000,))
ONCE: Final = Retry("after", (30_000,))


class Failure(NamedTuple):
    """Why a text did not go, and what may be done; ``pauses`` stops all sending until an admin looks."""

    reason: Reason
    retry: Retry
    pauses: bool = False


_BLOCKED: Final = Failure("blocked", ON_VERIFIED)
_BLOCKED_WHILE_NOT_VERIFIED: Final = frozenset({4470, 4481, 4770, 4772})

# fmt: off
_ROWS: Final[tuple[tuple[Failure, tuple[int, ...]], ...]] = (
    (Failure("unreachable", NEVER), (4303, 4350, 4401, 4404, 4406, 4408, 4420, 4421, 4432, 4434, 4492,
                                     4720, 4721)),
    (Failure("unreachable", BY_HAND), (4701, 4730)),
    (Failure("rejected", NEVER), (4470, 4481, 4700, 4735, 4740, 4750, 4751, 4752, 4753, 4754,
                                  4770, 4771, 4772, 4773, 4774, 4790, 4791, 4792, 4793)),
    (Failure("opted_out", NEVER), (4475, 4775)),
    (Failure("temporary", BACKOFF), (5100, 5101, 5111, 5201, 5211, 5220, 5501)),
    (Failure("temporary", AFTER_AN_HOUR), (4780, 4781, 4785)),
    (Failure("temporary", BY_HAND), (4360, 4702, 4794, 5106, 5231)),
    (Failure("carrier_error", ONCE), (5500, 5600, 5610, 5620, 5630, 5650)),
    (_BLOCKED, (4476, 4795)),
    (Failure("unknown", BY_HAND), (5999, 9999)),
    (Failure("unconfirmed", BY_HAND), (UNCONFIRMED_CODE,)),
    (Failure("setup", NEVER), (4001, 4302, 4403, 4405, 4407, 4431, 4433, 4435, 4451, 4452, 4493)),
    (Failure("content", NEVER), (4301, 4409, 4410, 4411, 4412, 4710, 4711, 4712)),
)
# fmt: on

FAILURES: Final[dict[int, Failure]] = {code: failure for failure, codes in _ROWS for code in codes}


def failure_of_code(code: int, *, verified: bool) -> Failure:
    """Judge an error code of a callback; some refusals mean "blocked" while the number is not verified."""
    if not verified and code in _BLOCKED_WHILE_NOT_VERIFIED:
        return _BLOCKED
    return FAILURES.get(code) or _failure_of_range(code // 100)


def _failure_of_range(category: int) -> Failure:
    if 40 <= category <= 47:
        return Failure("unknown", NEVER)
    if 50 <= category <= 55:
        return Failure("unknown", BACKOFF)
    return Failure("unknown", ONCE if category == 56 else BY_HAND)


_PAUSES: Final = Failure("setup", NEVER, pauses=True)
_FAILURES_BY_STATUS: Final = {
    401: _PAUSES,
    403: _PAUSES,
    404: Failure("setup", NEVER),
    415: Failure("setup", NEVER),
    408: Failure("temporary", BACKOFF),
    429: Failure("temporary", BACKOFF),
}
_FAILURES_BY_FIELD: Final = {
    "to": Failure("unreachable", NEVER),
    "text": Failure("content", NEVER),
    "from": Failure("setup", NEVER),
    "applicationId": Failure("setup", NEVER),
}


def failure_of_status(status: int, fields: Collection[str] = ()) -> Failure:
    """Judge an HTTP answer that refused a send; ``fields`` are those that a 400 complains of."""
    if status == 400:
        # A recipient that cannot be reached is the firm's to correct, whatever else is wrong with the call.
        return next((failure for name, failure in _FAILURES_BY_FIELD.items() if name in fields), _UNJUDGED)
    if status >= 500:
        return Failure("temporary", BACKOFF)
    if 300 <= status < 400:
        return Failure("setup", NEVER)
    return _FAILURES_BY_STATUS.get(status, _UNJUDGED)


_UNJUDGED: Final = Failure("unknown", BY_HAND)
