"""The same commands and queries as over a socket: ``POST /api/<noun.verb>`` and ``GET /api/<noun.verb>``."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol.errors import Refused
from server.dispatch import Request as Command
from server.http import credentials
from server.http.answers import answer
from server.http.bodies import json_of
from server.http.parts import parts_of

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


async def command(request: Request) -> Response:
    """Run a command. The Idempotency-Key header names the effect and is the same in every repeat (P7).

    Raises:
        Refused: any code.
    """
    parts = parts_of(request)
    who = await credentials.changer(request)
    now = parts.clock()
    parts.limits.commands_by_person.take(str(who.id), now)
    key = request.headers.get("idempotency-key", "")
    if _KEY.match(key) is None:
        raise Refused("invalid", "Send a header Idempotency-Key with 8 to 64 letters, digits, - or _.")
    wanted = Command(request.path_params["name"], key, await json_of(request))
    done = await parts.dispatch.execute(who, wanted, now)
    upto = None if done.upto is None else str(done.upto)
    return answer({"result": done.result, "repeated": done.repeated, "upto": upto})


async def query(request: Request) -> Response:
    """Answer a query; its arguments stand in the address.

    Raises:
        Refused: any code.
    """
    parts = parts_of(request)
    who = await credentials.reader(request)
    args = request.query_params.multi_items()
    given = dict(args)
    if len(given) != len(args):
        raise Refused("invalid", "An argument is given twice.")
    if request.headers.get("x-causeway-firm") is None:
        given.pop("firm", None)  # it said who is speaking, not what is asked
    return answer(await parts.dispatch.ask(who, request.path_params["name"], given))


ROUTES = [
    Route("/api/{name}", command, methods=["POST"]),
    Route("/api/{name}", query, methods=["GET"]),
]
