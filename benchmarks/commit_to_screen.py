"""From one person's Send to another person's screen, and to the sender's own reply, on loopback."""

from __future__ import annotations

from benchmarks.contestants import in_c
from benchmarks.loading import Plan, loading
from benchmarks.node import ENGINES, running
from benchmarks.tables import Cells, Table, number

PER_SECOND = 20
SECONDS = 10
BAR_MS = 50


def run() -> Table:
    """Measure both engines, and how long two sockets and a send() take on this machine just now."""
    with in_c("each") as floor:
        lines = {floor.name: _paced(floor.plan(2))}
    for engine in ENGINES:
        with running(engine, colleagues=1) as node:
            # The other screen is the client's: what it is shown comes by another log than the sender's.
            lines[engine] = _paced(node.plan([node.firm.colleagues[0], node.firm.client], publishers=1))
    return Table(
        f"commit_to_screen: ms from sending to the other screen, {PER_SECOND} messages a second",
        lines,
        f"The bar is p99 ≤ {BAR_MS} ms from commit; this begins earlier, when the command is sent.",
    )


def _paced(plan: Plan) -> Cells:
    with loading(plan) as load:
        load.pace(PER_SECOND, 1)
        outcome = load.pace(PER_SECOND, SECONDS)
    figures = {"to the screens": outcome.delivering_us}
    if plan.acknowledged:
        figures["reply"] = outcome.acknowledging_us
    return {
        f"{name}, {quantile}": number(figure[quantile] / 1_000)
        for name, figure in figures.items()
        for quantile in ("p50", "p99")
    }
