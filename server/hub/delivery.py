"""How entries of one log reach its followers: one path for live, resuming, and slow sockets alike.

Followers that stand where the log's delivery stands are served together as it moves on. Everybody else is
behind: served alone, by the same frames, until it stands there too. Between the look at what a person may
see and the hand-over to the wire nothing waits, so no revocation can fall in between (I8).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from protocol.codec import Encoding
from protocol.frames import MAX_BATCH_EVENTS
from server.hub.audience import Audience, Follower
from server.hub.batches import Rendered, empty_part, parts
from server.hub.rendering import Rendering
from server.hub.tail import Tail
from server.hub.wire import Part
from storage.errors import StoreAway
from storage.log import Cursor, Entry

Spawn = Callable[[Coroutine[Any, Any, None]], object]

log: structlog.stdlib.BoundLogger = structlog.get_logger("hub")


class Delivery:
    """Serves the followers of one log up to ``delivered``, and brings up those who are behind."""

    def __init__(self, tail: Tail, audience: Audience, rendering: Rendering, spawn: Spawn) -> None:
        self.delivered = tail.end
        self._tail = tail
        self._audience = audience
        self._rendering = rendering
        self._spawn = spawn
        self._moved = asyncio.Event()

    async def advance(self) -> None:
        """Deliver all that the tail holds to those who are not behind.

        Raises:
            StoreAway: what was not delivered stays to be delivered by the next call.
        """
        while self.delivered.seq < self._tail.end.seq:
            entries = await self._rendering.entries_after(self.delivered.seq, MAX_BATCH_EVENTS)
            rendered = await self._rendering.of(*self._wanted(entries))
            upto = entries[-1].cursor
            self._serve(entries, rendered, upto)
            self.delivered = upto
            self._moved.set()
            self._moved = asyncio.Event()

    def begin(self, follower: Follower, cursor: Cursor) -> None:
        """Deliver to somebody everything after a cursor."""
        follower.told = follower.considered = cursor
        follower.live = True
        self._spawn(self._bring_up(follower))

    def withdraw(self, follower: Follower) -> None:
        """Take back what has not begun to leave: it is made anew, by what the person may see now (I8)."""
        first = follower.wire.recall()
        if first is None:
            return
        follower.told = follower.considered = first
        self._fall_behind(follower)

    def tell_where(self, follower: Follower) -> None:
        """Move on the cursor of somebody who has seen nothing for long."""
        if follower.current and follower.told != self.delivered:
            follower.give(empty_part(follower.told, self.delivered, follower.wire.encoding))

    def _wanted(self, entries: Sequence[Entry]) -> tuple[list[Entry], set[Encoding]]:
        """What somebody here could be told of these entries, and in which encodings."""
        encodings = {encoding for encoding, count in self._audience.encodings.items() if count}
        return [entry for entry in entries if self._audience.near(entry)], encodings

    def _serve(self, entries: Sequence[Entry], rendered: Rendered, upto: Cursor) -> None:
        """Hand one batch to all who stand before it; those who see the same share the frame."""
        for visible, followers in self._audience.views(entries):
            made: dict[Encoding, Part | None] = {}
            for follower in followers:
                encoding = follower.wire.encoding
                if encoding not in made:
                    made[encoding] = self._whole(visible, upto, rendered, encoding)
                part = made[encoding]
                if part is None or not follower.give(part):
                    follower.considered = self.delivered
                    self._fall_behind(follower)

    def _whole(
        self, visible: Sequence[Entry], upto: Cursor, rendered: Rendered, encoding: Encoding
    ) -> Part | None:
        """One frame for all of it. More than one goes out one by one, as to everybody who is behind (I13)."""
        made = self._parts(self.delivered, upto, visible, rendered, encoding)
        return made[0] if len(made) == 1 else None

    def _fall_behind(self, follower: Follower) -> None:
        if follower.current:
            follower.current = False
            self._spawn(self._bring_up(follower))

    async def _bring_up(self, follower: Follower) -> None:
        try:
            while follower.live and not follower.current:
                await self._serve_alone(follower)
        except StoreAway:
            follower.end("store_away")
        except Exception:
            log.exception("delivery.failed", connection=follower.id)
            follower.end("internal")

    async def _serve_alone(self, follower: Follower) -> None:
        """One step of somebody who is behind: a frame of at most one batch, once the last one has left."""
        if not await follower.wire.emptied():
            follower.live = False
            return
        after = follower.considered
        distance = self.delivered.seq - after.seq
        if distance == 0:
            follower.current = follower.live
            self.tell_where(follower)
        elif distance < 0:  # its snapshot was newer than what this node has read yet
            await self._moved.wait()
        else:
            entries = await self._rendering.entries_after(after.seq, min(distance, MAX_BATCH_EVENTS))
            visible = [entry for entry in entries if follower.sight.sees(entry)]
            rendered = await self._rendering.of(visible, {follower.wire.encoding})
            if follower.live and follower.considered == after:
                self._give_alone(follower, entries, rendered)

    def _give_alone(self, follower: Follower, entries: Sequence[Entry], rendered: Rendered) -> None:
        visible = [entry for entry in entries if follower.sight.sees(entry)]  # now, not a wait ago
        upto = entries[-1].cursor
        found = self._parts(follower.considered, upto, visible, rendered, follower.wire.encoding)
        if not visible:
            follower.considered = upto
        elif found and follower.give(found[0]):
            follower.considered = found[0].upto

    @staticmethod
    def _parts(
        after: Cursor,
        upto: Cursor,
        visible: Sequence[Entry],
        rendered: Rendered,
        encoding: Encoding,
    ) -> list[Part]:
        """The frames of one view; none where somebody came to see more while the bytes were being made."""
        if any((entry.seq, encoding) not in rendered for entry in visible):
            return []
        return parts(after, visible, upto, rendered, encoding)
