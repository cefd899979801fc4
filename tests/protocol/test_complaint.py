from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.codec import decode_args, decode_query
from protocol.commands import COMMANDS
from protocol.errors import Refused
from protocol.queries import Search
from tests.protocol.structures import as_plain, instances, plain_values

PORTAL = "0192f6a0-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("name", "args", "sentence"),
    [
        ("message.send", {}, "`portal` is missing."),
        ("message.send", {"portal": PORTAL, "txet": "Hello"}, "`txet` is not known here."),
        (
            "message.send",
            {"portal": PORTAL, "text": "x" * 16_001},
            "`text` may have at most 16,000 characters.",
        ),
        ("message.send", {"portal": PORTAL, "text": 7}, "`text` must be text, not a whole number."),
        (
            "message.send",
            {"portal": PORTAL, "attachment": []},
            "`attachment` must be text or null, not a list.",
        ),
        ("message.send", {"portal": PORTAL.upper()[:-1] + "A"}, "an id: a UUID in lower case, with hyphens."),
        (
            "message.send",
            {"portal": f"{PORTAL}\n"},
            "`portal` must be an id: a UUID in lower case, with hyphens.",
        ),
        ("message.send", [], "The request must be a map, not a list."),
        ("message.send", None, "The request must be a map, not null."),
        ("portal.read", {"portal": PORTAL, "number": 0}, "`number` must be at least 1."),
        (
            "portal.read",
            {"portal": PORTAL, "number": 2**53},
            "`number` must be at most 2,147,483,647.",
        ),
        (
            "portal.read",
            {"portal": PORTAL, "number": 1.5},
            "`number` must be a whole number, not a fraction.",
        ),
        ("contact.create", {"name": ""}, "`name` may not be empty."),
        ("contact.create", {"name": "Ada\nBcc: all"}, "`name` must be a single line, not blank."),
        ("contact.create", {"name": "   "}, "`name` must be a single line, not blank."),
        ("contact.create", {"name": "Ada", "emails": ["a@b"] * 11}, "`emails` may have at most 10 entries."),
        (
            "contact.create",
            {"name": "Ada", "emails": ["a"]},
            "`emails[0]` must have at least 3 characters.",
        ),
        (
            "participant.add",
            {"portal": PORTAL, "person": PORTAL, "history": "some"},
            "`history` cannot be 'some'.",
        ),
        (
            "message.delete",
            {"message": PORTAL, "stop_share": "yes"},
            "`stop_share` must be true or false, not text.",
        ),
        (
            "user.create",
            {"name": "Ada", "email": "ada@firm.example", "password": "short"},
            "`password` must have at least 15 characters.",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(name: str, args: Any, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_args(args, COMMANDS[name].args)
    assert refused.value.code == "invalid"
    assert refused.value.message.endswith(sentence)


def test_a_query_is_refused_in_a_sentence_as_well() -> None:
    for args, sentence in (
        ({"limit": "many"}, "`limit` must be a whole number, not text."),
        ({"limit": "500"}, "`limit` must be at most 200."),
        ({"find": "a\x00"}, "The request has a control character in text."),
    ):
        with pytest.raises(Refused) as refused:
            decode_query(args, Search)
        assert refused.value.message == sentence


@pytest.mark.parametrize("spec", COMMANDS.values(), ids=lambda spec: str(spec.name))
def test_no_refusal_shows_the_words_of_a_program(spec: Any) -> None:
    @settings(max_examples=40, deadline=None)
    @given(instances(spec.args), st.data())
    def refuse(args: Any, data: st.DataObject) -> None:
        plain = as_plain(args)
        field = data.draw(st.sampled_from([*plain, "sudo"]))
        plain[field] = data.draw(plain_values)
        try:
            decode_args(plain, spec.args)
        except Refused as refused:
            for word in ("regex", "Expected", "`str`", "`int`", "$."):
                assert word not in refused.message  # noqa: PT017 - some values fit

    refuse()
