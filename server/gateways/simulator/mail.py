"""The page of caught mail; what a mail contains is shown where it can do nothing."""

from __future__ import annotations

import re
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from server.gateways.simulator.mailbox import CaughtMail, Mailbox

# A mail is shown in an origin of its own, without scripts, requests or forms. Its links open a new tab, which
# is free of the sandbox: a sign-in page has to work there.
MAIL_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; frame-ancestors 'self'"
)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


class MailPages:
    """The page's side of the mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def routes(self) -> list[BaseRoute]:
        return [Route("/mail/{id}/html", self._html), WebSocketRoute("/mail/live", self._live)]

    async def _live(self, websocket: WebSocket) -> None:
        await self._mailbox.watchers.serve(websocket, self._snapshot)

    def _snapshot(self) -> dict[str, Any]:
        return {"type": "snapshot", "mails": self._mailbox.mails}

    async def _html(self, request: Request) -> Response:
        mail = self._mailbox.find(request.path_params["id"])
        if mail is None or not mail.html:
            return PlainTextResponse("There is no such mail.", 404)
        return HTMLResponse(_with_links_in_new_tabs(mail), headers={"Content-Security-Policy": MAIL_POLICY})


def _with_links_in_new_tabs(mail: CaughtMail) -> str:
    head = _HEAD.search(mail.html)
    at = head.end() if head else 0
    return f'{mail.html[:at]}<base target="_blank">{mail.html[at:]}'
