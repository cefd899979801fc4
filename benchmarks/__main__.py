"""Runs the benchmarks that are named, or all: python -m benchmarks [name ...]."""

from __future__ import annotations

import sys

from benchmarks import commit_to_screen, durable_send, fan_out, idle_memory, web_budget

BENCHMARKS = {
    "durable_send": durable_send.run,
    "fan_out": fan_out.run,
    "commit_to_screen": commit_to_screen.run,
    "idle_memory": idle_memory.run,
    "web_budget": web_budget.run,
}


def main() -> None:
    """Print a table for each."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}. There are: {', '.join(BENCHMARKS)}.")
    for name in names:
        print(BENCHMARKS[name](), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
