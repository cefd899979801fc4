"""A client that sends any bytes at all, frame by frame, and reads what comes back."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

PATIENCE_S = 10.0
MASK = b"\x37\xfa\x21\x3d"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""The key of RFC 6455's own example."""

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class Seen(NamedTuple):
    """A frame that came from the server."""

    opcode: int
    payload: bytes


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, masked: bool = True
) -> bytes:
    """One frame from a client, right or wrong."""
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    return header(first, len(payload), masked=masked) + (mask(payload) if masked else payload)


def header(first: int, size_bytes: int, *, masked: bool = True) -> bytes:
    """The head of a frame, with its masking key."""
    bit = 0x80 if masked else 0
    if size_bytes < 126:
        head = bytes((first, bit | size_bytes))
    elif size_bytes < 2**16:
        head = bytes((first, bit | 126)) + size_bytes.to_bytes(2, "big")
    else:
        head = bytes((first, bit | 127)) + size_bytes.to_bytes(8, "big")
    return head + (MASK if masked else b"")


def mask(payload: bytes) -> bytes:
    """Payload as it travels from a client."""
    key = (MASK * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")


def text(words: str | bytes = b"", **how: Any) -> bytes:
    """A text frame."""
    return frame(TEXT, words.encode() if isinstance(words, str) else words, **how)


def more(words: str | bytes = b"", **how: Any) -> bytes:
    """A continuation frame."""
    return frame(CONTINUATION, words.encode() if isinstance(words, str) else words, **how)


def binary(payload: bytes = b"", **how: Any) -> bytes:
    """A binary frame."""
    return frame(BINARY, payload, **how)


def ping(payload: bytes = b"", **how: Any) -> bytes:
    """A ping."""
    return frame(PING, payload, **how)


def pong(payload: bytes = b"", **how: Any) -> bytes:
    """A pong that nobody asked for."""
    return frame(PONG, payload, **how)


def close(code: int | None = 1000, reason: bytes = b"", **how: Any) -> bytes:
    """A close frame."""
    return frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason, **how)


def upgrade(path: str = "/echo", **replaced: str | None) -> bytes:
    """A handshake; headers are replaced by name (``_`` for ``-``), or left out where the value is None."""
    headers: dict[str, str | None] = {
        "host": "127.0.0.1",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": KEY,
    }
    headers |= {name.replace("_", "-"): value for name, value in replaced.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


@dataclass
class Raw:
    """One connection, with every wait under a deadline."""

    port: int
    receive_buffer_bytes: int | None = None
    _buffer: bytes = field(default=b"", init=False)

    def __enter__(self) -> Self:
        self.socket = socket.socket()
        if self.receive_buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer_bytes)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes, piece_bytes: int | None = None) -> None:
        """Send, in one piece or in small ones."""
        for start in range(0, len(data), piece_bytes or max(1, len(data))):
            self.socket.sendall(data[start : start + (piece_bytes or len(data))])

    def response(self) -> tuple[int, str]:
        """The answer to a handshake: its status and its head."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), head.decode("latin-1").lower()

    def open(self, path: str = "/echo", **replaced: str | None) -> Self:
        """Shake hands."""
        self.send(upgrade(path, **replaced))
        status, _ = self.response()
        assert status == 101
        return self

    def next(self) -> Seen:
        """The next frame; servers do not mask, and ours does not fragment."""
        first, second = self._take(2)
        assert second < 0x80, "a server's frames are not masked"
        assert first & 0xF0 == 0x80, "whole, and nothing reserved"
        size_bytes = second
        if second > 125:
            size_bytes = int.from_bytes(self._take(2 if second == 126 else 8), "big")
        return Seen(first & 0x0F, self._take(size_bytes))

    def closed(self) -> int | None:
        """The code of the close frame that comes next, and after it the end of the connection."""
        opcode, payload = self.next()
        assert opcode == CLOSE, payload
        self.ended()
        return int.from_bytes(payload[:2], "big") if payload else None

    def ended(self) -> None:
        """Wait for the server to end the connection, behind all that it said."""
        assert self._buffer == b""
        assert self.socket.recv(1) == b""

    def _take(self, size_bytes: int) -> bytes:
        while len(self._buffer) < size_bytes:
            self._more()
        taken, self._buffer = self._buffer[:size_bytes], self._buffer[size_bytes:]
        return taken

    def _more(self) -> None:
        data = self.socket.recv(65_536)
        assert data, "the server ended the connection too soon"
        self._buffer += data
