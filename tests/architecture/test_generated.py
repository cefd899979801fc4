"""What is made from the protocol's structures is committed as it would be made now."""

from __future__ import annotations

import subprocess
import sys


def test_generated_files_are_fresh() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "protocol.generate", "--check"], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
