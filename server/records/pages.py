"""Pages of a feed: how much of it goes out at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from protocol.queries import MAX_PAGE_BYTES
from protocol.types import Shape

Item = TypeVar("Item", bound=Shape)


def fitting(newest_first: Sequence[Item]) -> list[Item]:
    """As many items as fit in a page, but at least one."""
    kept: list[Item] = []
    room_bytes = MAX_PAGE_BYTES
    for item in newest_first:
        room_bytes -= len(msgspec.json.encode(item))
        if kept and room_bytes < 0:
            break
        kept.append(item)
    return kept
