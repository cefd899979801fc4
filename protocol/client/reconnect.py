"""What to do after a close, and how long to wait before coming back."""

from __future__ import annotations

import random
from typing import Literal

from protocol.errors import CLOSE_FAMILIES

Step = Literal["resume", "new_credential", "start_over", "stop"]

_STEPS: dict[str, Step] = {
    "resume": "resume",
    "new_credential": "new_credential",
    "start_over": "start_over",
    "upgrade": "stop",
    "stop": "stop",
}


class Stopped(Exception):
    """The client has stopped for good: the person must act, or this client needs mending."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code}: {reason}")


def step_after(code: int) -> Step:
    """What a close code asks for; codes of no family of ours, such as 1006, are the network's and pass."""
    family = CLOSE_FAMILIES.get(code // 100)
    return _STEPS[family.name] if family else "resume"


class Backoff:
    """Random waits, their bound doubling with every failure: a crowd that was cut off returns spread out."""

    def __init__(self, first_ms: int = 1_000, most_ms: int = 30_000) -> None:
        self._first_ms = first_ms
        self._most_ms = most_ms
        self._failures = 0

    def reset(self) -> None:
        """Note that a connection came to life."""
        self._failures = 0

    def next_ms(self, asked_ms: tuple[int, int] | None = None) -> float:
        """How long to wait now: what the server asked for, else random(0, min(most, first * 2 ** n))."""
        low, high = asked_ms or (0, min(self._most_ms, self._first_ms * 2**self._failures))
        self._failures = min(self._failures + 1, 32)
        return random.uniform(low, high)  # noqa: S311 - it spreads load and keeps no secret
