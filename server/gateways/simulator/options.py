"""What the simulated carrier is told about the account that it serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Person(NamedTuple):
    """Somebody whose phone is shown from the start; ``number`` is E.164."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the network moves, in milliseconds after a text was taken; tests make it hurry."""

    sending_ms: int = 250
    sent_ms: int = 900
    delivered_ms: int = 1_900
    unconfirmed_ms: int = 5_000
    retry_ms: int = 500
    retry_most_ms: int = 15_000
    give_up_ms: int = 600_000


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """One Bandwidth account with one application, its number, and where it wants its callbacks."""

    account_id: str
    username: str
    password: str = field(repr=False)
    application_id: str
    firm_number: str
    webhook_url: str = field(repr=False)
    webhook_username: str
    webhook_password: str = field(repr=False)
    firm_name: str = ""
    people: tuple[Person, ...] = ()
    data_dir: Path | None = None
    pace: Pace = Pace()
