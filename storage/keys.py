"""Primary keys: made in order of time, or derived from what makes a row unique."""

from __future__ import annotations

import hashlib
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A uuid7: new rows lie side by side in an index. Nothing is ever ordered by it (invariant I15)."""
    return UUID(int=uuid_utils.uuid7().int)


def derived_id(*parts: UUID | str) -> UUID:
    """The same id for the same parts, always and everywhere (uuid8 of their SHA-256)."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    bits = int.from_bytes(digest[:16], "big")
    bits = bits & ~(0xF << 76) | 0x8 << 76
    return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)
