"""The load generator: built from load/ by the machine's C compiler, told what to do by a plan."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "load"
PROGRAMS = {
    "load": ("load.c", "plan.c", "frames.c", "histogram.c"),
    "broadcast": ("broadcast.c", "frames.c"),
}
FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror")
PHASE_TIMEOUT_S = 60
STAMP = b"T=" + b"0" * 20
"""What the load generator looks for in whatever it receives."""


class LoadFailed(Exception):
    """The load generator ended, or its server lost something. The text holds what it said."""


@dataclass(frozen=True)
class Seat:
    """One connection: the headers of its handshake, and its first frame."""

    headers: str = ""
    hello: bytes = b""


@dataclass(frozen=True)
class Plan:
    """See load/plan.h for what the fields mean."""

    port: int
    publish: bytes
    seats: Sequence[Seat] = field(repr=False)
    path: str = "/"
    subprotocol: str = ""
    opcode: int = 1
    ready: bytes = b""
    acknowledged: bytes = b""
    refused: bytes = b""
    ask: bytes = b""
    answer: bytes = b""
    number_at: int = -1
    key_at: int = -1
    publishers: int = 0

    def with_seats(self, seats: Sequence[Seat]) -> Plan:
        """The same for other connections."""
        return replace(self, seats=seats)

    def lines(self) -> Iterator[str]:
        """The plan as the load generator reads it."""
        for name in ("port", "opcode", "number_at", "key_at", "publishers"):
            yield f"{name} {getattr(self, name)}"
        for name in ("path", "subprotocol", "ready", "acknowledged", "refused", "ask", "answer", "publish"):
            if value := getattr(self, name):
                yield f"{name} {_escaped(value)}"
        yield f"stamp_at {self.publish.index(STAMP) + 2}"
        for seat in self.seats:
            yield f"seat {_escaped(seat.headers) or '-'} {_escaped(seat.hello) or '-'}"


@dataclass(frozen=True)
class Outcome:
    """What came of one phase. Times are those of a publication, from its sending on."""

    published: int
    delivered: int
    seconds: float
    acknowledging_us: dict[str, float]
    delivering_us: dict[str, float]


class Load:
    """A running load generator, all of whose connections are open."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.connect_s: float = self._answer()["seconds"]

    def idle(self, seconds: float) -> None:
        """Only read."""
        self._ask(f"idle {seconds}")

    def flood(self, window: int, seconds: float, until: str) -> Outcome:
        """Keep ``window`` publications under way, each until it is ``acknowledged`` or ``delivered``."""
        return self._measured(f"flood {window} {seconds} {until}")

    def pace(self, per_second: float, seconds: float) -> Outcome:
        """Publish at an even rate."""
        return self._measured(f"pace {per_second} {seconds}")

    def _measured(self, phase: str) -> Outcome:
        answer = self._ask(phase)
        if answer["missing"] or answer["gone"]:
            raise LoadFailed(f"{phase}: {answer['missing']} not delivered, {answer['gone']} connections lost")
        fields = ("published", "delivered", "seconds", "acknowledging_us", "delivering_us")
        return Outcome(**{name: answer[name] for name in fields})

    def _ask(self, phase: str) -> dict[str, Any]:
        if self._process.stdin is None:
            raise LoadFailed("the load generator has no standard input")
        self._process.stdin.write(phase + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise LoadFailed("the load generator has ended; it said why above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def loading(plan: Plan) -> Iterator[Load]:
    """Open all connections of a plan, and close them at the end."""
    with tempfile.NamedTemporaryFile("w", suffix=".plan", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in plan.lines())
        file.flush()
        process = subprocess.Popen(
            [program("load"), file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with process:
            try:
                yield Load(process)
            finally:
                process.kill()


@functools.cache
def program(name: str) -> Path:
    """The path of a program of load/, compiled once a run."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise LoadFailed("The benchmarks need a C compiler: install gcc, for example.")
    binary = Path(tempfile.mkdtemp(prefix="causeway-load-")) / name
    subprocess.run([compiler, *FLAGS, "-o", binary, *PROGRAMS[name]], cwd=SOURCES, check=True)
    return binary


def _escaped(value: str | bytes) -> str:
    data = value.encode() if isinstance(value, str) else value
    return "".join(chr(byte) if _is_plain(byte) else f"\\x{byte:02x}" for byte in data)


def _is_plain(byte: int) -> bool:
    return 0x20 < byte < 0x7F and byte not in b"\\-"
