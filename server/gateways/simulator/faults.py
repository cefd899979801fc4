"""Trouble on demand: how many of the next texts meet which fault.

``PUT /control/faults`` takes ``{"lost_answer": 1}`` and so on; ``GET`` shows what is still to come.
"""

from __future__ import annotations

from typing import Final, get_args

from msgspec import DecodeError, ValidationError, json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.gateways.simulator.live import Watchers, is_same_origin
from server.gateways.simulator.recipients import Fault, Plan

MAX_FAULTS: Final = 1_000
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)


class Faults:
    """Counts what is ordered and takes one of each for a text."""

    def __init__(self, watchers: Watchers) -> None:
        self._watchers = watchers
        self.ordered: dict[Fault, int] = dict.fromkeys(FAULTS, 0)

    def order(self, faults: dict[Fault, int]) -> None:
        """Replace the count of the faults named."""
        self.ordered.update(faults)
        self._watchers.tell({"type": "faults", "faults": self.ordered})

    def take(self, plan: Plan) -> Plan:
        """Add to a text's plan whatever is ordered for the next text."""
        taken = {fault for fault, count in self.ordered.items() if count > 0}
        if taken:
            self.order({fault: self.ordered[fault] - 1 for fault in taken})
        return plan._replace(faults=plan.faults | taken)

    def routes(self) -> list[Route]:
        return [Route("/control/faults", self._show), Route("/control/faults", self._change, methods=["PUT"])]

    async def _show(self, _: Request) -> Response:
        return JSONResponse(self.ordered)

    async def _change(self, request: Request) -> Response:
        if not is_same_origin(request):
            return JSONResponse({"error": "another site may not ask for this"}, 403)
        try:
            self.order(_read(await request.body()))
        except DecodeError as error:
            return JSONResponse({"error": f"{error}; the faults are {', '.join(FAULTS)}"}, 400)
        return JSONResponse(self.ordered)


def _read(body: bytes) -> dict[Fault, int]:
    ordered = json.decode(body, type=dict[Fault, int])
    if not all(0 <= count <= MAX_FAULTS for count in ordered.values()):
        raise ValidationError(f"a count is from 0 to {MAX_FAULTS}")
    return ordered
