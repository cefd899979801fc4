"""Finds a Chromium for the browser tests, and brings one where the machine has none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def system_chromium() -> str | None:
    """The machine's own Chromium, if it has one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> None:
    """Leaves the machine with a browser: its own, else its package manager's, else Playwright's."""
    if system_chromium() or _playwright_chromium().exists():
        return
    print("· Chromium (this machine has none)", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get") and _install_by_apt():
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _install_by_apt() -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "-qq"]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    return all(
        subprocess.run(step, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
        for step in (update, install)
    )


def _playwright_chromium() -> Path:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


if __name__ == "__main__":
    main()
