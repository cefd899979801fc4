"""`python -m storage migrate <database url>`: bring a database up to date."""

from __future__ import annotations

import argparse
import asyncio

from storage.migrate import migrate


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m storage")
    commands = parser.add_subparsers(required=True)
    migrating = commands.add_parser("migrate", help="bring a database up to date")
    migrating.add_argument("url", help="sqlite:///path/of/file or postgres://user:password@host:port/name")
    steps = asyncio.run(migrate(parser.parse_args().url))
    print("\n".join(f"applied {step}" for step in steps) or "up to date")


if __name__ == "__main__":
    main()
