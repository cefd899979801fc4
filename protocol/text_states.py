"""The order of a text's states, so that no report moves a text backwards (rule F2).

A carrier reports at least once and in any order. The first final state stands, with one exception: a text
without a receipt is *unconfirmed*, which is not a failure, and a late receipt still makes it delivered.
"""

from __future__ import annotations

from typing import Final

from protocol.entities import TextState

_RANK: Final[dict[TextState, int]] = {
    "held": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "unconfirmed": 4,
    "delivered": 4,
    "failed": 4,
    "received": 4,
}
FINAL_RANK: Final = 4


def may_replace(current: TextState, reported: TextState) -> bool:
    """Tell whether a text in one state may go to another; a repeated report changes nothing."""
    if current == "unconfirmed":
        return reported == "delivered"
    return _RANK[current] < _RANK[reported]


def is_final(state: TextState) -> bool:
    """Tell whether a text in this state is done, save that an unconfirmed one may yet be delivered."""
    return _RANK[state] == FINAL_RANK
