from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, get_args

import msgpack
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol import catalog
from protocol.codec import (
    MAX_DEPTH,
    Encoding,
    command_digest_bytes,
    decode_args,
    decode_frame,
    decode_query,
    encode,
    encode_frame,
    parse,
)
from protocol.commands import COMMANDS
from protocol.commands.portals import SendMessage
from protocol.errors import CLOSES, ProtocolViolation, Refused
from protocol.frames import MAX_INBOUND_FRAME_BYTES, Events, Inbound, Outbound, PingIn
from protocol.queries import QUERIES, Search
from tests.protocol.structures import as_plain, instances, plain_values

VECTORS = Path(__file__).parent / "vectors"
FRAMES: list[dict[str, Any]] = json.loads((VECTORS / "frames.json").read_text(encoding="utf-8"))
REFUSED: list[dict[str, Any]] = json.loads((VECTORS / "refused.json").read_text(encoding="utf-8"))
ENCODINGS: tuple[Encoding, ...] = ("msgpack", "json")
MUTATED_FRAMES = 30_000

encodings = pytest.mark.parametrize("encoding", ENCODINGS)
sent_by_client = [vector for vector in FRAMES if vector["from"] == "client"]
sent_by_server = [vector for vector in FRAMES if vector["from"] == "server"]
slow = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def name_of(vector: Any) -> str:
    return f"{vector.get('encoding', vector.get('from'))}: {vector['name']}"


def data_of(vector: dict[str, Any], encoding: Encoding) -> bytes:
    return bytes.fromhex(vector["msgpack"]) if encoding == "msgpack" else vector["json"].encode()


@pytest.mark.parametrize("vector", FRAMES, ids=name_of)
def test_golden_vectors_say_the_same_in_both_encodings(vector: dict[str, Any]) -> None:
    assert json.loads(vector["json"]) == vector["plain"]
    assert msgpack.unpackb(bytes.fromhex(vector["msgpack"])) == vector["plain"]
    assert parse(data_of(vector, "json"), "json") == vector["plain"]
    assert parse(data_of(vector, "msgpack"), "msgpack") == vector["plain"]
    assert msgpack.packb(vector["plain"]).hex() == vector["msgpack"]


@pytest.mark.parametrize("vector", sent_by_client, ids=name_of)
def test_golden_vectors_of_clients_decode_to_one_frame(vector: dict[str, Any]) -> None:
    frames = [decode_frame(data_of(vector, encoding), encoding) for encoding in ENCODINGS]
    assert frames[0] == frames[1] == msgspec.convert(vector["plain"], Inbound)
    plain = as_plain(frames[0])
    assert {name: plain[name] for name in vector["plain"]} == vector["plain"]


@encodings
@pytest.mark.parametrize("vector", sent_by_server, ids=name_of)
def test_golden_vectors_of_the_server_are_what_the_server_sends(
    vector: dict[str, Any], encoding: Encoding
) -> None:
    decode = msgspec.msgpack.decode if encoding == "msgpack" else msgspec.json.decode
    frame = decode(data_of(vector, encoding), type=Outbound)
    assert encode_frame(frame, encoding) == data_of(vector, encoding)


def test_every_frame_has_a_golden_vector() -> None:
    for union, vectors in ((Inbound, sent_by_client), (Outbound, sent_by_server)):
        assert {frame.__struct_config__.tag for frame in get_args(union)} == {
            one["plain"]["type"] for one in vectors
        }


@pytest.mark.parametrize("vector", REFUSED, ids=name_of)
def test_what_the_encodings_do_not_share_is_refused(vector: dict[str, Any]) -> None:
    data = vector["text"].encode() if "text" in vector else bytes.fromhex(vector["hex"])
    with pytest.raises(ProtocolViolation) as violation:
        decode_frame(data, vector["encoding"])
    assert violation.value.close is CLOSES[vector["close"]]


@encodings
def test_a_frame_may_have_64_kib_and_not_a_byte_more(encoding: Encoding) -> None:
    largest = padded(MAX_INBOUND_FRAME_BYTES, encoding)
    assert len(largest) == MAX_INBOUND_FRAME_BYTES
    decode_frame(largest, encoding)
    with pytest.raises(ProtocolViolation) as violation:
        decode_frame(padded(MAX_INBOUND_FRAME_BYTES + 1, encoding), encoding)
    assert violation.value.close.name == "too_large"


def padded(size: int, encoding: Encoding) -> bytes:
    """A command of an exact size."""
    frame = {"type": "command", "id": 1, "key": "abcdefgh", "name": "x", "args": {"text": "x" * 60_000}}
    frame["args"] = {"text": "x" * (60_000 + size - len(encode(frame, encoding)))}
    return encode(frame, encoding)


@encodings
def test_a_frame_may_be_nested_sixteen_deep_and_no_deeper(encoding: Encoding) -> None:
    decode_frame(nested(MAX_DEPTH, encoding), encoding)
    for depth in (MAX_DEPTH + 1, 200, 20_000):
        with pytest.raises(ProtocolViolation):
            decode_frame(nested(depth, encoding), encoding)


