from __future__ import annotations

from itertools import permutations
from typing import get_args

import pytest

from protocol.entities import TextState
from protocol.text_states import is_final, may_replace

STATES: tuple[TextState, ...] = get_args(TextState)


@pytest.mark.parametrize("state", STATES)
def test_f2_a_repeated_report_changes_nothing(state: TextState) -> None:
    assert not may_replace(state, state)


@pytest.mark.parametrize("order", list(permutations(["sending", "sent", "delivered"])))
def test_f2_any_order_of_reports_ends_delivered(order: tuple[TextState, ...]) -> None:
    assert follow("queued", order) == "delivered"


def test_f2_the_first_final_state_stands() -> None:
    assert follow("queued", ("failed", "delivered", "sent")) == "failed"
    assert follow("queued", ("delivered", "failed")) == "delivered"


def test_f2_a_late_receipt_delivers_an_unconfirmed_text_and_nothing_else_moves_it() -> None:
    assert follow("sent", ("unconfirmed", "delivered")) == "delivered"
    assert follow("sent", ("unconfirmed", "failed", "sent", "queued")) == "unconfirmed"
    assert follow("sent", ("delivered", "unconfirmed")) == "delivered"


def test_f2_a_held_text_is_let_go_into_the_queue() -> None:
    assert may_replace("held", "queued")
    assert not may_replace("queued", "held")


def test_f2_final_states_are_the_ones_that_end_a_text() -> None:
    final = {state for state in STATES if is_final(state)}
    assert final == {"delivered", "failed", "unconfirmed", "received"}


def follow(state: TextState, reports: tuple[TextState, ...]) -> TextState:
    for reported in reports:
        if may_replace(state, reported):
            state = reported
    return state
