from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.segments import Measure, measure

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "vectors" / "segments.json").read_text(encoding="utf-8")
)

# The alphabet by its code points, column by column as the standard prints it: an independent copy.
SEPTETS = [
    0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D, 0xC5, 0xE5,
    0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, 0x1B, 0xC6, 0xE6, 0xDF, 0xC9,
    0x20, 0x21, 0x22, 0x23, 0xA4, *range(0x25, 0x40),
    0xA1, *range(0x41, 0x5B), 0xC4, 0xD6, 0xD1, 0xDC, 0xA7,
    0xBF, *range(0x61, 0x7B), 0xE4, 0xF6, 0xF1, 0xFC, 0xE0,
]  # fmt: skip
ESCAPE = 0x1B
ESCAPED = dict(
    zip(map(ord, "^{}\\[~]|€"), (0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65), strict=True)
)
GSM = [chr(code) for code in [*SEPTETS, *ESCAPED] if code != ESCAPE]

gsm_text = st.text(st.sampled_from(GSM), max_size=700)
any_text = st.text(max_size=400)
mixed_text = st.text(st.sampled_from("a€[😀ж{"), max_size=700)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_t8_the_golden_vectors_measure_as_written(vector: dict[str, Any]) -> None:
    assert measure(vector["text"]) == expectation(vector)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_t8_the_golden_vectors_agree_with_the_slow_model(vector: dict[str, Any]) -> None:
    assert slow_model(vector["text"]) == expectation(vector)


@given(st.one_of(gsm_text, any_text, mixed_text))
@example("a" * 152 + "{" + "a" * 8)
@example("ж" * 66 + "😀" * 3)
def test_t8_counting_agrees_with_cutting_the_encoded_text(text: str) -> None:
    assert measure(text) == slow_model(text)


@given(mixed_text, st.sampled_from("a€[😀ж{"))
def test_t8_one_more_character_never_means_fewer_segments_of_the_same_encoding(text: str, more: str) -> None:
    before, after = measure(text), measure(text + more)
    assert before.encoding != after.encoding or before.segments <= after.segments


def test_t8_the_alphabet_has_127_characters_beside_the_escape() -> None:
    assert len(SEPTETS) == len(set(SEPTETS)) == 128
    assert {measure(character).encoding for character in GSM} == {"GSM-7"}
    assert measure(chr(ESCAPE)).encoding == "UCS-2"


def expectation(vector: dict[str, Any]) -> Measure:
    return Measure(*(vector[field] for field in Measure._fields))


def slow_model(text: str) -> Measure:
    """Encode the text really, then cut the units into parts that never end inside a pair."""
    codes = [ord(character) for character in text]
    if all(code in ESCAPED or (code in SEPTETS and code != ESCAPE) for code in codes):
        stream: list[int] = []
        for code in codes:
            stream += [ESCAPE, ESCAPED[code]] if code in ESCAPED else [SEPTETS.index(code)]
        return _cut(stream, text, 160, 153, lambda unit: unit == ESCAPE, "GSM-7")
    utf16 = text.encode("utf-16-be")
    stream = [int.from_bytes(utf16[i : i + 2], "big") for i in range(0, len(utf16), 2)]
    return _cut(stream, text, 70, 67, lambda unit: 0xD800 <= unit < 0xDC00, "UCS-2")


def _cut(stream: list[int], text: str, single: int, part: int, opens_pair: Any, encoding: Any) -> Measure:
    if len(stream) <= single:
        return Measure(encoding, len(text), len(stream), min(1, len(stream)), single - len(stream))
    parts, rest = [], stream
    while rest:
        end = part - 1 if len(rest) >= part and opens_pair(rest[part - 1]) else part
        parts.append(rest[:end])
        rest = rest[end:]
    return Measure(encoding, len(text), len(stream), len(parts), part - len(parts[-1]))
