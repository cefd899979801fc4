"""Who is measured beside whom: servers that tell everybody what anybody says."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loading import STAMP, Plan, Seat, program
from benchmarks.node import MESSAGE_BYTES, running
from benchmarks.processes import Processes
from protocol.frames import MAX_SOCKETS_PER_PERSON

MAX_SOCKETS = 1_000
PEERS = Path(__file__).parent / "peers"
INSTALL_TIMEOUT_S = 120
SAID = STAMP.ljust(MESSAGE_BYTES, b"x")


@dataclass(frozen=True)
class Contestant:
    """A running server, and how a number of its clients would talk to it."""

    name: str
    server: Processes
    plan: Callable[[int], Plan]


@contextlib.contextmanager
def in_c(how: str) -> Iterator[Contestant]:
    """The floor: a loop of send() calls in C."""
    names = {"each": "C, one send() an event", "turn": "C, one send() a turn"}
    with _started([str(program("broadcast")), how]) as (server, port):
        yield Contestant(names[how], server, lambda sockets: Plan(port, SAID, [Seat()] * sockets))


@contextlib.contextmanager
def node_ws() -> Iterator[Contestant]:
    """The library that most servers in JavaScript stand on."""
    with _started(["node", "ws.js"]) as (server, port):
        yield Contestant("Node, ws", server, lambda sockets: Plan(port, SAID, [Seat()] * sockets))


@contextlib.contextmanager
def socket_io() -> Iterator[Contestant]:
    """The framework that most of those who want rooms and reconnection use."""

    def plan(sockets: int) -> Plan:
        return Plan(
            port=port,
            path="/socket.io/?EIO=4&transport=websocket",
            ready=b"40{",
            publish=b'42["say","' + SAID + b'"]',
            seats=[Seat(hello=b"40")] * sockets,
        )

    with _started(["node", "socket_io.js"]) as (server, port):
        yield Contestant("Node, Socket.IO", server, plan)


@contextlib.contextmanager
def causeway() -> Iterator[Contestant]:
    """The whole server on SQLite: a publication is a message committed to a portal of all these people."""
    with running("sqlite", colleagues=MAX_SOCKETS // MAX_SOCKETS_PER_PERSON) as node:
        colleagues = node.firm.colleagues

        def plan(sockets: int) -> Plan:
            return node.plan([colleagues[place % len(colleagues)] for place in range(sockets)])

        yield Contestant("Causeway", node.server, plan)


def everybody() -> list[Callable[[], contextlib.AbstractContextManager[Contestant]]]:
    """All whom this machine can run; the floor first, since the others are held against it."""
    peers = [node_ws, socket_io] if _peers_installed() else []
    return [lambda: in_c("each"), lambda: in_c("turn"), *peers, causeway]


def _peers_installed() -> bool:
    """Whether the peers are here, if need be after bringing them."""
    if (PEERS / "node_modules" / "socket.io").is_dir():
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    return subprocess.run(command, cwd=PEERS, timeout=INSTALL_TIMEOUT_S, check=False).returncode == 0


@contextlib.contextmanager
def _started(command: list[str]) -> Iterator[tuple[Processes, int]]:
    """A server that prints its port."""
    with subprocess.Popen(command, cwd=PEERS, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield Processes(process.pid), int(line)
        finally:
            process.kill()
