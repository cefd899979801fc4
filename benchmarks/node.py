"""The real server as a process of its own, on a database with a firm in it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.firm import Firm, Member, make_firm
from benchmarks.loading import STAMP, Plan, Seat
from benchmarks.processes import Processes
from protocol.codec import encode
from server.settings import Settings
from tests.servers import free_port, postgres_server, wait_until

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 30
ASK_TIMEOUT_S = 10
MESSAGE_BYTES = 300

KEY = "0" * 16
NUMBER = 2**63
ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Node:
    """A running server."""

    port: int
    database_url: str
    firm: Firm
    server: Processes
    database: Processes | None
    """Of PostgreSQL; SQLite is part of the server."""

    def plan(self, members: Sequence[Member], publishers: int = 0) -> Plan:
        """Sockets of these members, up to date; they write messages to the portal."""
        cursors = {side: self._cursor(side) for side in {member.side for member in members}}
        publish = _command(self.firm.portal)
        return Plan(
            port=self.port,
            path="/ws",
            subprotocol="causeway.v1.msgpack",
            opcode=2,
            ready=b"\xa7welcome",
            acknowledged=b"\xa5reply",
            refused=b"\xa5error",
            ask=b"\xa4type\xa4ping",
            answer=_packed({"type": "pong", "n": 1}),
            publish=publish,
            number_at=publish.index(NUMBER.to_bytes(8, "big")),
            key_at=publish.index(KEY.encode()),
            publishers=publishers,
            seats=[self._seat(member, cursors[member.side]) for member in members],
        )

    def _seat(self, member: Member, cursor: str) -> Seat:
        headers = {"Origin": f"http://127.0.0.1:{self.port}", **member.headers}
        device = secrets.token_urlsafe(12)
        hello = {"type": "hello", "app": "bench", "device": device, "cursor": cursor, "csrf": member.csrf}
        return Seat("".join(f"{name}: {value}\r\n" for name, value in headers.items()), _packed(hello))

    def _cursor(self, side: str) -> str:
        member = self.firm.client if side == "client" else self.firm.colleagues[0]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/inbox.get", headers=member.headers
        )
        with urllib.request.urlopen(request, timeout=ASK_TIMEOUT_S) as answer:
            cursor: str = json.load(answer)["cursor"]
        return cursor


@contextlib.contextmanager
def running(engine: str, colleagues: int) -> Iterator[Node]:
    """A server on a new database that keeps its promises to the disk."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="causeway-bench-")))
        if engine == "sqlite":
            url, database = f"sqlite://{directory}/causeway.sqlite3", None
        else:
            database = stack.enter_context(postgres_server(durable=True))
            url = database.url("postgres")
        settings = Settings(
            data_dir=directory,
            database_url=url,
            master_keys={1: secrets.token_bytes(32)},
            listen_port=free_port(),
        )
        firm = asyncio.run(make_firm(settings, colleagues))
        process = stack.enter_context(_served(settings, directory / "log"))
        yield Node(
            settings.listen_port,
            url,
            firm,
            Processes(process.pid),
            Processes(database.pid) if database else None,
        )


@contextlib.contextmanager
def _served(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serve"],
            stderr=file,
            env=os.environ | _environment(settings),
            cwd=Path(__file__).parent.parent,
        )
    try:
        wait_until(lambda: _ended_or_ready(process, settings.listen_port), START_TIMEOUT_S, "the server")
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        yield process
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_S)


def _environment(settings: Settings) -> dict[str, str]:
    key = base64.urlsafe_b64encode(settings.master_keys[1]).decode()
    values = {
        "DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
        "MASTER_KEYS": f"1:{key}",
        "LISTEN_PORT": settings.listen_port,
        "PUBLIC_URL": f"http://127.0.0.1:{settings.listen_port}",
    }
    return {f"CAUSEWAY_{name}": str(value) for name, value in values.items()}


def _ended_or_ready(process: subprocess.Popen[bytes], port: int) -> bool:
    if process.poll() is not None:
        return True
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=ASK_TIMEOUT_S):
            return True
    except OSError:
        return False


def _command(portal: str) -> bytes:
    text = STAMP.decode().ljust(MESSAGE_BYTES, "x")
    args = {"portal": portal, "text": text}
    key = f"{secrets.token_hex(8)}-{KEY}"  # the first part is this run's
    return _packed({"type": "command", "id": NUMBER, "key": key, "name": "message.send", "args": args})


def _packed(frame: dict[str, Any]) -> bytes:
    return encode(frame, "msgpack")
