"""Writes what is made from the protocol's structures: ``python -m protocol.generate [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from protocol import asyncapi, openapi, reference, typescript

ROOT = Path(__file__).parent.parent

TARGETS: dict[str, Callable[[], str]] = {
    "docs/protocol.md": reference.render,
    "docs/openapi.json": openapi.render,
    "docs/asyncapi.json": asyncapi.render,
    "web_client/src/protocol.ts": typescript.render,
}


def stale(root: Path = ROOT) -> list[str]:
    """Name the files that are missing or say something else than the structures."""
    return [path for path, render in TARGETS.items() if _text_of(root / path) != render()]


def write(root: Path = ROOT) -> list[str]:
    """Write the files that are stale and name them."""
    written = stale(root)
    for path in written:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(TARGETS[path](), encoding="utf-8")
    return written


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(arguments: Sequence[str]) -> int:
    """Write the files, or with ``--check`` only name those that are stale and answer 1."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python -m protocol.generate [--check]\n")
        return 2
    if not arguments:
        sys.stdout.writelines(f"wrote {path}\n" for path in write())
        return 0
    found = stale()
    sys.stderr.writelines(f"{path} is stale: run `make generate` and commit it\n" for path in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
