"""What the HTTP layer tells the hub about whoever opened a socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protocol.frames import Hello
from server.access import Person


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who said hello, and when the session ends by time (milliseconds UTC)."""

    person: Person
    expires: int


Greet = Callable[[Hello], Awaitable[Greeting]]
"""Checks what ``hello`` brought. Raises ProtocolViolation (``bad_ticket``, ``forbidden``) and StoreAway."""
