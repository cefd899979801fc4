"""Who may import whom. The contracts, each with its reason as its name, stand in pyproject.toml."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def test_every_import_contract_is_kept() -> None:
    finished = _lint(Path.cwd())
    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("storage/keys.py", "import protocol", "The server stands on storage and protocol"),
        ("protocol/codec.py", "import storage", "The server stands on storage and protocol"),
        ("server/features/portals.py", "import server.features.texting", "Features never import each other"),
        ("server/features/portals.py", "import server.hub", "Features know no hub"),
        ("server/features/portals.py", "import starlette", "Features know no hub"),
        ("server/hub/__init__.py", "import server.features.portals", "The hub knows no feature"),
        ("server/hub/__init__.py", "import redis", "Only the doorbell imports redis"),
        ("server/access.py", "import tortoise", "Only storage imports Tortoise"),
        ("server/access.py", "import httpx", "A gateway's library"),
    ],
)
def test_a_forbidden_import_is_caught(tmp_path: Path, module: str, line: str, contract: str) -> None:
    copy = _copy_of_the_packages(tmp_path)
    with (copy / module).open("a") as file:
        file.write(f"\n{line}\n")
    finished = _lint(copy)
    assert finished.returncode != 0
    broken = [told for told in finished.stdout.splitlines() if " BROKEN" in told]
    assert any(told.startswith(contract) for told in broken), finished.stdout


def _copy_of_the_packages(directory: Path) -> Path:
    for package in ("protocol", "storage", "server"):
        for source in Path(package).rglob("*.py"):
            target = directory / source
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (directory / "pyproject.toml").write_bytes(Path("pyproject.toml").read_bytes())
    return directory


def _lint(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=directory,
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
