"""The outermost layer: headers on every answer, one shape for errors, one line in the log a request."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protocol.errors import Refused
from server.http.answers import problem
from server.http.security import HEADERS, HSTS
from storage.errors import Collision, StoreAway

_LINGER_S = 10.0
_INTERNAL_CLOSE = 4000
_HEALTH = frozenset({"/healthz", "/readyz"})

_log = structlog.get_logger(__name__)


class Edge:
    """Wraps the whole application. ``secure``: it is reached over HTTPS."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | (HSTS if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Exchange(scope, receive, send, self._headers).run(self._app)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 - where a bug of ours ends: logged once, and the far side is told
            _log.exception("socket failed", reference=_reference())
            await send({"type": "websocket.close", "code": _INTERNAL_CLOSE})


class _Exchange:
    """One request with its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._headers = headers
        self._body_read = not _has_body(scope)
        self._status = 0

    async def run(self, app: ASGIApp) -> None:
        began = time.perf_counter()
        try:
            await app(self._scope, self.receive, self.send)
        except ClientDisconnect:
            pass  # nobody is left to be answered
        except Refused as refused:
            await self._refuse(refused)
        except (StoreAway, Collision):
            await self._refuse(Refused("unavailable"))
        except Exception:  # noqa: BLE001 - where a bug of ours ends: logged once, and the far side is told
            await self._fail()
        finally:
            self._log_line(time.perf_counter() - began)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._body_read = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def _refuse(self, refused: Refused) -> None:
        if self._status:
            return  # the answer had begun; that it breaks off tells that it is not whole
        await self._answer(problem(refused))

    async def _fail(self) -> None:
        reference = _reference()
        _log.exception("request failed", reference=reference, **self._facts())
        await self._refuse(Refused("internal", f"This failed on our side. Its reference is {reference}."))

    async def _answer(self, response: Response) -> None:
        """Answer although the body may not have been read: then the connection closes, but not at once.

        Closing on unread bytes resets the connection, and the far side would lose the answer that says why.
        """
        if self._body_read:
            await response(self._scope, self.receive, self.send)
            return
        response.headers["connection"] = "close"
        await self.send(
            {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        )
        await self.send({"type": "http.response.body", "body": response.body, "more_body": True})
        try:
            async with asyncio.timeout(_LINGER_S):
                while not self._body_read:
                    await self.receive()
        except TimeoutError:
            pass  # the far side had its time
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    def _log_line(self, seconds: float) -> None:
        facts = self._facts()
        # Proxies and orchestrators ask every other second; that all is well is not news.
        tell = _log.debug if facts["route"] in _HEALTH and self._status == 200 else _log.info
        tell("request", status=self._status, ms=round(seconds * 1_000, 1), **facts)

    def _facts(self) -> dict[str, Any]:
        """What was asked for, by the route's pattern: paths hold ids, queries hold names of files."""
        route = self._scope.get("route")
        return {"method": self._scope["method"], "route": getattr(route, "path", "none")}


def on_http_exception(_: Request, error: Exception) -> Response:
    """What the router refuses by itself: no such address, or not by this method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        response = problem(Refused("invalid", "This address does not take this method."))
        response.status_code = 405
        response.headers.update(getattr(error, "headers", None) or {})
        return response
    return problem(Refused("not_found", "There is nothing at this address."))


def _has_body(scope: Scope) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])


def _reference() -> str:
    return secrets.token_hex(4)
