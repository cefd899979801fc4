"""Commands about who takes part in a portal."""

from __future__ import annotations

from typing import Literal

from protocol.types import Arguments, Id


class AddParticipant(Arguments, frozen=True, kw_only=True):
    """``history`` says whether a contact sees what came before (rule A2); firm users always do."""

    portal: Id
    person: Id
    history: Literal["all", "from_now"] = "all"


class RemoveParticipant(Arguments, frozen=True, kw_only=True):
    """Ends a person's part at once."""

    portal: Id
    person: Id
