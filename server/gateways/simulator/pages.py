"""The files of the two pages, under a policy that lets nothing else in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
_STATIC: Final = Path(__file__).parent / "static"
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": PAGE_POLICY,
}


def page_routes() -> list[BaseRoute]:
    return [
        Route("/", _home),
        Route("/phone", _phone),
        Route("/mail", _mail),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


async def _home(_: Request) -> Response:
    return RedirectResponse("/phone")


async def _phone(_: Request) -> Response:
    return FileResponse(_STATIC / "phone.html")


async def _mail(_: Request) -> Response:
    return FileResponse(_STATIC / "mail.html")


class StrictHeaders:
    """Adds the headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
