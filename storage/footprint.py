"""What a command leaves besides its effect."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

NO_RESULT = b"null"
"""What the short way keeps as an answer: a message's number is not known before its portal's row is locked,
nor may it stand there in clear. A repeat runs the command again, which finds what it made."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Its answer, kept for repeats under an id and a digest (I9), and its device's number (I10)."""

    reply: UUID
    command: str
    digest: str
    device: UUID | None = None
    number: int | None = None
