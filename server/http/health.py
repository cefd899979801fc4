"""Whether the process lives, and whether it can serve: two different questions."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol.errors import Refused
from server.http.answers import answer
from server.http.parts import parts_of

_STORE_TIMEOUT_S = 2.0


async def alive(_: Request) -> Response:
    """The process answers. Restarting it would cure nothing that this does not show."""
    return answer({"alive": True})


async def ready(request: Request) -> Response:
    """The store answers and the hub runs. Redis may be away: it costs only latency.

    Raises:
        Refused: ``unavailable``: send nobody here for now.
    """
    parts = parts_of(request)
    if not parts.hub.running:
        raise Refused("unavailable", "This node is starting or ending.")
    try:
        async with asyncio.timeout(_STORE_TIMEOUT_S):
            await parts.database.fetch("SELECT 1 AS one")
    except TimeoutError:
        raise Refused("unavailable") from None
    return answer({"ready": True})


ROUTES = [Route("/healthz", alive, methods=["GET"]), Route("/readyz", ready, methods=["GET"])]
