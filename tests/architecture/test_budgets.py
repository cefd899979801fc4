"""The web client stays small enough for a phone on a slow network."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path("server/static")
KIB = 1024


@pytest.mark.parametrize(("entry", "limit_kib"), [("index.html", 110), ("portal.html", 60)])
def test_the_first_script_of_each_application_is_small(entry: str, limit_kib: int) -> None:
    assert 0 < compressed_bytes(first_files(entry, "js")) <= limit_kib * KIB


@pytest.mark.parametrize("entry", ["index.html", "portal.html"])
def test_the_styles_of_each_application_are_small(entry: str) -> None:
    assert 0 < compressed_bytes(first_files(entry, "css")) <= 20 * KIB


def test_the_fonts_of_one_language_are_small() -> None:
    fonts = [path for path in STATIC.rglob("*.woff2") if "-ext-" not in path.name]
    assert 0 < sum(path.stat().st_size for path in fonts) <= 80 * KIB


def first_files(entry: str, kind: str) -> list[Path]:
    """The files of a kind that the page names, so that a browser fetches them before anything is shown."""
    named: list[str] = re.findall(rf'(?:src|href)="/?([^"]+\.{kind})"', (STATIC / entry).read_text())
    return [STATIC / name for name in named]


def compressed_bytes(files: list[Path]) -> int:
    """What travels for them."""
    return sum(len(gzip.compress(path.read_bytes(), compresslevel=9)) for path in files)
