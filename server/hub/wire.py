"""The way out to one socket: a short list of frames, written once a turn of the event loop.

Nobody who sends ever waits. What a peer does not read stays in the list, which is bounded (I13); who has
more for it keeps a cursor instead, and comes back when the list is empty.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from protocol.codec import Encoding, encode_frame
from protocol.errors import Close
from protocol.frames import MAX_BATCH_BYTES, Bye, Outbound
from server.clock import Clock
from server.hub import framing
from server.hub.transport import Frame, Transport
from storage.log import Cursor

EVENTS_ROOM_BYTES = MAX_BATCH_BYTES
ANSWERS_ROOM_BYTES = 16 * 1024
"""Apart, so that a burst of events leaves room for the answers behind it. Together they are 64 KiB (I13)."""
STALL_TIMEOUT_MS = 15_000
CLOSE_TIMEOUT_MS = 5_000


@dataclass(frozen=True, slots=True)
class Part(Frame):
    """An ``events`` frame, the stretch of the log that it covers, and how many events it holds."""

    after: Cursor
    upto: Cursor
    events: int


def framed(frame: Outbound, encoding: Encoding) -> Frame:
    """Encode a frame, once for all sockets."""
    payload, is_text = encode_frame(frame, encoding), encoding == "json"
    return Frame(framing.pack(framing.TEXT if is_text else framing.BINARY, payload), payload, is_text)


WIRES_AT_ONCE = 64
"""Written to before more fall due: what stood in the processor's cache a moment ago still does."""


class Turn:
    """Whoever is due in a turn of the event loop is written to within it, all that is due in one piece."""

    def __init__(self) -> None:
        self._due: list[Wire] = []

    def add(self, wire: Wire) -> None:
        """Write to this socket before the loop waits again."""
        if not self._due:
            asyncio.get_running_loop().call_soon(self._end)
        self._due.append(wire)
        if len(self._due) == WIRES_AT_ONCE:
            self._end()

    def _end(self) -> None:
        due, self._due = self._due, []
        for wire in due:
            wire.flush()


class Wire:
    """What waits to be written to one socket, until the kernel has taken it."""

    __slots__ = (
        "_answers_bytes",
        "_closing",
        "_due",
        "_elapsed",
        "_ended",
        "_events_bytes",
        "_moved_at",
        "_pending",
        "_stuck",
        "_turn",
        "_waiter",
        "encoding",
        "frames_sent",
        "transport",
    )

    def __init__(self, transport: Transport, encoding: Encoding, elapsed: Clock, turn: Turn) -> None:
        self.transport = transport
        self.encoding = encoding
        self.frames_sent = 0
        self._elapsed = elapsed
        self._turn = turn
        self._pending: list[Frame] = []
        self._events_bytes = 0
        self._answers_bytes = 0
        self._due = False
        self._stuck = False
        """Whether the kernel has yet to take what was written last."""
        self._moved_at = elapsed()
        self._closing: Close | None = None
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def pending_bytes(self) -> int:
        """What the peer's kernel has not taken yet."""
        return self._events_bytes + self._answers_bytes

    def tell(self, frame: Outbound) -> bool:
        """Send a frame that is this socket's alone; False where too many wait already."""
        if self._closing is not None or self._ended:
            return False
        made = framed(frame, self.encoding)
        if self._answers_bytes and self._answers_bytes + len(made.packed) > ANSWERS_ROOM_BYTES:
            return False
        self._answer(made)
        return True

    def offer(self, part: Part, before: Part | None = None) -> bool:
        """Send an ``events`` frame, with one before it if given; False where they do not fit."""
        size_bytes = len(part.packed) + (0 if before is None else len(before.packed))
        if self._events_bytes and self._events_bytes + size_bytes > EVENTS_ROOM_BYTES:
            return False
        if self._closing is not None or self._ended:
            return False
        if before is not None:
            self._pending.append(before)
        self._pending.append(part)
        self._events_bytes += size_bytes
        self._fall_due()
        return True

    def recall(self) -> Cursor | None:
        """Take back the ``events`` frames that have not begun to leave; gives where the first begins."""
        events = [frame for frame in self._pending if isinstance(frame, Part)]
        self._events_bytes -= sum(len(part.packed) for part in events)
        self._pending = [frame for frame in self._pending if not isinstance(frame, Part)]
        return events[0].after if events else None

    def close(self, close: Close, reason: str) -> None:
        """Say goodbye behind the answers that are due; events that have not begun to leave are dropped."""
        if self._closing is not None:
            return
        self.recall()
        self._answer(framed(Bye(code=close.code, reason=reason, retry_ms=close.retry_ms), self.encoding))
        self._closing = close
        self._moved_at = self._elapsed()
        self._wake()

    def stop(self) -> None:
        """Nothing more can be sent."""
        self._ended = True
        self._wake()

    def flush(self) -> None:
        """Write all that is due in one piece, unless the kernel is full."""
        self._due = False
        if self._stuck or self._ended:
            return
        frames = self._pending
        if frames:
            self._pending = []
            self.frames_sent += len(frames)
            if self.transport.send(frames):
                self._events_bytes = self._answers_bytes = 0
            else:
                self._stuck = True
                self._moved_at = self._elapsed()
        if self._closing is not None:
            self.transport.close(self._closing.code, self._closing.name)
        elif self._waiter is not None and not self._stuck:
            self._wake()

    def drained(self) -> None:
        """The kernel has taken what was written last."""
        self._stuck = False
        self._moved_at = self._elapsed()
        self._events_bytes = sum(len(frame.packed) for frame in self._pending if isinstance(frame, Part))
        self._answers_bytes = sum(len(frame.packed) for frame in self._pending) - self._events_bytes
        self.flush()

    async def emptied(self) -> bool:
        """Wait until the peer's kernel has taken everything; False where nothing more can be sent."""
        if (self._pending or self._stuck) and self._closing is None and not self._ended:
            if self._waiter is None:
                self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._closing is None and not self._ended

    def stalled(self, now: int) -> bool:
        """Whether the peer has taken nothing for so long that it has to go."""
        return self._stuck and now - self._moved_at >= STALL_TIMEOUT_MS

    def overdue(self, now: int) -> bool:
        """Whether the goodbye does not leave, or is not answered."""
        return self._closing is not None and now - self._moved_at >= CLOSE_TIMEOUT_MS

    def _answer(self, frame: Frame) -> None:
        self._pending.append(frame)
        self._answers_bytes += len(frame.packed)
        self._fall_due()

    def _fall_due(self) -> None:
        if not self._due:
            self._due = True
            self._turn.add(self)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
