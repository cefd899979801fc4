"""RFC 6455 over raw sockets, in the order of the Autobahn test suite's sections 1 to 7 and 9."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from server.hub.socket_protocol import READ_LIMIT_BYTES
from tests.transport.conftest import Server
from tests.transport.raw import (
    BINARY,
    PONG,
    TEXT,
    Raw,
    Seen,
    binary,
    close,
    frame,
    header,
    mask,
    more,
    ping,
    pong,
    text,
)

KISS = "κόσμε"
FISH = "Hello-µ@ßöäüàá-UTF-8!!"
SMILE = "😀".encode()


def says(words: str | bytes = b"") -> Seen:
    """The server's echo of a text."""
    return Seen(TEXT, words.encode() if isinstance(words, str) else words)


def gives(payload: bytes = b"") -> Seen:
    """The server's echo of bytes."""
    return Seen(BINARY, payload)


def answers(payload: bytes = b"") -> Seen:
    """The server's pong."""
    return Seen(PONG, payload)


@dataclass(frozen=True)
class Case:
    """What a client sends, what it sees, and the code that the connection ends with.

    ``code`` None: a close frame without one. Where nothing else ends a connection the client closes it.
    """

    name: str
    sent: list[bytes]
    seen: list[Seen] = field(default_factory=list)
    code: int | None = 1000
    piece_bytes: int | None = None


def fine(name: str, *exchange: bytes | Seen, piece_bytes: int | None = None) -> Case:
    """The connection works until the client closes it."""
    sent = [part for part in exchange if isinstance(part, bytes)]
    seen = [part for part in exchange if isinstance(part, Seen)]
    return Case(name, [*sent, close()], seen, 1000, piece_bytes)


def fails(name: str, code: int, *exchange: bytes | Seen, piece_bytes: int | None = None) -> Case:
    """The server fails the connection, whatever follows."""
    sent = [part for part in exchange if isinstance(part, bytes)]
    seen = [part for part in exchange if isinstance(part, Seen)]
    return Case(name, sent, seen, code, piece_bytes)


FRAMING = [
    *(
        fine(f"1.1 text of {size} bytes", text("*" * size), says("*" * size))
        for size in (0, 1, 125, 126, 127, 128, 65_535, 65_536)
    ),
    fine("1.1 a text sent octet by octet", text("*" * 126), says("*" * 126), piece_bytes=1),
    *(
        fine(f"1.2 {size} bytes", binary(b"\xfe" * size), gives(b"\xfe" * size))
        for size in (0, 1, 125, 126, 127, 128, 65_535, 65_536)
    ),
    fine("1.2 bytes sent octet by octet", binary(b"\xfe" * 126), gives(b"\xfe" * 126), piece_bytes=1),
    fine(
        "1.3 a length said in more bytes than it needs",
        bytes((0x82, 0xFF)) + (5).to_bytes(8, "big") + header(0x82, 0)[2:] + mask(b"hello"),
        gives(b"hello"),
    ),
]

PINGS = [
    fine("2.1 a ping without payload", ping(), answers()),
    fine("2.2 a ping with text", ping(b"Hello, world!"), answers(b"Hello, world!")),
    fine("2.3 a ping with bytes that are no text", ping(b"\x00\xff\xfe\xfd"), answers(b"\x00\xff\xfe\xfd")),
    fine("2.4 a ping of 125 bytes", ping(b"\xfe" * 125), answers(b"\xfe" * 125)),
    fails("2.5 a ping of 126 bytes", 1002, ping(b"\xfe" * 126)),
    fine("2.6 a ping sent octet by octet", ping(b"\xfe" * 125), answers(b"\xfe" * 125), piece_bytes=1),
    fine("2.7 a pong nobody asked for", pong()),
    fine("2.8 a pong with payload", pong(b"unasked")),
    fine("2.9 a pong, then a ping", pong(b"unasked"), ping(b"asked"), answers(b"asked")),
    fine(
        "2.10 ten pings at once",
        b"".join(ping(b"%d" % n) for n in range(10)),
        *(answers(b"%d" % n) for n in range(10)),
    ),
    fine(
        "2.11 ten pings octet by octet",
        b"".join(ping(b"%d" % n) for n in range(10)),
        *(answers(b"%d" % n) for n in range(10)),
        piece_bytes=1,
    ),
    fails("2.12 a pong of 126 bytes", 1002, pong(b"\xfe" * 126)),
]

