"""Messages sent to a portal of two, each on the disk before it is acknowledged, and delivered to both.

Beside each engine stands its floor: the same rows by the bare driver, with no server around it.
"""

from __future__ import annotations

from benchmarks import floors
from benchmarks.loading import Load, loading
from benchmarks.node import ENGINES, Node, running
from benchmarks.tables import Cells, Table, number

WINDOWS = (1, 64)
SECONDS = 1.5
TIMES = 4


def run() -> Table:
    """Measure both engines, and the disk."""
    lines: dict[str, Cells] = {}
    for engine in ENGINES:
        with running(engine, colleagues=1) as node:
            for window in WINDOWS:
                lines[f"{engine}, {window} in flight"] = _best(node, window)
            lines[f"{engine}, the rows alone"] = _floor(node)
    return Table(
        "durable_send: messages to a portal of two",
        lines,
        f"The disk takes {number(floors.syncs_a_second(), 0)} synced writes a second.",
    )


def _floor(node: Node) -> Cells:
    if node.database is None:
        floor = floors.of_sqlite(node.database_url.removeprefix("sqlite://"))
    else:
        floor = floors.of_postgres(node.database_url, node.database)
    cells = {"sends/s": number(1 / floor.seconds, 0), "server CPU µs": number(floor.driver_us, 0)}
    return cells | ({"database CPU µs": number(floor.database_us, 0)} if node.database else {})


def _best(node: Node, window: int) -> Cells:
    """The best of several runs in each figure: whatever else the machine does only adds."""
    with loading(node.plan([node.firm.colleagues[0], node.firm.client])) as load:
        load.flood(window, SECONDS / 4, "acknowledged")
        runs = [_measured(node, load, window) for _ in range(TIMES)]
    best = {name: min(run[name] for run in runs) for name in runs[0]}
    return {"sends/s": number(1 / best.pop("seconds"), 0)} | {
        name: number(value, 0) for name, value in best.items()
    }


def _measured(node: Node, load: Load, window: int) -> dict[str, float]:
    """One run, by the send."""
    servers = {"server CPU µs": node.server} | ({"database CPU µs": node.database} if node.database else {})
    before = {name: server.cpu_us() for name, server in servers.items()}
    outcome = load.flood(window, SECONDS, "acknowledged")
    return {
        "seconds": outcome.seconds / outcome.published,
        "ack p50 µs": outcome.acknowledging_us["p50"],
        "ack p99 µs": outcome.acknowledging_us["p99"],
    } | {name: (server.cpu_us() - before[name]) / outcome.published for name, server in servers.items()}
