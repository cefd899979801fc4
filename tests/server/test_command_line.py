"""The command line, as an operator types it."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

PASSWORD = "a-password-for-tests"


class Operator:
    """Runs ``python -m server`` on one embedded database."""

    def __init__(self, directory: Path) -> None:
        self.environment = {
            "CAUSEWAY_DATA_DIR": str(directory),
            "CAUSEWAY_LOG_LEVEL": "error",
            "CAUSEWAY_MASTER_KEYS": _key(1),
        }

    def types(self, *words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        """One command line and how it ended; ``answer`` is piped in."""
        return subprocess.run(
            [sys.executable, "-m", "server", *words],
            env=self.environment,
            input=answer,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def does(self, *words: str, answer: str = "") -> str:
        """One command line that must be done; what it printed."""
        done = self.types(*words, answer=answer)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator before an empty directory."""
    return Operator(tmp_path / "var")


def test_a_firm_its_admin_a_token_and_a_command(operator: Operator) -> None:
    zone = ("--time-zone", "America/Los_Angeles")
    assert "/portal/harlow" in operator.does("firm", "create", "Harlow LLP", "--slug", "harlow", *zone)
    admin = ("admin", "create", "priya@harlow.example", "--firm", "harlow", "--name", "Priya Shah")
    assert "short" not in operator.does(*admin, answer=PASSWORD)
    assert operator.does("token", "create", "priya@harlow.example", "--name", "reports").startswith("cw_")
    call = ("call", "contact.create", json.dumps({"name": "Ana Ruiz"}), "--as", "priya@harlow.example")
    made = json.loads(operator.does(*call, "--key", "once-and-for-all"))
    assert made["name"] == "Ana Ruiz"
    assert json.loads(operator.does(*call, "--key", "once-and-for-all")) == made


def test_keys_are_wrapped_anew_and_the_old_one_may_go(operator: Operator) -> None:
    operator.does("firm", "create", "Harlow LLP", "--slug", "harlow", "--time-zone", "America/Los_Angeles")
    old = operator.environment["CAUSEWAY_MASTER_KEYS"]
    new = _key(2)
    operator.environment["CAUSEWAY_MASTER_KEYS"] = f"{new},{old}"
    assert operator.does("keys", "rewrap").startswith("2 data keys")
    operator.environment["CAUSEWAY_MASTER_KEYS"] = new
    assert operator.does("keys", "rewrap").startswith("0 data keys")
    assert operator.does("keys", "rotate", "--firm", "harlow").startswith("Data key 2")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("admin", "create", "a@b.example", "--firm", "nowhere", "--name", "A"), "no firm nowhere"),
        (("firm", "create", "X", "--slug", "x", "--time-zone", "Mars/Base"), "not a time zone"),
        (("token", "create", "who@b.example", "--name", "n"), "signs in with who@b.example"),
        (("line", "create", "(833) 555-0142", "--firm", "x"), "CAUSEWAY_BANDWIDTH"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    operator: Operator, words: tuple[str, ...], told: str
) -> None:
    ended = operator.types(*words, answer=PASSWORD)
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_could_not_be_stored_is_refused_before_anything_is_done(operator: Operator) -> None:
    ended = operator.types("call", "contact.create", '{"name": "a\\u0000b"}', "--as", "a@b.example")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


def _key(number: int) -> str:
    return f"{number}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"
