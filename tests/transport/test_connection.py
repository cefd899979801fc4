"""The life of a connection: back-pressure, either side's goodbye, and its end."""

from __future__ import annotations

import socket
import struct

import pytest

from server.hub.socket_protocol import FRAMES_A_TURN
from tests.servers import wait_until
from tests.transport.conftest import Echo, Server
from tests.transport.raw import CLOSE, PONG, Raw, Seen, binary, close, ping, text

PATIENCE_S = 10.0
MEBIBYTE = 2**20


def test_the_server_closes_and_waits_for_the_answer(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.open()
        raw.send(text("close 4001"))
        assert raw.next() == Seen(CLOSE, (4001).to_bytes(2, "big") + b"as you wish")
        raw.send(text("not heard any more") + ping(b"still there?"))
        assert raw.next() == Seen(PONG, b"still there?")
        raw.send(close(4001))
        raw.ended()


def test_both_sides_may_close_at_the_same_moment(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.open()
        raw.send(text("close 4001") + close(1000))
        assert raw.next().opcode == CLOSE
        raw.ended()


def test_a_socket_that_nobody_listens_to_can_be_closed(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.open("/version")
        assert raw.next() == Seen(CLOSE, (4303).to_bytes(2, "big") + b"version")
        raw.send(close(4303))
        raw.ended()


def test_the_listener_is_told_of_the_end_once(server: Server) -> None:
    with Raw(server.port) as raw:
        echo = _opened(server, raw)
        raw.send(close())
        assert raw.closed() == 1000
    wait_until(lambda: "gone" in echo.told, PATIENCE_S, "the end")
    assert echo.told == ["going", "gone"]


@pytest.mark.parametrize("how", ["orderly", "reset"])
def test_the_listener_is_told_when_the_network_ends_it(server: Server, how: str) -> None:
    with Raw(server.port) as raw:
        echo = _opened(server, raw)
        if how == "reset":
            raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wait_until(lambda: "gone" in echo.told, PATIENCE_S, "the end")
    assert echo.told == ["gone"]


def test_nothing_is_heard_behind_a_fault(server: Server) -> None:
    with Raw(server.port) as raw:
        echo = _opened(server, raw)
        raw.send(text("a", reserved=1) + text("b") + ping())
        assert raw.closed() == 1002
        raw.send(text("c"))
    wait_until(lambda: "gone" in echo.told, PATIENCE_S, "the end")
    assert echo.frames == 1, "the one that said that it was open"


def test_one_who_does_not_read_gets_the_answer_to_the_last_ping(server: Server) -> None:
    with Raw(server.port, receive_buffer_bytes=4_096) as raw:
        echo = _opened(server, raw)
        payload = b"x" * 65_536
        for _ in range(16):
            raw.send(binary(payload))
        wait_until(lambda: echo.frames == 17, PATIENCE_S, "the server to be full")
        raw.send(b"".join(ping(b"%d" % n) for n in range(1_000)))
        wait_until(lambda: echo.frames == 1_017, PATIENCE_S, "the pings")
        assert [raw.next().payload for _ in range(16)] == [payload] * 16
        assert raw.next() == Seen(PONG, b"999")
        raw.send(text("and on"))
        assert raw.next().payload == b"and on"
        assert "drained" in echo.told


def test_what_is_held_back_is_heard_later_and_in_order(server: Server) -> None:
    with Raw(server.port) as raw:
        echo = _opened(server, raw)
        echo.hold_after = 3
        raw.send(b"".join(text(f"{n}") for n in range(2 * FRAMES_A_TURN)))
        assert [raw.next().payload for _ in range(2 * FRAMES_A_TURN)] == [
            b"%d" % n for n in range(2 * FRAMES_A_TURN)
        ]


def test_one_with_very_many_frames_at_once_is_heard_whole(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.open()
        raw.send(b"".join(ping() for _ in range(20_000)) + text("the end"))
        seen = [raw.next() for _ in range(20_001)]
        assert seen[-1].payload == b"the end"
        assert {frame.opcode for frame in seen[:-1]} == {PONG}


def _opened(server: Server, raw: Raw) -> Echo:
    """Shake hands; the listener at the server's end."""
    raw.open()
    raw.send(text("open"))
    assert raw.next().payload == b"open"
    return server.echoes[-1]
