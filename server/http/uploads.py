"""Files on their way in: the raw body of a PUT, streamed to the disk as it comes."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol.errors import Refused
from server.features import contents
from server.features.contents import Upload
from server.http import credentials
from server.http.answers import answer
from server.http.bodies import chunks, declared_bytes, id_in_path
from server.http.parts import parts_of

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


async def upload(request: Request) -> Response:
    """Receive one file (P4). The key in the address names it, and is the same in every repeat.

    Raises:
        Refused: ``not_signed_in``, ``csrf``, ``not_found``, ``too_large``, ``key_reused``, ``invalid``.
    """
    parts = parts_of(request)
    who = await credentials.changer(request)
    parts.limits.uploads_by_person.take(str(who.id), parts.clock())
    key = request.path_params["key"]
    if _KEY.match(key) is None:
        raise Refused("invalid", "An upload's key has 8 to 64 letters, digits, - or _.")
    wanted = Upload(
        matter=id_in_path(request, "portal"),
        key=key,
        name=request.query_params.get("name", ""),
        declared_bytes=declared_bytes(request),
        content=chunks(request),
    )
    return answer(await contents.receive(parts.database, parts.bell, parts.blobs, who, wanted, parts.clock()))


ROUTES = [Route("/api/portals/{portal}/documents/{key}", upload, methods=["PUT"])]
