"""Files on their way out: always as attachments, and only for as long as they may be had (V1)."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server import access, sessions
from server.access import Person
from server.features import contents
from server.features.receipts import record_opened
from server.http import credentials
from server.http.bodies import id_in_path
from server.http.parts import Parts, parts_of
from server.http.ranges import Span, Unsatisfiable, span_of
from server.transaction import transaction
from storage.errors import StoreAway
from storage.models import Blob, Document

_CHECKED_EVERY_S = 0.5
_SEND_TIMEOUT_S = 60.0

_log = structlog.get_logger(__name__)


async def download(request: Request) -> Response:
    """Give a document's content to whoever may have it now; the first time is kept as a receipt (R1).

    Raises:
        Refused: ``not_signed_in``, ``not_found``.
    """
    parts = parts_of(request)
    who = await credentials.reader(request)
    document, blob = await contents.open_content(parts.database, who, id_in_path(request, "document"))
    headers = _headers(document, blob)
    try:
        span = span_of(_range(request, headers["etag"]), blob.size_bytes)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{blob.size_bytes}"})
    if _opens(request):
        async with transaction(
            parts.database, parts.bell, firm=who.firm, actor=who.id, now=parts.clock()
        ) as change:
            await record_opened(change, who, document)
    # Starlette calls whatever an endpoint returns as an application; it asks no more of it.
    return cast(Response, Download(parts, who, document.id, blob, span, headers))


class Revoked(Exception):
    """The content may not be had any more."""


class Gone(Exception):
    """The far side went away, or reads no more."""


@dataclass(frozen=True, slots=True)
class Download:
    """A content on its way to one person, who is looked at again twice a second."""

    parts: Parts
    who: Person
    document: UUID
    blob: Blob
    span: Span | None
    headers: dict[str, str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        span = self.span or Span(0, self.blob.size_bytes, self.blob.size_bytes)
        headers = self.headers | {"content-length": str(span.stop - span.start)}
        if self.span is not None:
            headers["content-range"] = self.span.content_range
        await send(
            {
                "type": "http.response.start",
                "status": 200 if self.span is None else 206,
                "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            }
        )
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = [tasks.create_task(self._watch()), tasks.create_task(_until_gone(receive))]
                await self._stream(span, send)
                for task in watching:
                    task.cancel()
        except* Revoked:
            # The answer ends short of its length: the connection closes, and the browser knows it is cut.
            _log.info("download stopped", reason="revoked")
        except* Gone:
            _log.info("download stopped", reason="gone")

    async def _stream(self, span: Span, send: Send) -> None:
        content = self.parts.blobs.read(self.who.firm, self.blob.id, span.start, span.stop)
        async with aclosing(content):
            async for piece in content:
                try:
                    async with asyncio.timeout(_SEND_TIMEOUT_S):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                except TimeoutError:
                    raise Gone from None
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_CHECKED_EVERY_S)
            if not await self._may_go_on():
                raise Revoked

    async def _may_go_on(self) -> bool:
        database = self.parts.database
        try:
            async with database.snapshot(self.who.firm):
                document = await Document.get_or_none(id=self.document, firm_id=self.who.firm)
                return (
                    document is not None
                    and await access.may_open(database, self.who, document)
                    and await sessions.still_stands(database, self.who, self.parts.clock())
                )
        except StoreAway:
            return False  # what cannot be checked is not given


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise Gone


def _headers(document: Document, blob: Blob) -> dict[str, str]:
    return {
        "content-type": blob.media_type,
        "content-disposition": content_disposition(document.name),
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "accept-ranges": "bytes",
        "etag": f'"{blob.id}"',
    }


def content_disposition(name: str) -> str:
    """An attachment under its name, in both forms of RFC 6266: plain for old programs, exact for others."""
    plain = "".join(letter if letter.isascii() and letter not in '"\\%;' else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _range(request: Request, etag: str) -> str | None:
    """The range asked for; a program that holds a part of something else gets the whole."""
    if request.headers.get("if-range", etag) != etag:
        return None
    return request.headers.get("range")


def _opens(request: Request) -> bool:
    """Whether a person opens the document by this: not a program that looks ahead, nor a foreign page."""
    from_elsewhere = request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
    return request.method == "GET" and not from_elsewhere


ROUTES = [Route("/api/documents/{document}/content", download, methods=["GET"])]
