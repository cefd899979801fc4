"""The command line: run a node, set a firm up, or do by name what the screens do.

python -m server serve
python -m server demo [--fresh]
python -m server firm create "Harlow & Reyes LLP" --slug harlow-reyes --time-zone America/Los_Angeles
python -m server admin create priya@harlow.example --firm harlow-reyes --name "Priya Shah"
python -m server token create priya@harlow.example --name reports
python -m server call message.send '{"portal": "…", "text": "Hello"}' --as priya@harlow.example
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import sys

from uvicorn.loops.auto import auto_loop_factory

from protocol.errors import Refused
from server import command_line, logs
from server.settings import Settings, SettingsError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it was done, 1 when it was refused, 2 when the settings are wrong."""
    asked = _parser().parse_args(arguments)
    if asked.noun == "admin":
        asked.password = _password()
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:  # asyncio.run() knows no uvloop
            return runner.run(_run(asked))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except Refused as error:
        print(f"{error.message} ({error.code})", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m server", description="Causeway, the line to your clients."
    )
    nouns = parser.add_subparsers(dest="noun", required=True)
    nouns.add_parser("serve", help="run one node")
    nouns.add_parser("demo", help="run a firm to try things on").add_argument("--fresh", action="store_true")

    firm = nouns.add_parser("firm", help="make a firm").add_subparsers(dest="verb", required=True)
    create = firm.add_parser("create")
    create.add_argument("name")
    create.add_argument("--slug", required=True, help="stands in the portal's address, as harlow-reyes")
    create.add_argument("--time-zone", required=True, help="as America/Los_Angeles")

    admin = nouns.add_parser("admin", help="make an admin").add_subparsers(dest="verb", required=True)
    create = admin.add_parser("create")
    create.add_argument("email")
    create.add_argument("--firm", required=True, help="the firm's slug")
    create.add_argument("--name", required=True)

    token = nouns.add_parser("token", help="make a token for a program").add_subparsers(
        dest="verb", required=True
    )
    create = token.add_parser("create")
    create.add_argument("email", help="the user whom the program acts for")
    create.add_argument("--name", required=True)

    line = nouns.add_parser("line", help="give a firm its texting number").add_subparsers(
        dest="verb", required=True
    )
    create = line.add_parser("create")
    create.add_argument("phone")
    create.add_argument("--firm", required=True, help="the firm's slug")

    call = nouns.add_parser("call", help="do one command of the protocol")
    call.add_argument("name", help="as message.send")
    call.add_argument("args", type=json.loads, help="its arguments, as JSON")
    call.add_argument("--as", dest="email", required=True, help="the firm user who does it")
    call.add_argument("--key", help="the same key never takes effect twice")
    return parser


def _password() -> str:
    """Typed unseen, or piped in: among the arguments it would stand in the process list."""
    return getpass.getpass("Password (at least 15 characters): ") if sys.stdin.isatty() else input()


async def _run(asked: argparse.Namespace) -> int:
    if asked.noun == "demo":
        from server import demo  # noqa: PLC0415 - its mail catcher is not installed where real firms are served

        return await demo.run(fresh=asked.fresh)
    logs.configure(Settings.log_level)  # what is told while the settings are read
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    if asked.noun == "serve":
        await command_line.serve(settings)
    elif asked.noun == "firm":
        print(await command_line.create_firm(settings, asked.name, asked.slug, asked.time_zone))
    elif asked.noun == "admin":
        print(await command_line.create_admin(settings, asked.firm, asked.name, asked.email, asked.password))
    elif asked.noun == "token":
        print(await command_line.create_token(settings, asked.email, asked.name))
    elif asked.noun == "line":
        print(await command_line.create_line(settings, asked.firm, asked.phone))
    else:
        result = await command_line.call(settings, asked.email, asked.name, asked.args, asked.key)
        print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