RESERVED_BITS = [
    fails("3.1 a text with RSV3", 1002, text("Hello", reserved=1)),
    fails("3.2 RSV2, behind a good text", 1002, text("Hi"), says("Hi"), text("Hello", reserved=2)),
    fails("3.3 RSV2 and RSV3, and then a ping", 1002, text("Hi"), says("Hi"), text(reserved=3), ping()),
    fails("3.4 RSV1: no compression was agreed on", 1002, text("Hello", reserved=4), piece_bytes=1),
    fails("3.5 RSV1 and RSV3 on bytes", 1002, binary(b"\xff", reserved=5)),
    fails("3.6 RSV1 and RSV2 on a ping", 1002, ping(b"x", reserved=6)),
    fails("3.7 all of them on a close", 1002, close(reserved=7)),
]

OPCODES = [
    *(fails(f"4.1 data opcode {opcode}", 1002, frame(opcode, b"x")) for opcode in range(3, 8)),
    *(fails(f"4.2 control opcode {opcode}", 1002, frame(opcode, b"x")) for opcode in range(11, 16)),
    fails("4.3 an opcode of no meaning, behind a text", 1002, text("Hi"), says("Hi"), frame(5), ping()),
]

FRAGMENTS = [
    fails("5.1 a ping in two fragments", 1002, ping(b"a", fin=False), more(b"b")),
    fails("5.2 a pong in two fragments", 1002, pong(b"a", fin=False), more(b"b")),
    fine("5.3 a text in two fragments", text("a", fin=False), more("b"), says("ab")),
    fine("5.4 the same, octet by octet", text("a", fin=False), more("b"), says("ab"), piece_bytes=1),
    fine("5.5 bytes in two fragments", binary(b"\xff", fin=False), more(b"\xfe"), gives(b"\xff\xfe")),
    fine(
        "5.6 a ping between two fragments",
        text("a", fin=False),
        ping(b"p"),
        answers(b"p"),
        more("b"),
        says("ab"),
    ),
    fine(
        "5.7 a ping between fragments, octet by octet",
        text("a", fin=False),
        ping(b"p"),
        answers(b"p"),
        more("b"),
        says("ab"),
        piece_bytes=1,
    ),
    fine("5.8 a pong between two fragments", text("a", fin=False), pong(), more("b"), says("ab")),
    fails("5.9 a continuation of nothing, whole", 1002, more("a"), text("b")),
    fails("5.10 a continuation of nothing, and more to come", 1002, more("a", fin=False), text("b")),
    fails("5.11 a continuation behind a whole text", 1002, text("a"), says("a"), more("b")),
    fails("5.12 a text within a text", 1002, text("a", fin=False), text("b")),
    fails("5.13 bytes within a text", 1002, text("a", fin=False), binary(b"b")),
    fine(
        "5.14 five fragments with pings among them",
        text("1", fin=False),
        more("2", fin=False),
        ping(b"a"),
        answers(b"a"),
        more("3", fin=False),
        more("4", fin=False),
        ping(b"b"),
        answers(b"b"),
        more("5"),
        says("12345"),
    ),
    fine("5.15 empty fragments", text(fin=False), more(fin=False), more(), says()),
    fine(
        "5.16 only the middle one holds something", text(fin=False), more("x", fin=False), more(), says("x")
    ),
    fine(
        "5.17 one message in fragments after another",
        text("a", fin=False),
        more("b"),
        says("ab"),
        binary(b"c", fin=False),
        more(b"d"),
        gives(b"cd"),
    ),
    fails("5.18 a close within a message", 1002, text("a", fin=False), close()),
]

