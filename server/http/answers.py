"""Answers in JSON, and the one shape of every error."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from protocol.errors import Refused
from protocol.frames import Problem


def answer(value: Any, status: int = 200) -> Response:
    """A structure of the protocol, or plain values, as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def problem(refused: Refused, **more: Any) -> Response:
    """A refusal: a code for programs, a sentence for people, and whether to try again."""
    error = Problem(
        code=refused.code,
        message=refused.message,
        temporary=refused.refusal.temporary,
        retry_after_ms=refused.retry_after_ms,
    )
    response = answer({"error": error, **more}, refused.refusal.http_status)
    if refused.retry_after_ms is not None:
        response.headers["retry-after"] = str(-(-refused.retry_after_ms // 1_000))
    return response
