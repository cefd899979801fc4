"""One publication to N sockets: CPU of the server for each delivery.

``isolated``: the next event comes when the last one has arrived everywhere. ``backlog``: 16 are always under
way. What a delivery costs by itself is the slope from 10 to 1000 sockets; the rest is what it costs to
publish, which for Causeway is a committed ``message.send`` and for the others nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.contestants import MAX_SOCKETS, Contestant, everybody
from benchmarks.loading import Load, loading
from benchmarks.tables import Cells, Table, number

FEW = 10
MANY = MAX_SOCKETS
WINDOWS = {"isolated": 1, "backlog of 16": 16}
SECONDS = 1.5
TIMES = 3


@dataclass(frozen=True)
class Cost:
    """CPU microseconds of one event to few sockets, and to many."""

    few: float
    many: float

    @property
    def per_delivery(self) -> float:
        """All of it, shared among the many deliveries."""
        return self.many / MANY

    @property
    def per_socket(self) -> float:
        """What one more socket adds."""
        return (self.many - self.few) / (MANY - FEW)


def run() -> Table:
    """Measure everybody."""
    found: dict[str, dict[str, Cost]] = {}
    for start in everybody():
        with start() as contestant:
            found[contestant.name] = _costs(contestant)
    floor = next(iter(found.values()))
    return Table(
        f"fan_out: server CPU µs for each delivery to {MANY} sockets",
        {name: _cells(costs, floor) for name, costs in found.items()},
        "per socket: the slope from 10 to 1000 sockets, so without publishing; × C: to the first line.",
    )


def _costs(contestant: Contestant) -> dict[str, Cost]:
    few, many = (_cost_of_event(contestant, sockets) for sockets in (FEW, MANY))
    return {window: Cost(few[window], many[window]) for window in WINDOWS}


def _cost_of_event(contestant: Contestant, sockets: int) -> dict[str, float]:
    with loading(contestant.plan(sockets)) as load:
        load.flood(1, SECONDS / 3, "delivered")  # whatever is made at the first time
        return {
            # The least of several: whatever else the machine does only adds.
            name: min(_measured(contestant, load, window) for _ in range(TIMES))
            for name, window in WINDOWS.items()
        }


def _measured(contestant: Contestant, load: Load, window: int) -> float:
    before = contestant.server.cpu_us()
    outcome = load.flood(window, SECONDS, "delivered")
    return (contestant.server.cpu_us() - before) / outcome.published


def _cells(costs: dict[str, Cost], floor: dict[str, Cost]) -> Cells:
    cells = {}
    for window, cost in costs.items():
        cells[window] = number(cost.per_delivery, 2)
        cells[f"{window}, per socket"] = number(cost.per_socket, 2)
        cells["× C" if window == "isolated" else "× C "] = number(
            cost.per_socket / floor[window].per_socket, 2
        )
    return cells
