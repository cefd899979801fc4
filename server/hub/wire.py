"""The way out to one socket: a short list of frames, and one writer.

Nobody who sends ever waits. What a peer does not read stays in the list, which is bounded (I13); who has
more for it keeps a cursor instead, and comes back when the list is empty.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from protocol.codec import Encoding, encode_frame
from protocol.errors import Close
from protocol.frames import MAX_BATCH_BYTES, Bye, Outbound
from server.clock import Clock
from server.hub.transport import Transport
from storage.log import Cursor

EVENTS_ROOM_BYTES = MAX_BATCH_BYTES
ANSWERS_ROOM_BYTES = 16 * 1024
"""Apart, so that a burst of events leaves room for the answers behind it. Together they are 64 KiB (I13)."""
STALL_TIMEOUT_MS = 15_000
CLOSE_TIMEOUT_MS = 5_000


class Frame(NamedTuple):
    """An encoded frame, ready for any number of sockets."""

    message: dict[str, Any]
    size_bytes: int


class Part(NamedTuple):
    """An ``events`` frame, the stretch of the log that it covers, and how many events it holds."""

    after: Cursor
    upto: Cursor
    frame: Frame
    events: int


def framed(frame: Outbound, encoding: Encoding) -> Frame:
    """Encode a frame as the message that the server below takes."""
    data = encode_frame(frame, encoding)
    if encoding == "msgpack":
        return Frame({"type": "websocket.send", "bytes": data}, len(data))
    return Frame({"type": "websocket.send", "text": data.decode()}, len(data))


class Wire:
    """What waits to be written to one socket, until the kernel has taken it."""

    def __init__(
        self, websocket: WebSocket, transport: Transport, encoding: Encoding, elapsed: Clock
    ) -> None:
        self.encoding = encoding
        self.frames_sent = 0
        self._websocket = websocket
        self._transport = transport
        self._elapsed = elapsed
        self._pending: deque[tuple[Cursor | None, Frame]] = deque()
        self._events_bytes = 0
        self._answers_bytes = 0
        self._moved_at = elapsed()
        self._closing: Close | None = None
        self._ended = False
        self._work = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def pending_bytes(self) -> int:
        """What the peer's kernel has not taken yet."""
        return self._events_bytes + self._answers_bytes

    def tell(self, frame: Outbound) -> bool:
        """Send a frame that is this socket's alone; False where too many wait already."""
        made = framed(frame, self.encoding)
        if self._answers_bytes and self._answers_bytes + made.size_bytes > ANSWERS_ROOM_BYTES:
            return False
        return self._add([(None, made)])

    def offer(self, parts: Sequence[Part]) -> bool:
        """Send ``events`` frames, all or none; False where they do not fit behind those that wait."""
        size_bytes = sum(part.frame.size_bytes for part in parts)
        if self._events_bytes and self._events_bytes + size_bytes > EVENTS_ROOM_BYTES:
            return False
        return self._add([(part.after, part.frame) for part in parts])

    def recall(self) -> Cursor | None:
        """Take back the ``events`` frames that have not begun to leave; gives where the first begins."""
        events = [(after, frame) for after, frame in self._pending if after is not None]
        self._events_bytes -= sum(frame.size_bytes for _, frame in events)
        self._pending = deque((after, frame) for after, frame in self._pending if after is None)
        return events[0][0] if events else None

    def close(self, close: Close, reason: str) -> None:
        """Say goodbye behind the answers that are due; events that have not begun to leave are dropped."""
        if self._closing is not None:
            return
        self.recall()
        bye = Bye(code=close.code, reason=reason, retry_ms=close.retry_ms)
        self._add([(None, framed(bye, self.encoding))])
        self._closing = close
        self._moved_at = self._elapsed()
        self._empty.set()

    async def emptied(self) -> bool:
        """Wait until the peer's kernel has taken everything; False where nothing more can be sent."""
        await self._empty.wait()
        return self._closing is None and not self._ended

    def stalled(self, now: int) -> bool:
        """Whether the peer has taken nothing for so long that it has to go."""
        return self.pending_bytes > 0 and now - self._moved_at >= STALL_TIMEOUT_MS

    def overdue(self, now: int) -> bool:
        """Whether even the goodbye does not leave."""
        return self._closing is not None and now - self._moved_at >= CLOSE_TIMEOUT_MS

    def abort(self) -> None:
        """Drop the connection under the peer that does not read."""
        self._transport.abort()

    async def run(self) -> None:
        """Write what is due until the goodbye is out, or the peer is gone."""
        try:
            while self._closing is None:
                await self._work.wait()
                self._work.clear()
                await self._write_pending()
            await self._websocket.close(self._closing.code, self._closing.name)
        except (WebSocketDisconnect, OSError, RuntimeError):
            return  # the peer was faster; a RuntimeError is how the servers say that a close has gone before
        finally:
            self._ended = True
            self._empty.set()

    async def _write_pending(self) -> None:
        while self._pending:
            await self._transport.drained()  # until here a frame can be taken back
            if not self._pending:
                break
            after, frame = self._pending.popleft()
            await self._websocket.send(frame.message)
            await self._transport.drained()
            self._count(after, -frame.size_bytes)
            self.frames_sent += 1
            self._moved_at = self._elapsed()
        self._empty.set()

    def _add(self, frames: Sequence[tuple[Cursor | None, Frame]]) -> bool:
        if self._closing is not None or self._ended:
            return False
        if not self.pending_bytes:
            self._moved_at = self._elapsed()
        for after, frame in frames:
            self._pending.append((after, frame))
            self._count(after, frame.size_bytes)
        self._work.set()
        self._empty.clear()
        return True

    def _count(self, after: Cursor | None, size_bytes: int) -> None:
        if after is None:
            self._answers_bytes += size_bytes
        else:
            self._events_bytes += size_bytes
