"""Names of files as people gave them, made fit to be shown, stored, and offered to any computer."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME_CHARACTERS = 255
_MAX_EXTENSION_CHARACTERS = 20
_NAMELESS = "file"

# Marks that reorder text show "exe.pdf" for what ends in ".exe"; line and paragraph ends break lists.
_REORDERING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff{_REORDERING}]")


def tidy_name(given: str) -> str:
    """A name without folders, controls and marks that reorder text; in NFC, of 1 to 255 characters."""
    last = re.split(r"[/\\]", _UNFIT.sub("", given))[-1]
    name = unicodedata.normalize("NFC", last).strip().rstrip(". ")
    return _cut(name) or _NAMELESS


def _cut(name: str) -> str:
    """Shorten a long name before its extension, by which computers know what to do with it."""
    if len(name) <= MAX_NAME_CHARACTERS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _MAX_EXTENSION_CHARACTERS:
        return name[:MAX_NAME_CHARACTERS]
    return stem[: MAX_NAME_CHARACTERS - len(extension) - 1] + dot + extension