UTF8 = [
    fine("6.1 text that is more than ASCII", text(FISH), says(FISH)),
    fine("6.2 the same octet by octet", text(FISH), says(FISH), piece_bytes=1),
    fine(
        "6.3 fragments that divide characters",
        text(KISS.encode()[:3], fin=False),
        more(KISS.encode()[3:]),
        says(KISS),
    ),
    fine(
        "6.4 a character in four fragments",
        text(SMILE[:1], fin=False),
        more(SMILE[1:2], fin=False),
        more(SMILE[2:3], fin=False),
        more(SMILE[3:]),
        says(SMILE),
    ),
    fails("6.5 bytes that are no text", 1007, text(KISS.encode() + b"\xed\xa0\x80edited")),
    fails("6.6 the same octet by octet", 1007, text(KISS.encode() + b"\xed\xa0\x80"), piece_bytes=1),
    fails("6.7 a bad fragment fails before its message ends", 1007, text(b"\xf4\x90", fin=False)),
    fails("6.8 a bad second fragment", 1007, text("good", fin=False), more(b"\xff", fin=False)),
    fails("6.9 a text that ends within a character", 1007, text(b"\xce\xba\xe1")),
    fails("6.10 fragments that end within a character", 1007, text(b"\xce", fin=False), more(b"\xba\xe1")),
    fails("6.11 a continuation byte alone", 1007, text(b"\x80")),
    fails("6.12 an overlong slash", 1007, text(b"\xc0\xaf")),
    fails("6.13 an overlong slash in four bytes", 1007, text(b"\xf0\x80\x80\xaf")),
    fails("6.14 half of a surrogate pair", 1007, text(b"\xed\xbf\xbf")),
    fails("6.15 beyond the last code point", 1007, text(b"\xf4\x90\x80\x80")),
    fails("6.16 a byte that stands in no text", 1007, text(b"a\xfe")),
    fine("6.17 the last code point", text(b"\xf4\x8f\xbf\xbf"), says(b"\xf4\x8f\xbf\xbf")),
    fine("6.18 code points that are no characters", text("\ufffe\uffff"), says("\ufffe\uffff")),
    fine("6.19 NUL is a character", text("\0"), says("\0")),
    fine("6.20 bytes need not be text", binary(b"\xff\xfe\x80"), gives(b"\xff\xfe\x80")),
]

CLOSES = [
    fine("7.1 a text, then a close", text("Hello"), says("Hello")),
    fine("7.2 two closes", close()),
    fine("7.3 a ping behind the close is not answered", close(), ping()),
    fine("7.4 a text behind the close is not heard", close(), text("late")),
    Case("7.5 a close without a code", [close(None)], [], None),
    fails("7.6 a close of one byte", 1002, frame(8, b"\x03")),
    fine("7.7 a close with a reason", close(1000, b"Goodbye")),
    fine("7.8 a close with the longest reason", close(1000, b"*" * 123)),
    fails("7.9 a close that is too long", 1002, close(1000, b"*" * 124)),
    fails("7.10 a reason that is no text", 1007, close(1000, b"\xce\xba\xe1")),
    *(
        fails(f"7.11 the code {code} is allowed", code, close(code))
        for code in (
            1000,
            1001,
            1002,
            1003,
            1007,
            1008,
            1009,
            1010,
            1011,
            1012,
            1013,
            1014,
            3000,
            3999,
            4000,
            4999,
        )
    ),
    *(
        fails(f"7.12 the code {code} is not", 1002, close(code))
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
    ),
]

MASKING_AND_SIZES = [
    fails("9.1 a text without a mask", 1002, text("Hello", masked=False)),
    fails("9.2 a ping without a mask", 1002, ping(b"x", masked=False)),
    fails("9.3 a close without a mask", 1002, close(masked=False)),
    fine("9.4 the largest message", binary(b"x" * READ_LIMIT_BYTES), gives(b"x" * READ_LIMIT_BYTES)),
    fails("9.5 one byte more is refused by its header", 1009, header(0x82, READ_LIMIT_BYTES + 1)),
    fails("9.6 so is the largest that can be said", 1009, header(0x82, 2**63 - 1)),
    fails("9.7 and one that cannot", 1009, bytes((0x82, 0xFF)) + b"\xff" * 8),
    fails(
        "9.8 fragments that are too much together",
        1009,
        binary(b"x" * READ_LIMIT_BYTES, fin=False),
        header(0x80, 1),
    ),
    fine(
        "9.9 the largest message in many fragments",
        text("*" * 1_024, fin=False),
        *(more("*" * 1_024, fin=False) for _ in range(READ_LIMIT_BYTES // 1_024 - 1)),
        more(),
        says("*" * READ_LIMIT_BYTES),
    ),
    fine(
        "9.10 a large message in small pieces",
        binary(b"x" * 65_536),
        gives(b"x" * 65_536),
        piece_bytes=997,
    ),
    fine(
        "9.11 many messages in one piece",
        b"".join(text(f"{n}") for n in range(1_000)),
        *(says(f"{n}") for n in range(1_000)),
    ),
]

CASES = [
    *FRAMING,
    *PINGS,
    *RESERVED_BITS,
    *OPCODES,
    *FRAGMENTS,
    *UTF8,
    *CLOSES,
    *MASKING_AND_SIZES,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_client_sends_and_sees(server: Server, case: Case) -> None:
    with Raw(server.port) as raw:
        raw.open()
        raw.send(b"".join(case.sent), case.piece_bytes)
        for expected in case.seen:
            assert raw.next() == expected
        assert raw.closed() == case.code
