"""What the carrier reports, at an address that only it knows (F2).

The path is random for each firm and the credentials are compared in constant time; whoever has not both gets
the answer of a page that does not exist. Everything in one call commits together before it is answered, so
the carrier repeats what was not taken, and a repeat of what was is harmless.
"""

from __future__ import annotations

import base64
import random
from functools import partial
from typing import Final

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol.errors import Refused
from server.features import text_reports
from server.features.text_reports import Incoming, Progress
from server.gateways.bandwidth_callbacks import (
    MAX_CALLBACK_BYTES,
    Callback,
    CallbackRefused,
    Received,
    Reported,
    Unrecognised,
    parse_callbacks,
)
from server.gateways.bandwidth_codes import failure_of_code
from server.http.bodies import chunks
from server.http.parts import parts_of
from server.records import lines
from server.records.text_life import Setback
from server.transaction import Transaction, change_alone
from storage.database import Database
from storage.errors import StoreAway
from storage.models import Line

UNKNOWN_CODE: Final = 9999
"""Bandwidth's own word for a failure that it cannot explain."""

_NOT_ATTACHMENTS: Final = (".smil", ".xml")
"""Parts that only lay out the others."""

log = structlog.get_logger()


def routes() -> list[Route]:
    """Where carriers report."""
    return [Route("/hooks/bandwidth/{path}", bandwidth, methods=["POST"])]


async def bandwidth(request: Request) -> Response:
    """Take in a call of Bandwidth's: an array of callbacks, all or none.

    Raises:
        Refused: ``not_found``, ``too_large``, ``invalid``, ``unavailable``.
    """
    parts = parts_of(request)
    try:
        line = await _line(parts.database, request)
        callbacks = _callbacks(await _body(request))
        await change_alone(
            parts.database,
            parts.bell,
            partial(_take_all, line, callbacks),
            firm=line.firm_id,
            actor=line.firm_id,
            now=parts.clock(),
        )
    except StoreAway as error:
        raise Refused("unavailable") from error
    return Response(status_code=204)


async def _line(database: Database, request: Request) -> Line:
    """The line that the path and the credentials belong to; looked at before a byte of the body is read."""
    path: str = request.path_params["path"]
    line = None
    if lines.PATH_PATTERN.fullmatch(path):
        async with database.snapshot():
            line = await Line.get_or_none(webhook_path=path)
    if not lines.proves(line, *_credentials(request.headers.get("authorization", ""))) or line is None:
        raise Refused("not_found")
    return line


def _credentials(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # neither base64 nor text
        return "", ""
    return (user, password) if scheme.lower() == "basic" else ("", "")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in chunks(request):
        body += chunk
        if len(body) > MAX_CALLBACK_BYTES:
            raise Refused("too_large", f"A call has at most {MAX_CALLBACK_BYTES} bytes.")
    return bytes(body)


def _callbacks(body: bytes) -> list[tuple[Callback, str]]:
    """What was reported, each with its words as they came, to be kept."""
    try:
        return list(zip(parse_callbacks(body), _items(body), strict=True))
    except CallbackRefused as refused:
        code = "invalid" if refused.code == "malformed" else "too_large"
        raise Refused(code, f"This is not a call of Bandwidth’s: {refused}.") from None


def _items(body: bytes) -> list[str]:
    return [bytes(item).decode() for item in msgspec.json.decode(body, type=list[msgspec.Raw])]


async def _take_all(line: Line, callbacks: list[tuple[Callback, str]], change: Transaction) -> None:
    for callback, content in callbacks:
        if isinstance(callback, Unrecognised):
            log.warning("webhook.unrecognised", type=callback.type)
        elif (callback.owner, callback.application_id) != (line.phone, line.application):
            # Refusing it would only make the carrier repeat it for a day, and the others with it.
            log.warning("webhook.foreign_number", firm=str(line.firm_id))
        elif isinstance(callback, Received):
            await text_reports.receive(change, line, _incoming(callback), content)
        else:
            await text_reports.progress(change, line, _progress(callback), content)


def _incoming(received: Received) -> Incoming:
    attachments = [part for part in received.media if not part.lower().endswith(_NOT_ATTACHMENTS)]
    return Incoming(
        provider_id=received.message_id,
        phone=received.from_,
        text=received.text,
        attachments=len(attachments),
        segments=received.segment_count,
        at=received.time_ms,
    )


def _progress(report: Reported) -> Progress:
    return Progress(
        provider_id=report.message_id,
        phone=report.to,
        tag=report.tag,
        state=report.state,
        at=report.time_ms,
        setback=_setback(report) if report.state == "failed" else None,
    )


def _setback(report: Reported) -> Setback:
    code = UNKNOWN_CODE if report.code is None else report.code
    failure = failure_of_code(code, verified=True)  # a line is opened when its number may be used
    reason = "unknown" if failure.reason == "unconfirmed" else failure.reason
    jitter = random.random()  # noqa: S311, so that texts which failed together do not come back together
    return Setback(reason, str(code), partial(failure.retry.after_ms, jitter=jitter))
