"""Bandwidth's messaging API, version 2, as far as a firm uses it: send, list, and tokens for both.

Source: Bandwidth's messaging v2 specification: answers, refusals and their bodies.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any, Final

from msgspec import DecodeError, json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from protocol.types import MAX_TEXT_CHARACTERS
from server.gateways.bandwidth_sign_in import basic_authorization
from server.gateways.simulator.callbacks import Postman, iso_time, message_fields, plan_reports
from server.gateways.simulator.exchange import Exchange, NetworkText
from server.gateways.simulator.faults import Faults
from server.gateways.simulator.options import SimulatorOptions
from server.gateways.simulator.recipients import Plan, plan_for

SLOW_ANSWER_S: Final = 3.0
TOKEN_LIFE_S: Final = 3_600
MAX_TAG_CHARACTERS: Final = 1_024
OPTED_OUT_CODE: Final = 4775

_E164 = re.compile(r"\+1[2-9][0-9]{9}")


class Carrier:
    """Answers the firm's server; every refusal has the shape that Bandwidth gives it."""

    def __init__(
        self, options: SimulatorOptions, exchange: Exchange, postman: Postman, faults: Faults
    ) -> None:
        self._options = options
        self._exchange = exchange
        self._postman = postman
        self._faults = faults
        self._basic = basic_authorization(options.username, options.password)
        self._token = secrets.token_urlsafe(24)

    def routes(self) -> list[Route]:
        messages = "/api/v2/users/{account}/messages"
        return [
            Route(messages, self._send, methods=["POST"]),
            Route(messages, self._list, methods=["GET"]),
            Route("/api/v1/oauth2/token", self._grant, methods=["POST"]),
        ]

    async def _grant(self, request: Request) -> Response:
        if request.headers.get("authorization") != self._basic:
            return _refusal(401, "unauthorized", "The client credentials are wrong.")
        if await request.body() != b"grant_type=client_credentials":
            return _refusal(400, "unsupported_grant_type", "Ask for client_credentials.")
        return JSONResponse({"access_token": self._token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_S})

    async def _send(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _refusal(415, "unsupported-media-type", "Send application/json.")
        try:
            asked = json.decode(await request.body(), type=dict[str, Any])
        except DecodeError:
            return _refusal(400, "request-validation", "The body is not a JSON object.")
        if wrong := self._wrong_fields(asked):
            return _invalid(wrong)
        return await self._take(asked["to"][0], asked["text"], asked.get("tag"))

    async def _take(self, to: str, text: str, tag: str | None) -> Response:
        plan = self._faults.take(plan_for(to, self._exchange.texts_to(to)))
        if to in self._exchange.network.opted_out:
            plan = Plan(code=OPTED_OUT_CODE)
        if refused := _planned_refusal(plan):
            return refused
        taken = self._exchange.put("out", to, text, "queued", tag)
        await self._report(taken, plan)
        if "slow" in plan.faults:
            await asyncio.sleep(SLOW_ANSWER_S)
        if "lost_answer" in plan.faults:
            return _LostAnswer()
        return JSONResponse(message_fields(taken, self._options), 202)

    async def _report(self, taken: NetworkText, plan: Plan) -> None:
        reports = plan_reports(taken, plan, self._options.pace)
        self._exchange.report(*reports)
        if "silent" in plan.faults:
            self._exchange.move(taken, "delivered")
        if "callback_first" in plan.faults and reports:
            await self._postman.until_settled(reports[0])

    async def _list(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        found = [self._listed(text) for text in self._exchange.network.texts if _matches(text, request)]
        return JSONResponse({"totalCount": len(found), "pageInfo": {}, "messages": found[::-1][:100]})

    def _listed(self, text: NetworkText) -> dict[str, Any]:
        inbound = text.direction == "in"
        return {
            "messageId": text.id,
            "accountId": self._options.account_id,
            "sourceTn": text.phone if inbound else self._options.firm_number,
            "destinationTn": self._options.firm_number if inbound else text.phone,
            "messageStatus": text.state.upper(),
            "messageDirection": "INBOUND" if inbound else "OUTBOUND",
            "messageType": "sms",
            "segmentCount": text.segments,
            "errorCode": text.code or 0,
            "receiveTime": iso_time(text.at_ms),
        }

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("authorization") not in (self._basic, f"Bearer {self._token}"):
            return _refusal(401, "unauthorized", "The credentials are wrong.")
        if request.path_params["account"] != self._options.account_id:
            return _refusal(403, "forbidden", "The account is another's.")
        return None

    def _wrong_fields(self, asked: dict[str, Any]) -> dict[str, str]:
        to, text, tag = asked.get("to"), asked.get("text"), asked.get("tag")
        numbers = [to] if isinstance(to, str) else to
        checks = {
            "applicationId": (asked.get("applicationId") == self._options.application_id, "is not yours"),
            "from": (asked.get("from") == self._options.firm_number, "is not a number of the application"),
            "to": (_is_one_number(numbers), "must be one North American number in E.164"),
            "text": (_is_text(text), f"must have 1 to {MAX_TEXT_CHARACTERS} characters"),
            "tag": (tag is None or (isinstance(tag, str) and len(tag) <= MAX_TAG_CHARACTERS), "is too long"),
        }
        asked["to"] = numbers
        return {name: complaint for name, (fine, complaint) in checks.items() if not fine}


def _is_one_number(numbers: object) -> bool:
    """Group messages are MMS, which a firm does not send."""
    return isinstance(numbers, list) and len(numbers) == 1 and _E164.fullmatch(str(numbers[0])) is not None


def _is_text(text: object) -> bool:
    return isinstance(text, str) and 1 <= len(text) <= MAX_TEXT_CHARACTERS


def _matches(text: NetworkText, request: Request) -> bool:
    wanted = request.query_params
    return text.direction != "network" and wanted.get("messageId", text.id) == text.id


_PLANNED: Final = {
    400: lambda: _invalid({"to": "is not a number that can be texted"}),
    401: lambda: _refusal(401, "unauthorized", "The credentials are wrong."),
    429: lambda: _refusal(429, "max-message-queue-size-exceeded", "The queue is full."),
    503: lambda: _refusal(503, "service-unavailable", "Please try again."),
}


def _planned_refusal(plan: Plan) -> Response | None:
    if "throttled" in plan.faults:
        return _PLANNED[429]()
    if "unavailable" in plan.faults:
        return _PLANNED[503]()
    return None if plan.status is None else _PLANNED[plan.status]()


def _refusal(status: int, type: str, description: str) -> Response:
    return JSONResponse({"type": type, "description": description}, status)


def _invalid(wrong: dict[str, str]) -> Response:
    errors = [{"fieldName": name, "description": complaint} for name, complaint in wrong.items()]
    description = "Your request could not be accepted."
    return JSONResponse(
        {"type": "request-validation", "description": description, "fieldErrors": errors}, 400
    )


class _LostAnswer(Response):
    """Promises an answer and breaks off, so that the server closes the connection in the middle of it."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"500")]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"id":', "more_body": True})
