"""WebSocket frames as RFC 6455 (section 5) wants them, without any network.

It keeps 0.1 KB for an idle socket where the ``websockets`` library's Sans-I/O protocol keeps 1.4 KB. A fuzz
holds the two against each other frame by frame (tests/transport/test_fuzz.py); where the standard leaves a
choice this reader takes the library's (docs/decisions/0005).
"""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

from websockets.speedups import apply_mask

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
MESSAGES = frozenset({TEXT, BINARY})
OPCODES = MESSAGES | {CONTINUATION, CLOSE, PING, PONG}
MAX_CONTROL_BYTES = 125

PROTOCOL_ERROR = 1002
NO_CODE = 1005
"""What a close frame without a code means; it is never sent."""
NOT_UTF8 = 1007
TOO_BIG = 1009
_STANDARD_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})

_Utf8Decoder = codecs.getincrementaldecoder("utf-8")


class Unreadable(Exception):
    """The peer broke the rules of WebSocket; the connection fails with this close code."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code} {reason}")


class Incoming(NamedTuple):
    """A whole message or a control frame; a fragment that ends no message has the opcode CONTINUATION."""

    opcode: int
    data: bytes | str


def pack(opcode: int, payload: bytes) -> bytes:
    """A frame from the server: whole, unmasked, and so the same for every socket."""
    size_bytes = len(payload)
    if size_bytes < 126:
        return bytes((0x80 | opcode, size_bytes)) + payload
    if size_bytes < 65_536:
        return bytes((0x80 | opcode, 126)) + size_bytes.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size_bytes.to_bytes(8, "big") + payload


def pack_close(code: int, reason: str = "") -> bytes:
    """A close frame; the reason is cut where it would not fit, between two characters."""
    told = reason.encode()[: MAX_CONTROL_BYTES - 2].decode(errors="ignore")
    return pack(CLOSE, code.to_bytes(2, "big") + told.encode())


def close_code(payload: bytes) -> int:
    """The code of a peer's close frame.

    Raises:
        Unreadable: one that may not stand in a close frame, half of one, or a reason that is no text.
    """
    if not payload:
        return NO_CODE
    if len(payload) == 1:
        raise Unreadable(PROTOCOL_ERROR, "close frame too short")
    code = int.from_bytes(payload[:2], "big")
    _decoded(payload[2:])
    if code not in _STANDARD_CODES and not 3_000 <= code < 5_000:
        raise Unreadable(PROTOCOL_ERROR, "invalid close code")
    return code


class _Header(NamedTuple):
    """The head of one frame: its first byte, where its payload begins, how long that is, and its mask."""

    first: int
    payload_at: int
    size_bytes: int
    mask: bytes


class FrameReader:
    """Takes bytes as they come from a client, and gives what they mean, one at a time.

    It holds the bytes of at most one message and whatever else came in the same read. ``max_bytes`` bounds
    a message; frames over it are refused by their header.
    """

    __slots__ = ("_buffer", "_decoder", "_max_bytes", "_message", "_message_bytes", "_parts")

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._buffer: bytes | bytearray = b""
        self._message: int | None = None
        """The opcode of the message whose fragments are coming."""
        self._message_bytes = 0
        self._parts: list[bytes | str] | None = None
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes from the network."""
        if not self._buffer:
            self._buffer = data
            return
        if not isinstance(self._buffer, bytearray):
            self._buffer = bytearray(self._buffer)
        self._buffer += data

    def read(self) -> Incoming | None:
        """The next message or frame; none until more bytes come.

        Raises:
            Unreadable: and nothing that follows can be read any more.
        """
        header = self._header()
        if header is None:
            return None
        end = header.payload_at + header.size_bytes
        if len(self._buffer) < end:
            return None
        payload = apply_mask(self._buffer[header.payload_at : end], header.mask)
        self._drop(end)
        if header.first & 0x70:
            raise Unreadable(PROTOCOL_ERROR, "reserved bits must be 0")
        opcode, final = header.first & 0x0F, header.first >= 0x80
        if opcode >= CLOSE:
            return self._control(opcode, final, payload)
        return self._data(opcode, final, payload)

    def _header(self) -> _Header | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        if first & 0x0F not in OPCODES:
            raise Unreadable(PROTOCOL_ERROR, "invalid opcode")
        if second < 0x80:
            raise Unreadable(PROTOCOL_ERROR, "frames from a client are masked")
        size_bytes, at = second & 0x7F, 2
        if size_bytes > 125:
            at = 4 if size_bytes == 126 else 10
            if len(buffer) < at:
                return None
            size_bytes = int.from_bytes(buffer[2:at], "big")
        if size_bytes > self._max_bytes - self._message_bytes:
            raise Unreadable(TOO_BIG, f"at most {self._max_bytes} bytes")
        return _Header(first, at + 4, size_bytes, bytes(buffer[at : at + 4]))

    def _drop(self, end: int) -> None:
        """Forget what has been read; an idle socket keeps no buffer."""
        if len(self._buffer) == end:
            self._buffer = b""
        elif isinstance(self._buffer, bytearray):
            del self._buffer[:end]
        else:
            self._buffer = bytearray(memoryview(self._buffer)[end:])

    def _control(self, opcode: int, final: bool, payload: bytes) -> Incoming:
        if len(payload) > MAX_CONTROL_BYTES:
            raise Unreadable(PROTOCOL_ERROR, "control frame too long")
        if not final:
            raise Unreadable(PROTOCOL_ERROR, "fragmented control frame")
        if opcode == CLOSE:
            close_code(payload)
            if self._message is not None:
                raise Unreadable(PROTOCOL_ERROR, "close amid a fragmented message")
        return Incoming(opcode, payload)

    def _data(self, opcode: int, final: bool, payload: bytes) -> Incoming:
        if (opcode == CONTINUATION) != (self._message is not None):
            wanted = "unexpected continuation" if opcode == CONTINUATION else "expected a continuation"
            raise Unreadable(PROTOCOL_ERROR, wanted)
        if final and opcode != CONTINUATION:
            return Incoming(opcode, _decoded(payload) if opcode == TEXT else payload)
        if self._message is None:
            self._message = opcode
            self._decoder = _Utf8Decoder() if opcode == TEXT else None
            self._parts = []
        return self._fragment(final, payload)

    def _fragment(self, final: bool, payload: bytes) -> Incoming:
        """Take in one fragment; UTF-8 is checked as it comes, even within a character."""
        parts = self._parts if self._parts is not None else []
        self._message_bytes += len(payload)
        part = payload if self._decoder is None else _decoded_by(self._decoder, payload, final)
        if part:  # endless empty fragments must not grow a list
            parts.append(part)
        return self._whole() if final else Incoming(CONTINUATION, b"")

    def _whole(self) -> Incoming:
        opcode, parts = self._message or BINARY, self._parts or []
        data = "".join(parts) if opcode == TEXT else b"".join(parts)  # type: ignore[arg-type]
        self._message = self._parts = self._decoder = None
        self._message_bytes = 0
        return Incoming(opcode, data)


def _decoded_by(decoder: codecs.IncrementalDecoder, payload: bytes, final: bool) -> str:
    try:
        return decoder.decode(payload, final)
    except UnicodeDecodeError as error:
        raise Unreadable(NOT_UTF8, error.reason) from None


def _decoded(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(NOT_UTF8, error.reason) from None
