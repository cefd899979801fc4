"""The opening handshake of RFC 6455 (section 4.2): from the bytes of a request to an ASGI scope, and back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from websockets.utils import accept_key

KEY_BYTES = 16
VERSION = b"13"
Headers = Sequence[tuple[bytes, bytes]]


class BadHandshake(Exception):
    """The request is no handshake; ``answer`` is what to send back."""

    def __init__(self, status: HTTPStatus, reason: str, *headers: tuple[bytes, bytes]) -> None:
        self.answer = answer(status, headers, reason.encode())
        super().__init__(reason)


class Handshake:
    """A request to open a WebSocket, checked. The HTTP parser before us has seen that it is well-formed."""

    def __init__(self, request: bytes) -> None:
        """Read a request.

        Raises:
            BadHandshake: with the answer that the standard wants.
        """
        first, *lines = request[: request.index(b"\r\n\r\n")].split(b"\r\n")
        method, self.target, _ = first.split(b" ", 2)
        self.headers = [_header(line) for line in lines]
        if method != b"GET":
            raise BadHandshake(HTTPStatus.METHOD_NOT_ALLOWED, "GET opens a WebSocket.", (b"allow", b"GET"))
        if self._values(b"sec-websocket-version") != [VERSION]:
            wanted = (b"sec-websocket-version", VERSION)
            raise BadHandshake(HTTPStatus.UPGRADE_REQUIRED, "This is version 13.", wanted)
        if len(self._values(b"host")) != 1:
            raise BadHandshake(HTTPStatus.BAD_REQUEST, "One Host is needed.")
        self._key = _checked_key(self._values(b"sec-websocket-key"))

    @property
    def subprotocols(self) -> list[str]:
        """What the client offers to speak, as it prefers."""
        offers = b",".join(self._values(b"sec-websocket-protocol")).decode("latin-1").split(",")
        return [offer.strip() for offer in offers if offer.strip()]

    def scope(self, root_path: str) -> dict[str, Any]:
        """What the request says of itself, as ASGI puts it."""
        path, _, query = self.target.partition(b"?")
        return {
            "type": "websocket",
            "http_version": "1.1",
            "root_path": root_path,
            "path": root_path + unquote(path.decode("ascii", "replace")),
            "raw_path": root_path.encode("ascii") + path,
            "query_string": query,
            "headers": self.headers,
            "subprotocols": self.subprotocols,
        }

    def acceptance(self, subprotocol: str | None, headers: Headers) -> bytes:
        """The answer that opens the WebSocket."""
        own = [
            (b"upgrade", b"websocket"),
            (b"connection", b"Upgrade"),
            (b"sec-websocket-accept", accept_key(self._key.decode("ascii")).encode("ascii")),
        ]
        if subprotocol:
            own.append((b"sec-websocket-protocol", subprotocol.encode("ascii")))
        return _head(HTTPStatus.SWITCHING_PROTOCOLS, [*own, *headers])

    def _values(self, name: bytes) -> list[bytes]:
        return [value for found, value in self.headers if found == name]


def answer(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """An HTTP response that refuses a handshake; the connection ends behind it."""
    framing = [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    given = [
        (name, value) for name, value in headers if name.lower() not in {b"content-length", b"connection"}
    ]
    return _head(HTTPStatus(status), [*given, *framing]) + body


def _head(status: HTTPStatus, headers: Headers) -> bytes:
    lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"", b""])


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.lower(), value.strip()


def _checked_key(keys: Sequence[bytes]) -> bytes:
    if len(keys) == 1:
        try:
            if len(base64.b64decode(keys[0], validate=True)) == KEY_BYTES:
                return keys[0]
        except binascii.Error:
            pass
    raise BadHandshake(HTTPStatus.BAD_REQUEST, "Sec-WebSocket-Key is 16 bytes in base64, once.")
