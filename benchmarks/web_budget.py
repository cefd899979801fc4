"""What a browser has to fetch, gzipped, against the budgets."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.tables import Table, verdict

STATIC = Path(__file__).parent.parent / "server" / "static"
PAGES = {"firm": ("index.html", 110), "client's portal": ("portal.html", 60)}
ALL_SCRIPTS_KB = 220
STYLES_KB = 20
FONTS_KB = 80


def run() -> Table:
    """Measure the built client."""
    lines = {}
    for name, (page, script_kb) in PAGES.items():
        named = _named_in(page)
        lines[f"{name}: first scripts"] = verdict(_gzipped_kb(named, ".js"), script_kb, "KB")
        lines[f"{name}: styles"] = verdict(_gzipped_kb(named, ".css"), STYLES_KB, "KB")
    everything = list((STATIC / "assets").iterdir())
    lines["all scripts"] = verdict(_gzipped_kb(everything, ".js"), ALL_SCRIPTS_KB, "KB")
    lines["all fonts"] = verdict(_kb(everything, ".woff2"), FONTS_KB, "KB")
    return Table("web_budget: gzipped, but for fonts, which are compressed already", lines)


def _named_in(page: str) -> list[Path]:
    return [STATIC / path for path in re.findall(r'(?:src|href)="/([^"]+)"', (STATIC / page).read_text())]


def _gzipped_kb(files: Iterable[Path], suffix: str) -> float:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files if file.suffix == suffix) / 1_000


def _kb(files: Iterable[Path], suffix: str) -> float:
    return sum(file.stat().st_size for file in files if file.suffix == suffix) / 1_000
