"""The phones: what each shows, and texting the firm from one."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import DecodeError, Meta, Struct, json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from protocol.errors import Refused
from protocol.types import MAX_TEXT_CHARACTERS
from server.gateways.bandwidth_codes import FAILURES
from server.gateways.simulator.exchange import Exchange, NetworkText, PendingCallback, now_ms
from server.gateways.simulator.faults import Faults
from server.gateways.simulator.live import is_same_origin
from server.gateways.simulator.options import SimulatorOptions
from server.gateways.simulator.recipients import MAGIC_RECIPIENTS
from server.phone_number import check_texting_number, stored_number

# The words by which a carrier opts a toll-free number out by itself, and what it says then.
_STOP: Final = frozenset({"stop"})
_START: Final = frozenset({"unstop", "start"})
_STOPPED: Final = (
    "NETWORK MSG: You replied with the word “stop”, which blocks all texts sent from this number. "
    "Text back “unstop” to receive texts again."
)
_STARTED: Final = (
    "NETWORK MSG: You have replied “unstop” and will begin receiving texts again from this number."
)


class TextFromPhone(Struct, forbid_unknown_fields=True):
    """What the page asks to send."""

    phone: Annotated[str, Meta(max_length=40)]
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT_CHARACTERS)]


class Phones:
    """The page's side of the network."""

    def __init__(self, options: SimulatorOptions, exchange: Exchange, faults: Faults) -> None:
        self._options = options
        self._exchange = exchange
        self._faults = faults

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/phone/texts", self._send, methods=["POST"]),
            WebSocketRoute("/phone/live", self._live),
        ]

    async def _live(self, websocket: WebSocket) -> None:
        await self._exchange.watchers.serve(websocket, self._snapshot)

    def _snapshot(self) -> dict[str, Any]:
        options = self._options
        return {
            "type": "snapshot",
            "firm": {"name": options.firm_name, "number": options.firm_number},
            "people": [person._asdict() for person in options.people],
            "texts": self._exchange.network.texts,
            "magic": MAGIC_RECIPIENTS,
            "reasons": {code: failure.reason for code, failure in FAILURES.items()},
            "faults": self._faults.ordered,
        }

    async def _send(self, request: Request) -> Response:
        if not is_same_origin(request):
            return JSONResponse({"error": "Another site may not text from this phone."}, 403)
        try:
            asked = json.decode(await request.body(), type=TextFromPhone)
        except DecodeError as error:
            return JSONResponse({"error": str(error)}, 400)
        try:
            number = stored_number(asked.phone)
            check_texting_number(number)
        except Refused as refusal:
            return JSONResponse({"error": refusal.message}, 400)
        return JSONResponse({"id": self._take(number, asked.text).id, "phone": number}, 202)

    def _take(self, phone: str, text: str) -> NetworkText:
        taken = self._exchange.put("in", phone, text, "sending")
        now = now_ms()
        self._exchange.report(
            PendingCallback(text=taken.id, type="message-received", due_ms=now, made_ms=now)
        )
        self._obey(phone, text.strip().casefold())
        return taken

    def _obey(self, phone: str, word: str) -> None:
        """Do what the carrier does above Bandwidth: it blocks, and says so itself."""
        opted_out = phone in self._exchange.network.opted_out
        if word in _STOP and not opted_out:
            self._exchange.opt_out(phone, True)
            self._exchange.put("network", phone, _STOPPED, "delivered")
        elif word in _START and opted_out:
            self._exchange.opt_out(phone, False)
            self._exchange.put("network", phone, _STARTED, "delivered")
