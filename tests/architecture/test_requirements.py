"""A server runs on what is locked for it, without what its demo and its tests need."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path


def locked(purpose: str) -> set[str]:
    """The packages of a lock file, by their normal names."""
    text = Path(f"requirements/{purpose}.txt").read_text()
    return {_normal(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}


REFUSE_OTHERS = """
import sys
class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in others:
            raise ModuleNotFoundError(name)
others = frozenset(sys.argv[1].split())
sys.meta_path.insert(0, Refusal())
import server.__main__
"""


def test_the_command_line_starts_with_the_packages_that_are_locked_for_a_server() -> None:
    """Libraries import what they find besides, so what else is installed here is hidden from them."""
    own = {"protocol", "storage", "server"}
    others = {
        module
        for module, packages in packages_distributions().items()
        if module not in own and not locked("runtime") & {_normal(package) for package in packages}
    }
    assert "pytest" in others
    command = [sys.executable, "-c", REFUSE_OTHERS, " ".join(others)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_each_lock_holds_all_of_the_smaller_one() -> None:
    assert locked("runtime") <= locked("demo") <= locked("dev")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
