"""The demo as a newcomer starts it: one process with the server and the simulated outside, on SQLite."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from server.demo.run import SIMULATOR_PORT_AFTER
from server.demo.story import FIRM_SLUG, PASSWORD, PRIYA, TOM
from tests.servers import PORT_ATTEMPTS, ServerFailed, wait_until

PORTS = range(20_000, 32_000)
"""Below those that the system lends to outgoing connections: the demo takes two neighbours."""

REPOSITORY = Path(__file__).parents[2]
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
MAIL_TIMEOUT_S = 20

EMAILS = {"priya": PRIYA[2], "tom": TOM[2]}


class CannotCall(AssertionError):
    """The server refused what only sets the scene of a test."""


@dataclass
class Demo:
    """A running demo. Its state outlives a kill, as it would on a newcomer's machine."""

    port: int
    directory: Path
    process: subprocess.Popen[bytes] = field(repr=False)
    slug: str = FIRM_SLUG
    _desks: dict[str, Desk] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """The firm's address."""
        return f"http://localhost:{self.port}"

    @property
    def portal_url(self) -> str:
        """The clients' address."""
        return f"{self.url}/portal/{self.slug}"

    @property
    def outside_url(self) -> str:
        """Where the phones and the mail are."""
        return f"http://localhost:{self.port + SIMULATOR_PORT_AFTER}"

    def kill(self) -> None:
        """Ends it without a word, as a power cut does."""
        self.process.kill()
        self.process.wait(STOP_TIMEOUT_S)

    def start_again(self) -> None:
        """Starts it on its old state and port."""
        self.process = _launch(self.port, self.directory)
        if not _opens(self):
            raise ServerFailed(_console(self.directory))

    def close(self) -> None:
        """Ends it as Ctrl-C does."""
        for desk in self._desks.values():
            desk.leave()
        self.process.terminate()
        self.process.wait(STOP_TIMEOUT_S)

    def said(self) -> str:
        """What it has printed."""
        return _console(self.directory)

    def mail_to(self, address: str, after: int = 0) -> dict[str, Any]:
        """The newest mail to an address, once there are more than ``after``."""
        wait_until(lambda: len(self.mails_to(address)) > after, MAIL_TIMEOUT_S, f"mail to {address}")
        return self.mails_to(address)[-1]

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """All caught mail to an address, oldest first."""
        kept = self.directory / "simulator" / "simulated_mail.json"
        mails = json.loads(kept.read_text())["mails"] if kept.exists() else []
        return [mail for mail in mails if address in mail["to"]]

    def desk(self, who: str = "priya") -> Desk:
        """Somebody at the firm who sets the scene through the API."""
        if who not in self._desks:
            self._desks[who] = Desk(self, EMAILS[who])
        return self._desks[who]

    def code_mailed_to(self, address: str) -> str:
        """The digits in the newest sign-in letter."""
        return code_in(self.mail_to(address)["text"])

    def client_cookies(self, address: str) -> list[dict[str, Any]]:
        """A client's session, got by the emailed link and code without a screen."""
        asked = len(self.mails_to(address))
        with httpx.Client(base_url=self.url, headers={"Origin": self.url}, timeout=30) as http:
            _checked(http.post("/api/sign-in/link", json={"firm": self.slug, "email": address}))
            letter = self.mail_to(address, asked)["text"]
            proof = {"token": token_in(letter), "code": code_in(letter)}
            _checked(http.post("/api/sign-in/redeem", json={"firm": self.slug, "remember": True, **proof}))
            return [
                {"name": cookie.name, "value": cookie.value, "url": self.url, "httpOnly": True}
                for cookie in http.cookies.jar
            ]


class Desk:
    """A firm user acting through the API: what stands on a screen before a test begins."""

    def __init__(self, demo: Demo, email: str) -> None:
        self._http = httpx.Client(base_url=demo.url, headers={"Origin": demo.url}, timeout=30)
        signed_in = self._http.post("/api/sign-in/password", json={"email": email, "password": PASSWORD})
        self.me: dict[str, Any] = _checked(signed_in)["me"]
        self._http.headers["X-Causeway-CSRF"] = signed_in.json()["csrf"]

    def leave(self) -> None:
        """Gives its connections back."""
        self._http.close()

    def do(self, command: str, **args: Any) -> dict[str, Any]:
        """One command; its result."""
        key = {"Idempotency-Key": os.urandom(12).hex()}
        result: dict[str, Any] = _checked(self._http.post(f"/api/{command}", json=args, headers=key))[
            "result"
        ]
        return result

    def ask(self, query: str, **args: Any) -> dict[str, Any]:
        """One query; its answer."""
        return _checked(self._http.get(f"/api/{query}", params=args))

    def upload(self, matter: str, name: str, content: bytes) -> dict[str, Any]:
        """One document into a matter."""
        path = f"/api/portals/{matter}/documents/{os.urandom(12).hex()}"
        return _checked(self._http.put(path, params={"name": name}, content=content))


@contextlib.contextmanager
def running_demo(directory: Path) -> Iterator[Demo]:
    """A fresh demo on two ports of its own."""
    demo = _start(directory)
    try:
        yield demo
    finally:
        demo.close()


def token_in(letter: str) -> str:
    """The secret of a sign-in link."""
    found = re.search(r"/sign-in#(\S+)", letter)
    assert found, letter
    return found[1]


def code_in(letter: str) -> str:
    """The eight digits of a sign-in letter."""
    found = re.search(r"\b(\d{4})\s?(\d{4})\b", letter)
    assert found, letter
    return found[1] + found[2]


def _start(directory: Path) -> Demo:
    for _ in range(PORT_ATTEMPTS):
        port = PORTS.start + secrets.randbelow(len(PORTS))
        demo = Demo(port, directory, _launch(port, directory))
        if _opens(demo):
            return demo
    raise ServerFailed(_console(directory))


def _launch(port: int, directory: Path) -> subprocess.Popen[bytes]:
    directory.mkdir(parents=True, exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")},
        "CAUSEWAY_DATA_DIR": str(directory),
        "CAUSEWAY_LISTEN_PORT": str(port),
        "CAUSEWAY_PUBLIC_URL": f"http://localhost:{port}",
    }
    with (directory / "console").open("ab") as console:
        command = [sys.executable, "-m", "server", "demo"]
        return subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=console, stderr=subprocess.STDOUT
        )


def _opens(demo: Demo) -> bool:
    """Wait until both sides answer; false where the process ended, because a port was taken."""
    wait_until(lambda: _ended(demo) or _answers(demo), START_TIMEOUT_S, "the demo to open")
    return not _ended(demo)


def _ended(demo: Demo) -> bool:
    return demo.process.poll() is not None


def _answers(demo: Demo) -> bool:
    try:
        for address in (f"{demo.url}/readyz", f"{demo.outside_url}/phone"):
            with urllib.request.urlopen(address, timeout=5):
                pass
    except OSError:
        return False
    return True


def _console(directory: Path) -> str:
    return (directory / "console").read_text()


def _checked(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    if answer.is_error:
        raise CannotCall(f"{answer.request.method} {answer.request.url.path}: {found}")
    return found
