"""Reporting to the firm's webhook as Bandwidth does: at least once, until it is taken or too old.

Source: Bandwidth messaging v2 webhooks. Its day of retries is shortened, its wait between them too.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import httpx
import structlog
from msgspec import json

from protocol.entities import TextState
from protocol.text_states import may_replace
from server.gateways.bandwidth_codes import UNCONFIRMED_CODE
from server.gateways.simulator.exchange import CallbackType, Exchange, NetworkText, PendingCallback, now_ms
from server.gateways.simulator.options import Pace, SimulatorOptions
from server.gateways.simulator.recipients import Plan

ANSWER_TIMEOUT_S: Final = 10.0
SETTLED_TIMEOUT_S: Final = 5.0

_STATES: Final[dict[CallbackType, TextState]] = {
    "message-sending": "sending",
    "message-sent": "sent",
    "message-delivered": "delivered",
    "message-failed": "failed",
}
_DESCRIPTIONS: Final[dict[CallbackType, str]] = {
    "message-received": "Incoming message received",
    "message-sending": "Message is sending",
    "message-sent": "Message is sent",
    "message-delivered": "ok",
    "message-failed": "The text could not be delivered",
}

log = structlog.get_logger()


def plan_reports(text: NetworkText, plan: Plan, pace: Pace) -> list[PendingCallback]:
    """Lay out what will be reported of a text, and when."""
    steps = _steps(plan, pace)
    if "reorder" in plan.faults:
        steps = [step._replace(at_ms=other.at_ms) for step, other in zip(steps[::-1], steps, strict=True)]
    if "callback_first" in plan.faults:
        steps[0] = steps[0]._replace(at_ms=0)
    reports = [
        PendingCallback(
            text=text.id, type=step.type, due_ms=text.at_ms + step.at_ms, made_ms=text.at_ms, code=step.code
        )
        for step in steps
        for _ in range(2 if "duplicate" in plan.faults else 1)
    ]
    return [] if "silent" in plan.faults else reports


class _Step(NamedTuple):
    at_ms: int
    type: CallbackType
    code: int | None = None


def _steps(plan: Plan, pace: Pace) -> list[_Step]:
    """Bandwidth's own refusals come before a text is sent; a carrier's come after."""
    sending = _Step(pace.sending_ms, "message-sending")
    sent = _Step(pace.sent_ms, "message-sent")
    if plan.code is None:
        return [sending, sent, _Step(pace.delivered_ms, "message-delivered")]
    if plan.code == UNCONFIRMED_CODE:
        failed = _Step(pace.unconfirmed_ms, "message-failed", plan.code)
        late = _Step(2 * pace.unconfirmed_ms, "message-delivered")
        return [sending, sent, failed, late] if plan.late_receipt else [sending, sent, failed]
    if plan.code // 100 in (47, 56):
        return [sending, sent, _Step(pace.delivered_ms, "message-failed", plan.code)]
    return [sending, _Step(pace.sent_ms, "message-failed", plan.code)]


class Postman:
    """Delivers what is pending, each report on its own, so that a slow one delays no other."""

    def __init__(self, exchange: Exchange, options: SimulatorOptions) -> None:
        self._exchange = exchange
        self._options = options
        self._in_flight: set[int] = set()
        self._settled: dict[int, asyncio.Event] = {}
        self._wake = asyncio.Event()
        exchange.on_pending = self._wake.set

    async def run(self) -> None:
        """Deliver until cancelled."""
        auth = httpx.BasicAuth(self._options.webhook_username, self._options.webhook_password)
        headers = {"User-Agent": "BandwidthAPI/v2", "Content-Type": "application/json; charset=utf-8"}
        async with (
            httpx.AsyncClient(auth=auth, headers=headers, timeout=ANSWER_TIMEOUT_S, trust_env=False) as http,
            asyncio.TaskGroup() as group,
        ):
            while True:
                self._wake.clear()
                for callback in self._due():
                    self._in_flight.add(id(callback))
                    group.create_task(self._deliver(http, callback))
                await self._until_next_due()

    async def until_settled(self, callback: PendingCallback) -> None:
        """Wait, within limits, until a report was taken."""
        settled = self._settled[id(callback)] = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLED_TIMEOUT_S):
                await settled.wait()
        del self._settled[id(callback)]

    def _waiting(self) -> list[PendingCallback]:
        return [one for one in self._exchange.network.pending if id(one) not in self._in_flight]

    def _due(self) -> list[PendingCallback]:
        now = now_ms()
        return [callback for callback in self._waiting() if callback.due_ms <= now]

    async def _until_next_due(self) -> None:
        first_due_ms = min((callback.due_ms for callback in self._waiting()), default=None)
        delay_s = None if first_due_ms is None else max(0, first_due_ms - now_ms()) / 1000
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._wake.wait()

    async def _deliver(self, http: httpx.AsyncClient, callback: PendingCallback) -> None:
        text = self._exchange.find(callback.text)
        taken = True
        if text is not None:
            self._happen(text, callback)
            taken = await self._post(http, _body(text, callback, self._options))
            self._note_inbound(text, callback, taken)
        if taken or self._is_too_old(callback):
            self._exchange.settle(callback)
            if settled := self._settled.get(id(callback)):
                settled.set()
        else:
            self._put_off(callback)
        self._in_flight.discard(id(callback))
        self._wake.set()

    def _happen(self, text: NetworkText, callback: PendingCallback) -> None:
        """What is reported has happened, whether or not the firm takes the report."""
        state = "unconfirmed" if callback.code == UNCONFIRMED_CODE else _STATES.get(callback.type)
        if state is not None and may_replace(text.state, state):
            self._exchange.move(text, state, callback.code)

    def _note_inbound(self, text: NetworkText, callback: PendingCallback, taken: bool) -> None:
        if callback.type == "message-received":
            waiting: TextState = "failed" if self._is_too_old(callback) else "held"
            self._exchange.move(text, "delivered" if taken else waiting)

    async def _post(self, http: httpx.AsyncClient, body: bytes) -> bool:
        try:
            answer = await http.post(self._options.webhook_url, content=body)
        except httpx.HTTPError as error:
            log.info("simulator.webhook_unreachable", reason=type(error).__name__)
            return False
        if not answer.is_success:
            log.info("simulator.webhook_refused", status=answer.status_code)
        return answer.is_success

    def _is_too_old(self, callback: PendingCallback) -> bool:
        return now_ms() - callback.made_ms > self._options.pace.give_up_ms

    def _put_off(self, callback: PendingCallback) -> None:
        pace = self._options.pace
        callback.due_ms = now_ms() + min(pace.retry_ms * 2 ** min(callback.tries, 10), pace.retry_most_ms)
        callback.tries += 1
        self._exchange.kept.changed()


def _body(text: NetworkText, callback: PendingCallback, options: SimulatorOptions) -> bytes:
    inbound = text.direction == "in"
    envelope: dict[str, Any] = {
        "time": iso_time(now_ms()),
        "type": callback.type,
        "to": options.firm_number if inbound else text.phone,
        "description": _DESCRIPTIONS[callback.type],
        "message": message_fields(text, options),
    }
    if callback.code is not None:
        envelope["errorCode"] = callback.code
    return json.encode([envelope])


def message_fields(text: NetworkText, options: SimulatorOptions) -> dict[str, Any]:
    """Write a text as Bandwidth does, in answers and in callbacks."""
    inbound = text.direction == "in"
    fields: dict[str, Any] = {
        "id": text.id,
        "owner": options.firm_number,
        "applicationId": options.application_id,
        "time": iso_time(text.at_ms),
        "segmentCount": text.segments,
        "direction": "in" if inbound else "out",
        "to": [options.firm_number if inbound else text.phone],
        "from": text.phone if inbound else options.firm_number,
        "text": text.text,
    }
    if text.tag is not None:
        fields["tag"] = text.tag
    return fields


def iso_time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
