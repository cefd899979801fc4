"""How much one peer may ask for, and how often the hub looks after things."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass


def monotonic_clock() -> int:
    """Milliseconds from an arbitrary moment; for durations, since the clock on the wall may be set."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Pace:
    """The hub's own rhythms. ``strangers`` are sockets before ``hello``, counted by address."""

    sweep_ms: int = 500
    tick_ms: int = 1_000
    tail_linger_ms: int = 60_000
    strangers: int = 512


def jittered_s(interval_ms: int) -> float:
    """An interval within a fifth of what is asked for, in seconds, so that nodes do not fall into step."""
    return interval_ms * random.uniform(0.8, 1.2) / 1_000  # noqa: S311 - spreads load, guards nothing


class TokenBucket:
    """So many a second, and so many at once."""

    __slots__ = ("_at", "_burst", "_per_ms", "_tokens")

    def __init__(self, per_second: float, burst: int, now: int) -> None:
        self._per_ms = per_second / 1_000
        self._burst = float(burst)
        self._tokens = float(burst)
        self._at = now

    def take(self, now: int) -> bool:
        """Take one, if there is one."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_ms)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def wait_ms(self) -> int:
        """How long until there is one again."""
        return max(0, round((1 - self._tokens) / self._per_ms))
