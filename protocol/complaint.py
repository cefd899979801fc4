"""What is wrong with a request, as a sentence that says what to do.

A person reads it beside a form, and a programmer in a log; neither should have to read a regular expression.
The forms below are all that ``msgspec`` says of plain values (0.22, ``msgspec.convert``).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import ValidationError

from protocol.types import PATTERN_MEANINGS

_PLACE = re.compile(r" - at `(?:key` in `)?\$(?P<place>.*)`$")


def complaint(error: ValidationError) -> str:
    """Say in a sentence what is wrong, and where."""
    text = str(error)
    found = _PLACE.search(text)
    place = f"`{found['place'].lstrip('.')}`" if found and found["place"] else "The request"
    problem = text[: found.start()] if found else text
    for form, say in _FORMS:
        if match := form.fullmatch(problem):
            return say(place, match)
    return f"{place}: {problem}."


def _missing(_: str, match: re.Match[str]) -> str:
    return f"`{match[1]}` is missing."


def _unknown(_: str, match: re.Match[str]) -> str:
    return f"`{match[1]}` is not known here."


def _too_long(place: str, match: re.Match[str]) -> str:
    return f"{place} may have at most {int(match[2]):,} {_COUNTED[match[1]]}."


def _too_short(place: str, match: re.Match[str]) -> str:
    if match[2] == "1":
        return f"{place} may not be empty."
    return f"{place} must have at least {int(match[2]):,} {_COUNTED[match[1]]}."


def _misshapen(place: str, match: re.Match[str]) -> str:
    return f"{place} must be {_MEANINGS.get(match[1], 'of another form')}."


def _too_small(place: str, match: re.Match[str]) -> str:
    return f"{place} must be at least {int(match[1]):,}."


def _too_great(place: str, match: re.Match[str]) -> str:
    return f"{place} must be at most {int(match[1]):,}."


def _not_among(place: str, match: re.Match[str]) -> str:
    return f"{place} cannot be {match[1]}."


def _wrong_kind(place: str, match: re.Match[str]) -> str:
    expected = " or ".join(_KINDS.get(one, one) for one in match[1].split(" | "))
    return f"{place} must be {expected}, not {_KINDS.get(match[2], match[2])}."


# The patterns come as Python writes them.
_MEANINGS = {repr(pattern): meaning for pattern, meaning in PATTERN_MEANINGS.items()}

_COUNTED = {"str": "characters", "array": "entries"}

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a fraction",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "a map",
    "bytes": "bytes",
}

_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], str]], ...] = (
    (re.compile(r"Object missing required field `(.+)`"), _missing),
    (re.compile(r"Object contains unknown field `(.+)`", re.DOTALL), _unknown),
    (re.compile(r"Expected `(str|array)` of length <= (\d+)"), _too_long),
    (re.compile(r"Expected `(str|array)` of length >= (\d+)"), _too_short),
    (re.compile(r"Expected `str` matching regex (.+)"), _misshapen),
    (re.compile(r"Expected `int` >= (-?\d+)"), _too_small),
    (re.compile(r"Expected `int` <= (-?\d+)"), _too_great),
    (re.compile(r"Invalid enum value (.+)", re.DOTALL), _not_among),
    (re.compile(r"Expected `(.+)`, got `(.+)`"), _wrong_kind),
)
