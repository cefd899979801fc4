"""How a WebSocket is opened, and how it is refused (RFC 6455, section 4.2)."""

from __future__ import annotations

import pytest

from tests.transport.conftest import Server
from tests.transport.raw import Raw, text, upgrade

ACCEPTED = "s3pplmbitxaq9kygzzhzrbk+xoo="
"""What RFC 6455 answers its example key with, in lower case as the head is read here."""


def test_the_answer_proves_that_the_key_was_read(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade())
        status, head = raw.response()
        assert status == 101
        assert f"sec-websocket-accept: {ACCEPTED}" in head
        assert "upgrade: websocket" in head
        assert "connection: upgrade" in head
        assert "sec-websocket-extensions" not in head
        assert "sec-websocket-protocol" not in head


def test_the_request_may_come_octet_by_octet(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade(), piece_bytes=1)
        assert raw.response()[0] == 101


def test_the_first_subprotocol_that_is_offered_is_spoken(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade(sec_websocket_protocol="one, two"))
        assert "sec-websocket-protocol: one\r\n" in raw.response()[1] + "\r\n"


def test_extensions_are_not_agreed_to(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade(sec_websocket_extensions="permessage-deflate; client_max_window_bits"))
        status, head = raw.response()
        assert status == 101
        assert "extensions" not in head


@pytest.mark.parametrize("names", ["Upgrade", "keep-alive, Upgrade", "UPGRADE"])
def test_connection_may_name_more_than_the_upgrade(server: Server, names: str) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade(connection=names))
        assert raw.response()[0] == 101


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"sec_websocket_version": "12"}, 426),
        ({"sec_websocket_version": "14"}, 426),
        ({"sec_websocket_version": None}, 426),
        ({"sec_websocket_key": None}, 400),
        ({"sec_websocket_key": ""}, 400),
        ({"sec_websocket_key": "AAAA"}, 400),
        ({"sec_websocket_key": "AAAAAAAAAAAAAAAAAAAAAAA="}, 400),
        ({"sec_websocket_key": "not base64 at all!!!!!!!"}, 400),
        ({"host": None}, 400),
    ],
)
def test_what_is_no_handshake_is_refused(server: Server, wrong: dict[str, str | None], status: int) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade("/echo", **wrong))
        found, head = raw.response()
        assert found == status
        assert ("sec-websocket-version: 13" in head) == (status == 426)
        assert "connection: close" in head


def test_only_get_opens_a_socket(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade().replace(b"GET", b"PUT", 1))
        status, head = raw.response()
        assert status == 405
        assert "allow: get" in head


def test_two_keys_are_no_key(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.send(
            upgrade().replace(b"upgrade: ", b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nupgrade: ", 1)
        )
        assert raw.response()[0] == 400


@pytest.mark.parametrize(("path", "status"), [("/forbidden", 403), ("/nowhere", 403), ("/broken", 500)])
def test_an_application_that_refuses_or_fails_opens_nothing(server: Server, path: str, status: int) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade(path))
        assert raw.response()[0] == status
        raw.ended()


def test_an_application_may_say_in_http_why_not(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.send(upgrade("/busy"))
        status, head = raw.response()
        assert status == 429
        assert "retry-after: 7" in head
        assert raw._take(5) == b"later"
        raw.ended()


def test_the_path_and_query_reach_the_router(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.open("/%65cho?a=b")
        raw.send(text("there"))
        assert raw.next().payload == b"there"
