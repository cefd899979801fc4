"""What Bandwidth reports to us, read from the body of its webhook.

Reports come at least once, in any order, and may come before the answer to the send. The caller checks the
credentials, commits what it read, then answers 2xx; deduplicate ``Received`` by message id and ``Reported``
by (message id, to, state). Unknown fields are ignored and unknown types are kept as such, because Bandwidth
adds both without notice.

Source: Bandwidth messaging v2 webhooks ("BandwidthAPI/v2").
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from msgspec import DecodeError as JsonError
from msgspec import Meta, Struct, ValidationError, convert, field, json

from protocol.entities import TextState
from server.gateways.bandwidth_codes import UNCONFIRMED_CODE

MAX_CALLBACK_BYTES: Final = 256 * 1024
MAX_CALLBACKS: Final = 100


class CallbackRefused(Exception):
    """The body is not one that Bandwidth sends; ``code`` says why."""

    def __init__(self, code: Literal["too_large", "too_many", "malformed"], description: str) -> None:
        super().__init__(description)
        self.code = code


class Received(Struct, frozen=True):
    """A text that came in; ``owner`` is the firm's number, ``to`` holds every recipient of a group."""

    message_id: str
    application_id: str
    owner: str
    from_: str
    to: tuple[str, ...]
    text: str
    media: tuple[str, ...]
    segment_count: int
    time_ms: int


class Reported(Struct, frozen=True):
    """A step in the life of a text that went out; ``tag`` is the attempt that we named when sending it."""

    message_id: str
    application_id: str
    owner: str
    tag: str | None
    state: TextState
    to: str
    code: int | None
    description: str
    time_ms: int


class Unrecognised(Struct, frozen=True):
    """A report of a type that did not exist when this was written."""

    type: str


Callback = Received | Reported | Unrecognised


def parse_callbacks(raw: bytes) -> list[Callback]:
    """Read a whole webhook body.

    Raises:
        CallbackRefused: ``too_large`` over 256 KiB, ``too_many`` over 100 items, else ``malformed``.
    """
    if len(raw) > MAX_CALLBACK_BYTES:
        raise CallbackRefused("too_large", f"{len(raw)} bytes, at most {MAX_CALLBACK_BYTES}")
    try:
        items = json.decode(raw, type=list[dict[str, Any]])
        if len(items) > MAX_CALLBACKS:
            raise CallbackRefused("too_many", f"{len(items)} callbacks, at most {MAX_CALLBACKS}")
        return [_read(item) for item in items]
    except (JsonError, ValueError, RecursionError) as error:
        raise CallbackRefused("malformed", str(error)) from None


# A control character in a name reaches database filters, where NUL is a wildcard on SQLite; in what a person
# wrote it is dropped, because refusing a text would only make the carrier offer it again for a day.
_NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*\Z"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

_PhoneNumber = Annotated[str, Meta(max_length=40, pattern=_NO_CONTROLS)]
_Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_NO_CONTROLS)]
_Tag = Annotated[str, Meta(max_length=1_024, pattern=_NO_CONTROLS)]
_Url = Annotated[str, Meta(max_length=2_000, pattern=_NO_CONTROLS)]
_Words = Annotated[str, Meta(max_length=20_000)]


class _Message(Struct, rename="camel"):
    id: _Name
    owner: _PhoneNumber
    application_id: _Name
    to: list[_PhoneNumber]
    from_: _PhoneNumber = field(name="from")
    text: _Words | None = None
    tag: _Tag | None = None
    media: list[_Url] | None = None
    segment_count: Annotated[int, Meta(ge=0)] = 1


class _Envelope(Struct, rename="camel"):
    time: str
    to: _PhoneNumber
    message: _Message
    description: _Words = ""
    error_code: int | None = None


_STATES: Final[dict[str, TextState]] = {
    "message-sending": "sending",
    "message-sent": "sent",
    "message-delivered": "delivered",
    "message-failed": "failed",
}


def _read(item: dict[str, Any]) -> Callback:
    kind = item.get("type")
    if not isinstance(kind, str):
        raise ValidationError("a callback has no type")
    if kind == "message-received":
        return _received(convert(item, _Envelope))
    if kind in _STATES:
        return _reported(convert(item, _Envelope), _STATES[kind])
    return Unrecognised(kind[:200])


def _received(envelope: _Envelope) -> Received:
    message = envelope.message
    return Received(
        message_id=message.id,
        application_id=message.application_id,
        owner=message.owner,
        from_=message.from_,
        to=tuple(message.to),
        text=_CONTROLS.sub("", message.text or ""),
        media=tuple(message.media or ()),
        segment_count=message.segment_count,
        time_ms=milliseconds(envelope.time),
    )


def _reported(envelope: _Envelope, state: TextState) -> Reported:
    message = envelope.message
    if state == "failed" and envelope.error_code == UNCONFIRMED_CODE:
        state = "unconfirmed"
    return Reported(
        message_id=message.id,
        application_id=message.application_id,
        owner=message.owner,
        tag=message.tag,
        state=state,
        to=envelope.to,
        code=envelope.error_code,
        description=_CONTROLS.sub("", envelope.description),
        time_ms=milliseconds(envelope.time),
    )


def milliseconds(iso_time: str) -> int:
    """Turn Bandwidth's ISO 8601 time into milliseconds UTC; a time without a zone is UTC."""
    moment = datetime.fromisoformat(iso_time)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
