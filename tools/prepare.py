"""Makes .venv hold what a lock file names. Runs on a bare Python and does nothing where nothing changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MIN_PYTHON = (3, 11)
# Each list holds all of the one before it, so a fuller environment also serves the smaller purpose.
PURPOSES = ("demo", "dev")


def main() -> None:
    """Prepares the environment for the purpose named on the command line."""
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose not in PURPOSES:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(PURPOSES)}")
    if sys.version_info < MIN_PYTHON:
        sys.exit(
            f"Causeway needs Python 3.11 or newer; this is {sys.version.split()[0]}. Set PYTHON=python3.11."
        )
    if not any(_is_fresh(fuller) for fuller in PURPOSES[PURPOSES.index(purpose) :]):
        _install(purpose)


def _is_fresh(purpose: str) -> bool:
    stamp = _stamp(purpose)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == _digest(purpose)


def _install(purpose: str) -> None:
    started = time.monotonic()
    print(f"· Python packages for {purpose} (the first time takes a minute)", flush=True)
    if not PYTHON.exists():
        _make_venv()
    lock = str(_lock(purpose))
    # Compiling every module takes as long as installing it; the few that are used are compiled at import.
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    _run([*pip, "--require-hashes", "--only-binary=:all:", "--requirement", lock])
    _stamp(purpose).write_text(_digest(purpose))
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def _make_venv() -> None:
    """Debian ships Python without the parts that make environments; where we may, we fetch them."""
    make = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(make, capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit("This Python cannot make virtual environments: install python3-venv, then run this again.")
    _run(["apt-get", "update", "-qq"])
    _run(["apt-get", "install", "-y", "-qq", "python3-venv"])
    _run(make)


def _run(command: list[str]) -> None:
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"This step failed, and what it said stands above: {' '.join(command)}")


def _digest(purpose: str) -> str:
    return hashlib.sha256(sys.version.encode() + _lock(purpose).read_bytes()).hexdigest()


def _lock(purpose: str) -> Path:
    return ROOT / "requirements" / f"{purpose}.txt"


def _stamp(purpose: str) -> Path:
    return VENV / f".{purpose}-is-installed"


if __name__ == "__main__":
    main()
