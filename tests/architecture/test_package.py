"""Who installs the package gets the whole server with the web client, and needs no Node."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path


def test_the_wheel_holds_the_server_and_the_built_web_client(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    finished = subprocess.run(build, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    packaged = {name for name in names if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in packaged} == {"protocol", "storage", "server"}
    assert {"server/static/index.html", "server/static/portal.html"} <= names
    assert {str(path) for path in Path("server/gateways").rglob("*.html")} <= names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
