"""How results are shown: one table for each benchmark, on standard output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cells = Mapping[str, str]
"""What stands in a line, by column."""


@dataclass(frozen=True)
class Table:
    """What a benchmark found."""

    title: str
    lines: Mapping[str, Cells]
    note: str = ""

    def __str__(self) -> str:
        columns = list(dict.fromkeys(column for cells in self.lines.values() for column in cells))
        rows = [["", *columns]]
        rows += [[name, *(cells.get(column, "") for column in columns)] for name, cells in self.lines.items()]
        widths = [max(len(row[place]) for row in rows) for place in range(len(columns) + 1)]
        text = [self.title, *(_laid_out(row, widths) for row in rows)]
        return "\n".join([*text, self.note] if self.note else text)


def _laid_out(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  " + "   ".join([row[0].ljust(len(first)), *others]).rstrip()


def number(value: float, digits: int = 1) -> str:
    """A figure with a comma between thousands."""
    return f"{value:,.{digits}f}"


def verdict(value: float, bar: float, unit: str, digits: int = 1) -> dict[str, Any]:
    """A figure beside the most that it may be."""
    return {
        "measured": f"{number(value, digits)} {unit}",
        "bar": f"≤ {bar:g} {unit}",
        "": "" if value <= bar else "over",
    }
