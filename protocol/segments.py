"""How many parts a carrier makes of a text, counted as the carrier counts (rule T8).

A text whose every character is in the GSM 7-bit alphabet travels in septets, 160 in a single part or 153 in
each of several; anything else travels as UCS-2, 70 or 67. Nine GSM characters are written with an escape
and cost two units, and a character beyond the basic plane costs two in UCS-2. Such a pair is never cut in
half: where one unit is left in a part, the pair begins the next one.

The web client counts the same way while a person types (``web_client/src/features/texting/segments.ts``);
``tests/protocol/vectors/segments.json`` holds both to one result.

Source: 3GPP TS 23.038 (alphabets), TS 23.040 (the 6-octet header of a part).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Alphabet = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€")
_GSM = _BASIC | _ESCAPED

_SINGLE_UNITS: dict[Alphabet, int] = {"GSM-7": 160, "UCS-2": 70}
_PART_UNITS: dict[Alphabet, int] = {"GSM-7": 153, "UCS-2": 67}


class Measure(NamedTuple):
    """The size of a text: ``units`` are septets or UTF-16 units, ``room`` is what the last part has left."""

    encoding: Alphabet
    characters: int
    units: int
    segments: int
    room: int


def measure(text: str) -> Measure:
    """Measure a text; an empty one has no segment and the room of a whole one."""
    alphabet: Alphabet = "GSM-7" if _GSM.issuperset(text) else "UCS-2"
    costs = [_cost(character, alphabet) for character in text]
    units = sum(costs)
    single = _SINGLE_UNITS[alphabet]
    if units <= single:
        return Measure(alphabet, len(text), units, 1 if text else 0, single - units)
    segments, room = _fill_parts(costs, _PART_UNITS[alphabet])
    return Measure(alphabet, len(text), units, segments, room)


def _cost(character: str, alphabet: Alphabet) -> int:
    double = character in _ESCAPED if alphabet == "GSM-7" else ord(character) > 0xFFFF
    return 2 if double else 1


def _fill_parts(costs: list[int], part_units: int) -> tuple[int, int]:
    """Put characters into parts in order; answer the number of parts and the room in the last."""
    segments, room = 1, part_units
    for cost in costs:
        if cost > room:
            segments, room = segments + 1, part_units
        room -= cost
    return segments, room
