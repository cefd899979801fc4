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
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import uvloop

from protocol.codec import parse
from protocol.errors import Refused
from server import command_line, logs
from server.settings import Settings, SettingsError

Nouns: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name
Work = Callable[[Settings, argparse.Namespace], Awaitable[str | None]]
"""What one line of the command line does; what it answers is printed."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it was done, 1 when it was refused, 2 when the settings are wrong."""
    asked = _parser().parse_args(arguments)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_run(asked))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except Refused as error:
        print(f"{error.message} ({error.code})", file=sys.stderr)
        return 1


async def _run(asked: argparse.Namespace) -> int:
    if asked.noun == "demo":
        from server import demo  # noqa: PLC0415 - its mail catcher is not installed where real firms are served

        return await demo.run(fresh=asked.fresh)
    logs.configure(Settings.log_level)  # what is told while the settings are read
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    answer = await asked.work(settings, asked)
    if answer is not None:
        print(answer)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m server", description="Causeway, the line to your clients."
    )
    nouns = parser.add_subparsers(dest="noun", required=True)
    nouns.add_parser("serve", help="run one node").set_defaults(
        work=lambda settings, _: command_line.serve(settings)
    )
    nouns.add_parser("demo", help="run a firm to try things on").add_argument("--fresh", action="store_true")
    _add_setting_up(nouns)
    _add_keys(nouns)
    _add_call(nouns)
    return parser


def _add_setting_up(nouns: Nouns) -> None:
    firm = _verb(nouns, "firm", "create", "make a firm", _create_firm)
    firm.add_argument("name")
    firm.add_argument("--slug", required=True, help="stands in the portal's address, as harlow-reyes")
    firm.add_argument("--time-zone", required=True, help="as America/Los_Angeles")

    admin = _verb(nouns, "admin", "create", "make an admin, whose password is asked for", _create_admin)
    admin.add_argument("email")
    admin.add_argument("--firm", required=True, help="the firm's slug")
    admin.add_argument("--name", required=True)

    token = _verb(nouns, "token", "create", "make a token for a program", _create_token)
    token.add_argument("email", help="the user whom the program acts for")
    token.add_argument("--name", required=True)

    line = _verb(nouns, "line", "create", "give a firm its texting number", _create_line)
    line.add_argument("phone")
    line.add_argument("--firm", required=True, help="the firm's slug")


def _add_keys(nouns: Nouns) -> None:
    verbs = nouns.add_parser("keys", help="change what encrypts").add_subparsers(dest="verb", required=True)
    rewrap = verbs.add_parser("rewrap", help="wrap all data keys by the newest master key")
    rewrap.set_defaults(work=lambda settings, _: command_line.rewrap_keys(settings))
    rotate = verbs.add_parser("rotate", help="give a firm a new data key")
    rotate.add_argument("--firm", required=True, help="the firm's slug")
    rotate.set_defaults(work=lambda settings, asked: command_line.rotate_key(settings, asked.firm))


def _add_call(nouns: Nouns) -> None:
    call = nouns.add_parser("call", help="do one command of the protocol")
    call.add_argument("name", help="as message.send")
    call.add_argument("args", type=_arguments, help="its arguments, as JSON")
    call.add_argument("--as", dest="email", required=True, help="the firm user who does it")
    call.add_argument("--key", help="the same key never takes effect twice")
    call.set_defaults(work=_call)


def _verb(nouns: Nouns, noun: str, verb: str, meaning: str, work: Work) -> argparse.ArgumentParser:
    verbs = nouns.add_parser(noun, help=meaning).add_subparsers(dest="verb", required=True)
    parser: argparse.ArgumentParser = verbs.add_parser(verb, help=meaning)
    parser.set_defaults(work=work)
    return parser


async def _create_firm(settings: Settings, asked: argparse.Namespace) -> str:
    return await command_line.create_firm(settings, asked.name, asked.slug, asked.time_zone)


async def _create_admin(settings: Settings, asked: argparse.Namespace) -> str:
    password = await asyncio.to_thread(_password)
    return await command_line.create_admin(settings, asked.firm, asked.name, asked.email, password)


async def _create_token(settings: Settings, asked: argparse.Namespace) -> str:
    return await command_line.create_token(settings, asked.email, asked.name)


async def _create_line(settings: Settings, asked: argparse.Namespace) -> str:
    return await command_line.create_line(settings, asked.firm, asked.phone)


async def _call(settings: Settings, asked: argparse.Namespace) -> str:
    result = await command_line.call(settings, asked.email, asked.name, asked.args, asked.key)
    return json.dumps(result, ensure_ascii=False, indent=2)


def _arguments(text: str) -> object:
    """JSON as every door takes it: without what could not be stored, such as NUL."""
    return parse(text.encode(), "json")


def _password() -> str:
    """Typed unseen, or piped in: among the arguments it would stand in the process list."""
    return getpass.getpass("Password (at least 15 characters): ") if sys.stdin.isatty() else input()


if __name__ == "__main__":
    sys.exit(main())
