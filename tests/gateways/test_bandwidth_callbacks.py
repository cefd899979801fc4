from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.gateways.bandwidth_callbacks import (
    MAX_CALLBACK_BYTES,
    CallbackRefused,
    Received,
    Reported,
    Unrecognised,
    parse_callbacks,
)


def test_an_inbound_text_is_read_with_our_number_as_owner() -> None:
    assert parse_callbacks(body(inbound())) == [
        Received(
            message_id="in-1",
            application_id="app-1",
            owner="+18335550142",
            from_="+14155550139",
            to=("+18335550142",),
            text="Running late",
            media=(),
            segment_count=1,
            time_ms=1_795_316_800_250,
        )
    ]


def test_a_media_message_without_text_is_read() -> None:
    [received] = parse_callbacks(body(inbound(text=None, media=["https://media.example/a.jpg"])))
    assert isinstance(received, Received)
    assert (received.text, received.media) == ("", ("https://media.example/a.jpg",))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("message-sending", "sending"),
        ("message-sent", "sent"),
        ("message-delivered", "delivered"),
        ("message-failed", "failed"),
    ],
)
def test_f2_every_report_names_its_state_and_its_attempt(kind: str, state: str) -> None:
    [reported] = parse_callbacks(body(report(kind)))
    assert isinstance(reported, Reported)
    assert (reported.state, reported.tag, reported.message_id) == (state, "attempt-7", "out-1")
    assert (reported.to, reported.code, reported.owner) == ("+14155550139", None, "+18335550142")


def test_f1_a_failure_carries_its_code_and_description() -> None:
    [reported] = parse_callbacks(
        body(report("message-failed", errorCode=4720, description="invalid-destination"))
    )
    assert isinstance(reported, Reported)
    assert (reported.state, reported.code, reported.description) == ("failed", 4720, "invalid-destination")


def test_f1_a_missing_receipt_is_unconfirmed_and_not_failed() -> None:
    [reported] = parse_callbacks(body(report("message-failed", errorCode=9902)))
    assert isinstance(reported, Reported)
    assert (reported.state, reported.code) == ("unconfirmed", 9902)


def test_a_type_that_did_not_exist_is_kept_as_such_beside_the_others() -> None:
    callbacks = parse_callbacks(body({"type": "message-read", "new": {"shape": 1}}, report("message-sent")))
    assert callbacks[0] == Unrecognised("message-read")
    assert isinstance(callbacks[1], Reported)


def test_unknown_fields_are_ignored() -> None:
    known, extended = report("message-sent"), report("message-sent", carrierName="AT&T")
    extended["message"]["priority"] = "high"
    assert parse_callbacks(body(extended)) == parse_callbacks(body(known))


def test_control_characters_never_come_in_with_a_text() -> None:
    [received] = parse_callbacks(body(inbound(text="a\x00b\x1b[31mc\r\nd\u0085e")))
    assert isinstance(received, Received)
    assert received.text == "ab[31mc\r\nde"


def test_a_batch_of_one_hundred_is_read_and_one_more_is_refused() -> None:
    assert len(parse_callbacks(body(*[report("message-sent")] * 100))) == 100
    assert code_of(body(*[report("message-sent")] * 101)) == "too_many"


def test_a_body_of_256_kib_is_read_and_one_byte_more_is_refused() -> None:
    padded = body(report("message-sent")).ljust(MAX_CALLBACK_BYTES)
    assert len(parse_callbacks(padded)) == 1
    assert code_of(padded + b" ") == "too_large"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"{}",
        b"[1]",
        b"[{}]",
        b'[{"type": 4}]',
        b'[{"type": "message-sent"}]',
        b"\xff\xfe",
        b"[" * 200_000,
        b'[{"type":"message-sent","time":"yesterday"}]',
    ],
)
def test_malformed_bodies_are_refused(raw: bytes) -> None:
    assert code_of(raw) == "malformed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "out\x001"),
        ("owner", "+1\x00"),
        ("tag", "t\n"),
        ("to", "not a list"),
        ("id", "x" * 300),
        ("segmentCount", -1),
    ],
)
def test_a_field_that_would_reach_a_filter_is_refused_when_it_is_not_one(field: str, value: Any) -> None:
    callback = report("message-sent")
    callback["message"][field] = value
    assert code_of(body(callback)) == "malformed"


@pytest.mark.parametrize("time", ["tomorrow", "", "2026-13-01T00:00:00Z", "1e99"])
def test_a_time_that_is_none_is_refused(time: str) -> None:
    assert code_of(body(report("message-sent", time=time))) == "malformed"


anything = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps([{"type": value}, value]).encode()))
def test_no_body_ends_in_anything_but_callbacks_or_a_refusal(raw: bytes) -> None:
    with contextlib.suppress(CallbackRefused):
        assert isinstance(parse_callbacks(raw), list)


def body(*callbacks: dict[str, Any]) -> bytes:
    return json.dumps(list(callbacks)).encode()


def report(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "time": "2026-11-22T03:06:40.250Z",
        "type": kind,
        "to": "+14155550139",
        "description": "ok",
        "message": message("out-1", "out", "+18335550142", "+14155550139", tag="attempt-7"),
        **fields,
    }


def inbound(**fields: Any) -> dict[str, Any]:
    return {
        "time": "2026-11-22T03:06:40.250Z",
        "type": "message-received",
        "to": "+18335550142",
        "description": "Incoming message received",
        "message": message(
            "in-1", "in", "+14155550139", "+18335550142", **{"text": "Running late", **fields}
        ),
    }


def message(id: str, direction: str, from_: str, to: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": id,
        "owner": "+18335550142",
        "applicationId": "app-1",
        "time": "2026-11-22T03:06:40.250Z",
        "segmentCount": 1,
        "direction": direction,
        "to": [to],
        "from": from_,
        **fields,
    }


def code_of(raw: bytes) -> str:
    with pytest.raises(CallbackRefused) as refusal:
        parse_callbacks(raw)
    return refusal.value.code
