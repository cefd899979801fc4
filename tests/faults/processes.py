"""Servers in processes of their own, which can be killed as a power cut would, and started again."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from server.settings import Settings
from tests.servers import ServerFailed, free_port, wait_until

START_TIMEOUT_S = 30
POLL_TIMEOUT_S = 5


class ProcessNode:
    """One server on a port that it keeps; ``python -m server serve`` as an operator runs it."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        self.settings = settings
        self.kills = 0
        self._port = free_port()
        self._log = directory / f"node-{self._port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def websocket_url(self) -> str:
        """Where its sockets are opened."""
        return f"ws://127.0.0.1:{self._port}/ws"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server", "serve"],
                env=os.environ | self._environment(),
                stdout=log,
                stderr=log,
            )
        wait_until(self._ready, START_TIMEOUT_S, "the server to start")

    def kill(self) -> None:
        """SIGKILL: it gets no moment to finish anything."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self.kills += 1

    def _ready(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise ServerFailed(f"the server ended while it started:\n{self._log.read_text()}")
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=POLL_TIMEOUT_S):
                return True
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        keys = (
            f"{id_}:{base64.urlsafe_b64encode(key).decode()}"
            for id_, key in self.settings.master_keys.items()
        )
        return {
            "CAUSEWAY_DATA_DIR": str(self.settings.data_dir),
            "CAUSEWAY_DATABASE_URL": self.settings.database_url,
            "CAUSEWAY_MASTER_KEYS": ",".join(keys),
            "CAUSEWAY_PUBLIC_URL": self.url,
            "CAUSEWAY_LISTEN_PORT": str(self._port),
        }
