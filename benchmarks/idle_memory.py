"""What a socket costs that does nothing: the server's memory while it is open, and CPU to let it in."""

from __future__ import annotations

from benchmarks.contestants import MAX_SOCKETS, Contestant, everybody
from benchmarks.loading import loading
from benchmarks.tables import Cells, Table, number

WARM_SOCKETS = 200


def run() -> Table:
    """Measure everybody."""
    lines: dict[str, Cells] = {}
    for start in everybody():
        with start() as contestant:
            lines[contestant.name] = _measured(contestant)
    return Table(
        f"idle_memory: {MAX_SOCKETS} idle sockets; Causeway's with their sessions",
        lines,
        "The kernel's socket buffers are not counted.",
    )


def _measured(contestant: Contestant) -> Cells:
    with loading(contestant.plan(WARM_SOCKETS)):
        pass  # whatever is made at the first time
    bytes_before = contestant.server.own_bytes()
    plan = contestant.plan(MAX_SOCKETS)
    cpu_before = contestant.server.cpu_us()
    with loading(plan) as load:
        handshake_us = (contestant.server.cpu_us() - cpu_before) / MAX_SOCKETS
        load.idle(1)
        socket_bytes = (contestant.server.own_bytes() - bytes_before) / MAX_SOCKETS
    return {"KB a socket": number(socket_bytes / 1_000), "handshake, CPU µs": number(handshake_us, 0)}
