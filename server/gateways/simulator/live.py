"""What a page sees as it happens: a snapshot, then every change, over a WebSocket.

A WebSocket and not server-sent events, because a server that shuts down closes its WebSockets and would wait
for an event stream for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from msgspec import json
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect

MAX_WAITING = 500
_POLICY_VIOLATION = 1008
_TRY_AGAIN_LATER = 1013


class Watchers:
    """The pages that watch one subject; one that does not keep up is let go and takes a new snapshot."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes | None]] = set()

    def tell(self, change: Any) -> None:
        """Tell every page of a change."""
        encoded = json.encode(change)
        for queue in list(self._queues):
            if queue.qsize() < MAX_WAITING:
                queue.put_nowait(encoded)
            else:
                self._queues.discard(queue)
                queue.put_nowait(None)

    async def serve(self, websocket: WebSocket, snapshot: Callable[[], Any]) -> None:
        """Show one page everything, until it goes."""
        if not is_same_origin(websocket):
            await websocket.close(_POLICY_VIOLATION)
            return
        await websocket.accept()
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        queue.put_nowait(json.encode(snapshot()))
        self._queues.add(queue)
        try:
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(_write(websocket, queue))
                async for _ in websocket.iter_bytes():
                    pass
                writing.cancel()
        finally:
            self._queues.discard(queue)


async def _write(websocket: WebSocket, queue: asyncio.Queue[bytes | None]) -> None:
    try:
        while (change := await queue.get()) is not None:
            await websocket.send_text(change.decode())
        await websocket.close(_TRY_AGAIN_LATER)
    except WebSocketDisconnect:
        return


def is_same_origin(connection: HTTPConnection) -> bool:
    """Tell whether a page of ours asks, or something that is no page; another site's page may not."""
    if connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")
