"""Packaging hook: a wheel carries the built web client, so that whoever installs it needs no Node."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebClientHook(BuildHookInterface[Any]):
    """Builds web_client/ before the package's files are gathered."""

    def dependencies(self) -> list[str]:
        """Asked by the packaging front end, which installs what is named here before `initialize`."""
        missing: list[str] = runpy.run_path(self._tool())["missing_requirements"]()
        return missing

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds in a process of its own, exactly as the Makefile does."""
        if self.target_name == "wheel":
            subprocess.run([sys.executable, self._tool(), "build"], check=True)

    def _tool(self) -> str:
        return str(Path(self.root, "tools", "web_client.py"))
