"""What a request brings along: streamed, bounded in size, and never waited for without end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, TypeVar
from uuid import UUID

from starlette.requests import Request

from protocol.codec import decode_args, parse
from protocol.errors import Refused
from protocol.types import Arguments

MAX_JSON_BYTES = 256 * 1024
CHUNK_TIMEOUT_S = 20.0
JSON_TIMEOUT_S = 20.0

_LENGTH = re.compile(r"[0-9]{1,15}\Z")

A = TypeVar("A", bound=Arguments)


async def chunks(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes in.

    Raises:
        Refused: ``unavailable``: it stood still for too long.
        ClientDisconnect: the far side went away.
    """
    async with aclosing(request.stream()) as stream:
        while True:
            try:
                async with asyncio.timeout(CHUNK_TIMEOUT_S):
                    piece = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise Refused("unavailable", "The connection stood still. Send it again.") from None
            yield piece


async def json_of(request: Request) -> Any:
    """A body of JSON, refusing all that the protocol refuses.

    Raises:
        Refused: ``invalid``, ``too_large``, ``unavailable``.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("invalid", "Send JSON, with Content-Type: application/json.")
    body = bytearray()
    try:
        async with asyncio.timeout(JSON_TIMEOUT_S), aclosing(request.stream()) as stream:
            async for piece in stream:
                body += piece
                if len(body) > MAX_JSON_BYTES:
                    raise Refused("too_large", f"A request has at most {MAX_JSON_BYTES} bytes.")
    except TimeoutError:
        raise Refused("unavailable", "The connection stood still. Send it again.") from None
    try:
        return parse(bytes(body), "json")
    except (ValueError, RecursionError) as error:
        raise Refused("invalid", f"This is not the JSON that is meant: {error}.") from None


async def args_of(request: Request, into: type[A]) -> A:
    """A body of JSON as a structure.

    Raises:
        Refused: ``invalid``, ``too_large``, ``unavailable``.
    """
    return decode_args(await json_of(request), into)


def id_in_path(request: Request, name: str) -> UUID:
    """An id in the address.

    Raises:
        Refused: ``not_found``: what is no id names nothing.
    """
    try:
        return UUID(request.path_params[name])
    except ValueError:
        raise Refused("not_found") from None


def declared_bytes(request: Request) -> int | None:
    """How long the body says it is; a hint, never a fact."""
    declared = request.headers.get("content-length", "")
    return int(declared) if _LENGTH.match(declared) else None
