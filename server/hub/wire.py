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
from protocol.frames import Bye, Outbound
from server.clock import Clock
from server.hub.transport import Transport
from storage.log import Cursor

MAX_PENDING_BYTES = 64 * 1024
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
        self.pending_bytes = 0
        self.frames_sent = 0
        self._websocket = websocket
        self._transport = transport
        self._elapsed = elapsed
        self._pending: deque[tuple[Cursor | None, Frame]] = deque()
        self._moved_at = elapsed()
        self._closing: Close | None = None
        self._ended = False
        self._work = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def tell(self, frame: Outbound) -> bool:
        """Send a frame that is this socket's alone; False where the list is full."""
        return self._add([(None, framed(frame, self.encoding))])

    def offer(self, parts: Sequence[Part]) -> bool:
        """Send ``events`` frames, all or none; False where they do not fit behind what waits already."""
        return self._add([(part.after, part.frame) for part in parts])

    def recall(self) -> Cursor | None:
        """Take back the ``events`` frames that have not begun to leave; gives where the first begins."""
        places = [after for after, _ in self._pending if after is not None]
        kept = [(after, frame) for after, frame in self._pending if after is None]
        self.pending_bytes -= sum(frame.size_bytes for after, frame in self._pending if after is not None)
        self._pending = deque(kept)
        return places[0] if places else None

    def close(self, close: Close, reason: str) -> None:
        """Say goodbye behind the answers that are due; events that have not begun to leave are dropped."""
        if self._closing is not None:
            return
        self.recall()
        bye = framed(Bye(code=close.code, reason=reason, retry_ms=close.retry_ms), self.encoding)
        self._pending.append((None, bye))
        self.pending_bytes += bye.size_bytes
        self._closing = close
        self._moved_at = self._elapsed()
        self._work.set()
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
            _, frame = self._pending.popleft()
            await self._websocket.send(frame.message)
            await self._transport.drained()
            self.frames_sent += 1
            self.pending_bytes -= frame.size_bytes
            self._moved_at = self._elapsed()
        self._empty.set()

    def _add(self, parts: Sequence[tuple[Cursor | None, Frame]]) -> bool:
        size_bytes = sum(frame.size_bytes for _, frame in parts)
        if self._closing is not None or self._ended:
            return False
        if self.pending_bytes and self.pending_bytes + size_bytes > MAX_PENDING_BYTES:
            return False
        if not self.pending_bytes:
            self._moved_at = self._elapsed()
        self._pending.extend(parts)
        self.pending_bytes += size_bytes
        self._work.set()
        self._empty.clear()
        return True
