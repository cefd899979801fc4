"""``events`` frames: as many of them as a batch needs, each within the limits of the protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Raw

from protocol.codec import Encoding
from protocol.frames import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Events
from server.hub.wire import Part, framed
from storage.log import Cursor, Entry

Rendered = Mapping[tuple[int, Encoding], bytes]
"""Encoded events by number and encoding."""

ENVELOPE_BYTES = 200


def parts(
    after: Cursor, visible: Sequence[Entry], upto: Cursor, rendered: Rendered, encoding: Encoding
) -> list[Part]:
    """Divide what is visible of ``(after, upto]`` into frames of at most 48 KiB and 256 events.

    The last one reaches ``upto``. An event that is larger than 48 KiB by itself has a frame of its own.
    """
    groups = list(_groups(visible, rendered, encoding))
    ends = [group[-1].cursor for group in groups[:-1]] + [upto]
    made = []
    for group, end in zip(groups, ends, strict=False):
        events = [Raw(rendered[entry.seq, encoding]) for entry in group]
        made.append(_part(after, end, events, encoding))
        after = end
    return made


@lru_cache(maxsize=256)  # many sockets trail by the same stretch
def empty_part(after: Cursor, upto: Cursor, encoding: Encoding) -> Part:
    """The frame that only moves a cursor."""
    return _part(after, upto, [], encoding)


def _part(after: Cursor, upto: Cursor, events: list[Raw], encoding: Encoding) -> Part:
    frame = framed(Events(after=str(after), upto=str(upto), events=events), encoding)
    return Part(frame.packed, frame.payload, frame.is_text, after, upto, len(events))


def _groups(visible: Sequence[Entry], rendered: Rendered, encoding: Encoding) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    size_bytes = ENVELOPE_BYTES
    for entry in visible:
        # A comma in JSON is the most that lies between two events.
        event_bytes = len(rendered[entry.seq, encoding]) + 1
        if group and (size_bytes + event_bytes > MAX_BATCH_BYTES or len(group) == MAX_BATCH_EVENTS):
            yield group
            group, size_bytes = [], ENVELOPE_BYTES
        group.append(entry)
        size_bytes += event_bytes
    if group:
        yield group