def nested(depth: int, encoding: Encoding) -> bytes:
    """A command whose innermost list stands at a depth; the frame and its arguments are the first two."""
    frame = {"type": "command", "id": 1, "key": "abcdefgh", "name": "x", "args": {"a": None}}
    data = encode(frame, encoding)
    opening, closing = (b"\x91", b"") if encoding == "msgpack" else (b"[", b"]")
    innermost = b"\x90" if encoding == "msgpack" else b"[]"
    lists = opening * (depth - 3) + innermost + closing * (depth - 3)
    return data.replace(b"\xc0" if encoding == "msgpack" else b"null", lists)


@encodings
@pytest.mark.parametrize("structure", get_args(Inbound), ids=lambda one: str(one.__name__))
def test_frames_of_clients_survive_the_way_through_both_encodings(structure: Any, encoding: Encoding) -> None:
    @slow
    @given(instances(structure))
    def round_trip(frame: Inbound) -> None:
        assert decode_frame(encode(frame, encoding), encoding) == frame

    round_trip()


@encodings
@pytest.mark.parametrize(
    "structure",
    [one for section in catalog.sections() for one in section.structures if one is not Events],
    ids=lambda one: str(one.__name__),
)
def test_every_structure_survives_the_way_through_both_encodings(structure: Any, encoding: Encoding) -> None:
    @slow
    @given(instances(structure))
    def round_trip(value: Any) -> None:
        assert msgspec.convert(parse(encode(value, encoding), encoding), structure) == value

    round_trip()


@given(plain_values)
def test_both_encodings_carry_the_same_values(value: Any) -> None:
    assert parse(encode(value, "json"), "json") == parse(encode(value, "msgpack"), "msgpack") == value


@encodings
def test_mutated_frames_are_refused_or_understood_but_never_a_fault(encoding: Encoding) -> None:
    dice = random.Random(20_251_121)
    seeds = [data_of(vector, encoding) for vector in FRAMES]
    understood = 0
    for _ in range(MUTATED_FRAMES):
        data = mutate(dice, seeds)
        try:
            decode_frame(data, encoding)
        except ProtocolViolation:
            continue
        understood += 1
    assert 0 < understood < MUTATED_FRAMES / 2


def mutate(dice: random.Random, seeds: list[bytes]) -> bytes:
    """A frame with a few bytes changed, inserted, removed, repeated, or with the end of another."""
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(6):
            case 0:
                data[at:at] = dice.randbytes(dice.randint(1, 8))
            case 1:
                del data[at : at + dice.randint(1, 8)]
            case 2:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case 3:
                data[at : at + 1] = bytes([data[at] ^ 1 << dice.randrange(8)]) if at < len(data) else b""
            case 4:
                data[at:at] = data[at : at + dice.randint(1, 64)]
            case 5:
                data[at:] = dice.choice(seeds)[dice.randrange(40) :]
    return bytes(data)


@settings(max_examples=2_000, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(ENCODINGS))
def test_arbitrary_bytes_are_never_a_fault(data: bytes, encoding: Encoding) -> None:
    try:
        decode_frame(data, encoding)
    except ProtocolViolation as violation:
        assert violation.close.name == "malformed"  # noqa: PT017 - most bytes are, a few may not be


@pytest.mark.parametrize("spec", COMMANDS.values(), ids=lambda spec: str(spec.name))
def test_commands_refuse_arguments_that_they_do_not_know(spec: Any) -> None:
    @settings(max_examples=5, deadline=None)
    @given(instances(spec.args))
    def refuse(args: Any) -> None:
        assert decode_args(as_plain(args), spec.args) == args
        with pytest.raises(Refused) as refused:
            decode_args({**as_plain(args), "sudo": True}, spec.args)
        assert refused.value.code == "invalid"
        assert "sudo" in refused.value.message

    refuse()


@given(plain_values)
def test_arguments_of_any_shape_are_refused_or_understood(value: Any) -> None:
    for spec in COMMANDS.values():
        try:
            decode_args(value, spec.args)
        except Refused as refused:
            assert refused.code == "invalid"  # noqa: PT017 - {} is what some commands take


def test_queries_read_numbers_from_text_and_refuse_controls() -> None:
    assert decode_query({"find": "doe", "limit": "20"}, Search) == Search(find="doe", limit=20)
    for args in ({"limit": "many"}, {"limit": "0"}, {"find": "a\x00b"}, {"fnid": "doe"}):
        with pytest.raises(Refused) as refused:
            decode_query(args, Search)
        assert refused.value.code == "invalid"


def test_i9_the_digest_of_arguments_is_the_same_however_they_were_written() -> None:
    plain = {"text": "Hello", "portal": "0192f6a0-0000-7000-8000-000000000001"}
    one = decode_args(plain, SendMessage)
    other = decode_args(dict(reversed(plain.items())) | {"attachment": None}, SendMessage)
    assert command_digest_bytes(one) == command_digest_bytes(other)
    assert command_digest_bytes(one) != command_digest_bytes(SendMessage(portal=one.portal, text="hello"))


def test_names_in_the_tables_are_words_with_a_dot() -> None:
    for name in [*COMMANDS, *QUERIES]:
        noun, verb = name.split(".")
        assert noun.isalpha()
        assert verb.isalpha()
    assert not COMMANDS.keys() & QUERIES.keys()


def test_text_and_binary_are_not_confused() -> None:
    ping = PingIn(n=1)
    for encoding, other in (("json", "msgpack"), ("msgpack", "json")):
        with pytest.raises(ProtocolViolation):
            decode_frame(encode(ping, encoding), other)  # type: ignore[arg-type]
