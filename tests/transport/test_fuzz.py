"""Our reader beside the ``websockets`` library's, on the same bytes: what they read must be the same.

Streams are mostly right, since what is wrong ends them; they are cut at random places. After each piece the
two must have read the same messages and control frames, and have failed with the same code or not at all.
"""

from __future__ import annotations

import codecs
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from server.hub.framing import CLOSE, CONTINUATION, NOT_UTF8, FrameReader, Incoming, Unreadable
from tests.transport import raw

MAX_BYTES = 700
SEEDS = range(8)
FRAMES_A_SEED = 15_000
FRAMES_A_STREAM = 60
WORDS = "plain ASCII · κόσμε · 早上好 · 😀 · ".encode()


@dataclass
class Ours:
    """What our reader makes of a stream."""

    reader: FrameReader = field(default_factory=lambda: FrameReader(MAX_BYTES))
    read: list[Incoming] = field(default_factory=list)
    failed: int | None = None
    closed: bool = False

    def take(self, data: bytes) -> None:
        if self.failed or self.closed:
            return
        self.reader.feed(data)
        try:
            while not self.closed and (incoming := self.reader.read()) is not None:
                self.read.append(incoming)
                self.closed = incoming.opcode == CLOSE
        except Unreadable as fault:
            self.failed = fault.code


@dataclass
class Theirs:
    """What the library makes of it; it leaves messages in pieces and text in bytes, so that is done here."""

    protocol: ServerProtocol = field(
        default_factory=lambda: ServerProtocol(state=State.OPEN, max_size=MAX_BYTES)
    )
    read: list[Incoming] = field(default_factory=list)
    failed: int | None = None
    closed: bool = False
    _opcode: int = CONTINUATION
    _parts: list[bytes] = field(default_factory=list)
    _text: str = ""
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def take(self, data: bytes) -> None:
        if self.failed or self.closed:
            return
        self.protocol.receive_data(data)
        for frame in self.protocol.events_received():
            if isinstance(frame, Frame) and not self.failed:
                self._frame(frame)
        if self.protocol.parser_exc is not None and not self.failed:
            assert self.protocol.close_sent is not None
            self.failed = self.protocol.close_sent.code

    def _frame(self, frame: Frame) -> None:
        data = bytes(frame.data)
        if frame.opcode in {Opcode.CLOSE, Opcode.PING, Opcode.PONG}:
            self.read.append(Incoming(int(frame.opcode), data))
            self.closed = frame.opcode == Opcode.CLOSE
            return
        if frame.opcode != Opcode.CONT:
            self._opcode, self._parts, self._text = int(frame.opcode), [], ""
            self._decoder.reset()
        if self._opcode == Opcode.TEXT:
            try:
                self._text += self._decoder.decode(data, frame.fin)
            except UnicodeDecodeError:
                self.failed = NOT_UTF8
                return
        self._parts.append(data)
        if not frame.fin:
            self.read.append(Incoming(CONTINUATION, b""))
        elif self._opcode == Opcode.TEXT:
            self.read.append(Incoming(self._opcode, self._text))
        else:
            self.read.append(Incoming(self._opcode, b"".join(self._parts)))


class Sender:
    """Makes streams: a client that is right nearly always, and wrong in every way sometimes."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._within = False
        self._wrongs: list[Callable[[], bytes]] = [
            self._any_frame,
            self._any_close,
            lambda: raw.text(self._bytes(self._random.randrange(40))),
            lambda: raw.ping(self._bytes(126 + self._random.randrange(3))),
            lambda: raw.header(0x82, self._random.choice([MAX_BYTES + 1, 2**16, 2**63 - 1])),
            lambda: self._bytes(self._random.randrange(1, 20)),
        ]

    def stream(self) -> Iterator[bytes]:
        """One connection's bytes, as the network cuts them."""
        self._within = False
        frames = [
            self._random.choice(self._wrongs)() if self._random.random() < 0.012 else self._right()
            for _ in range(FRAMES_A_STREAM)
        ]
        data, start = b"".join(frames), 0
        most = self._random.choice([1, 20, 200, 200, 2_000, 2_000, 10_000, 10_000])
        while start < len(data):
            end = start + self._random.randint(1, most)
            yield data[start:end]
            start = end

    def _right(self) -> bytes:
        if self._random.random() < 0.2:
            control = self._random.choice([raw.ping, raw.pong])
            return control(self._bytes(self._random.choice([0, 1, 30, 125])))
        fin = self._random.random() < 0.6
        size = self._random.choice([0, 1, 7, 60, 125, 126, 127, 200])
        if self._within:
            self._within = not fin
            return raw.more(self._rest(size), fin=fin)
        self._within = not fin
        self._is_text = self._random.random() < 0.6
        opcode = raw.TEXT if self._is_text else raw.BINARY
        return raw.frame(opcode, self._rest(size), fin=fin)

    def _rest(self, size: int) -> bytes:
        """Text in whole characters mostly; some fragments end within one, and some go on from there."""
        if not self._is_text:
            return self._bytes(size)
        if self._random.random() < 0.03:
            return self._random.choice([WORDS[:20], WORDS[20:]])
        return (WORDS * 6)[:size].decode(errors="ignore").encode()

    def _any_frame(self) -> bytes:
        return raw.frame(
            self._random.randrange(16),
            self._bytes(self._random.randrange(200)),
            fin=self._random.random() < 0.5,
            reserved=self._random.choice([0, 0, 0, 1, 2, 4, 7]),
            masked=self._random.random() < 0.8,
        )

    def _any_close(self) -> bytes:
        code = self._random.choice(
            [None, 0, 999, 1000, 1004, 1005, 1011, 1015, 2999, 3000, 4999, 5000, 65_535]
        )
        return raw.close(code, self._random.choice([b"", b"so long", b"\xff"]) if code else b"")

    def _bytes(self, size: int) -> bytes:
        return self._random.randbytes(size)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_reads_what_the_library_reads_frame_by_frame(seed: int) -> None:
    sender, frames, ways_to_end = Sender(seed), 0, set()
    while frames < FRAMES_A_SEED:
        ours, theirs = Ours(), Theirs()
        for piece in sender.stream():
            ours.take(piece)
            theirs.take(piece)
            assert (ours.failed, ours.closed) == (theirs.failed, theirs.closed)
            assert len(ours.read) == len(theirs.read)
            if ours.failed or ours.closed:
                break
        assert ours.read == theirs.read
        frames += len(ours.read)
        ways_to_end.add(ours.failed or ours.closed)
    assert ways_to_end == {False, True, 1002, 1007, 1009}, "every way to end was tried"
