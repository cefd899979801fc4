"""The one range of bytes that a download may ask for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=(?:(?P<first>[0-9]{1,15})-(?P<last>[0-9]{0,15})|-(?P<suffix>[0-9]{1,15}))\Z")


class Unsatisfiable(Exception):
    """No byte of the content lies in the range that was asked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from ``start`` up to ``stop`` of a content of ``size`` bytes."""

    start: int
    stop: int
    size: int

    @property
    def content_range(self) -> str:
        """As the answer tells it."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def span_of(asked: str | None, size: int) -> Span | None:
    """The span that a Range header asks for; none where all is to be given: no range, several, or not one.

    Raises:
        Unsatisfiable: it lies beyond the end.
    """
    found = _ONE_RANGE.match(asked) if asked else None
    if found is None:
        return None
    if found["suffix"] is not None:
        start, stop = max(0, size - int(found["suffix"])), size
    else:
        start = int(found["first"])
        stop = min(size, int(found["last"]) + 1) if found["last"] else size
        if found["last"] and int(found["last"]) < start:
            return None
    if start >= stop:
        raise Unsatisfiable
    return Span(start, stop, size)
