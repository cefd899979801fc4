"""Bytes to structures and back, in both encodings of version 1.

Decoding goes in two steps. The plain decoders (``msgpack``, ``json``) see every key, so they refuse what a
typed decoder would silently take: duplicate keys, NaN, extension types, numbers beyond 2**53, control
characters, nesting deeper than 16. ``msgspec`` then checks the types and builds the structure.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterable
from typing import Any, Literal, TypeVar

import msgpack
import msgspec

from protocol.complaint import complaint
from protocol.errors import ProtocolViolation, Refused
from protocol.frames import MAX_INBOUND_FRAME_BYTES, Inbound, Outbound
from protocol.types import MAX_EXACT_INTEGER, Arguments

Encoding = Literal["msgpack", "json"]
T = TypeVar("T")

MAX_DEPTH = 16
# Tab, line feed and carriage return are text; every other control is refused. NUL above all: in a filter
# it matches every row on SQLite.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

_encode_msgpack = msgspec.msgpack.Encoder().encode
_encode_json = msgspec.json.Encoder().encode


def encode(value: Any, encoding: Encoding) -> bytes:
    """Encode any structure of the protocol, or plain values."""
    return _encode_msgpack(value) if encoding == "msgpack" else _encode_json(value)


def encode_frame(frame: Outbound, encoding: Encoding) -> bytes:
    """Encode a frame from the server."""
    return encode(frame, encoding)


def decode_frame(data: bytes, encoding: Encoding) -> Inbound:
    """Decode a frame from a client.

    Raises:
        ProtocolViolation: ``too_large`` or ``malformed``; the connection has to close.
    """
    if len(data) > MAX_INBOUND_FRAME_BYTES:
        raise ProtocolViolation("too_large", f"{len(data)} bytes")
    try:
        frame: Inbound = msgspec.convert(parse(data, encoding), Inbound)
    except ValueError as error:
        raise ProtocolViolation("malformed", str(error)) from None
    return frame


def decode_args(args: Any, into: type[T]) -> T:
    """Check the arguments of a command or query against their structure.

    Raises:
        Refused: ``invalid``, with a sentence that says what is wrong and where.
    """
    try:
        return msgspec.convert(args, into)
    except msgspec.ValidationError as error:
        raise Refused("invalid", complaint(error)) from None


def decode_query(args: dict[str, str], into: type[T]) -> T:
    """Check the arguments of a query string, where every value arrives as text.

    Raises:
        Refused: ``invalid``.
    """
    try:
        _check(args, 0)
        return msgspec.convert(args, into, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("invalid", complaint(error)) from None
    except ValueError as error:
        raise Refused("invalid", f"The request has a {error}.") from None


def parse(data: bytes, encoding: Encoding) -> Any:
    """Parse bytes to plain values, refusing all that the two encodings do not share.

    Raises:
        ValueError: what was wrong, in a few words.
    """
    try:
        value = _parse_msgpack(data) if encoding == "msgpack" else _parse_json(data)
    except (msgpack.UnpackException, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not {encoding}: {type(error).__name__}") from None
    _check(value, 0)
    return value


def _parse_msgpack(data: bytes) -> Any:
    return msgpack.unpackb(data, object_pairs_hook=_unique, ext_hook=_no_extension, strict_map_key=True)


def _parse_json(data: bytes) -> Any:
    return json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_extension(code: int, _: bytes) -> Any:
    raise ValueError(f"extension type {code}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _check(value: Any, depth: int) -> None:
    if isinstance(value, dict):
        _check_all(itertools.chain(value, value.values()), depth)
    elif isinstance(value, list):
        _check_all(value, depth)
    elif problem := _problem_of(value):
        raise ValueError(problem)


def _check_all(values: Iterable[Any], depth: int) -> None:
    if depth == MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    for value in values:
        _check(value, depth + 1)


def _problem_of(scalar: Any) -> str | None:
    match scalar:
        case str():
            return "control character in text" if _CONTROLS.search(scalar) else None
        case int():  # and bool, which is one
            return "integer beyond 2**53" if abs(scalar) > MAX_EXACT_INTEGER else None
        case float():  # JSON has no word for infinity, but 1e999 comes out as one
            return None if math.isfinite(scalar) else "not a finite number"
        case None | bytes():
            return None
    # MessagePack's own timestamps, which pass by the hook for extensions.
    return f"{type(scalar).__name__} has no place here"


def command_digest_bytes(args: Arguments) -> bytes:
    """The canonical bytes of a command's arguments, for telling a repeat from a reused key."""
    return msgspec.json.encode(args, order="deterministic")
