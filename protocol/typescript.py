"""Writes the protocol as TypeScript, formatted as the web client's formatter would."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import inspect

from protocol import catalog
from protocol.catalog import Structure
from protocol.commands import COMMANDS
from protocol.errors import CLOSE_FAMILIES, CLOSES, REFUSALS
from protocol.events import EVENTS
from protocol.frames import SUBPROTOCOLS, Inbound, Outbound
from protocol.queries import QUERIES

LINE_WIDTH = 110
# Names that every TypeScript file already has, and that an import would hide.
_TAKEN = frozenset({"Number"})

_HEADING = """\
// Causeway's wire protocol, version 1: made from protocol/*.py by `make generate`; do not edit.
"""

_KNOWN_EVENT = """\
export type EventKind = keyof EventBodies

/** An event whose kind this version knows, with its body. */
export type KnownEvent = {
  [Kind in EventKind]: Omit<Event, 'kind' | 'body'> & { kind: Kind; body?: EventBodies[Kind] }
}[EventKind]
"""


def render() -> str:
    """Write the whole file."""
    return "\n".join([_HEADING, *_scalars(), *_structures(), *_unions(), *_maps(), *_tables(), *_limits()])


def _scalars() -> Iterator[str]:
    for alias in catalog.aliases():
        if alias.name in _TAKEN:
            continue
        kinds = [_quote(word) for word in alias.words] or [_written(alias.type)]
        yield _comment(_sentence(alias.meaning)) + _declaration(alias.name, kinds)


def _structures() -> Iterator[str]:
    for section in catalog.sections():
        yield f"// {section.title}\n"
        for structure in section.structures:
            yield _comment(catalog.prose(structure)) + _interface(structure)


def _interface(structure: Structure) -> str:
    name = structure.__name__
    members = [f"  {tag[0]}: {_quote(tag[1])}\n"] if (tag := catalog.tag_of(structure)) else []
    members += [_member(field) for field in catalog.fields_of(structure)]
    if not members:
        return _declaration(name, ["Record<string, never>"])
    return f"export interface {name} {{\n{''.join(members)}}}\n"


def _member(field: catalog.Field) -> str:
    start = f"  {field.name}{'?' if field.optional else ''}:"
    return f"{start}{_union_after(start, _alternatives(field.type))}\n"


def _declaration(name: str, alternatives: list[str]) -> str:
    start = f"export type {name} ="
    return f"{start}{_union_after(start, alternatives)}\n"


def _union_after(start: str, alternatives: list[str]) -> str:
    """A union on the line that ``start`` begins where it fits, else each alternative on its own."""
    line = f" {' | '.join(alternatives)}"
    if len(start) + len(line) <= LINE_WIDTH:
        return line
    indent = " " * (len(start) - len(start.lstrip()) + 2)
    return "".join(f"\n{indent}| {one}" for one in alternatives)


def _alternatives(kind: inspect.Type) -> list[str]:
    name = catalog.name_of(kind)
    if name and name not in _TAKEN:
        return [name]
    match kind:
        case inspect.UnionType(types=members):
            return [one for member in members for one in _alternatives(member)]
        case inspect.LiteralType(values=words):
            return [_literal(word) for word in words]
    return [_written(kind)]


def _written(kind: inspect.Type) -> str:
    """A type that is neither named nor a union."""
    match kind:
        case inspect.Metadata(type=inner):
            return _written(inner)
        case inspect.ListType(item_type=item):
            return f"{_one(item)}[]"
        case inspect.TupleType(item_types=items):
            return f"[{', '.join(map(_one, items))}]"
        case inspect.DictType(key_type=key, value_type=value):
            return f"Record<{_one(key)}, {_one(value)}>"
        case inspect.StructType(cls=structure):
            return structure.__name__
    return _PLAIN[type(kind)]


def _one(kind: inspect.Type) -> str:
    alternatives = _alternatives(kind)
    return alternatives[0] if len(alternatives) == 1 else f"({' | '.join(alternatives)})"


_PLAIN: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
    # The only bytes that are kept as they are: an event encoded once for all sockets.
    inspect.RawType: "Event",
}


def _unions() -> Iterator[str]:
    for name, union, meaning in (
        ("Inbound", Inbound, "What a client may say."),
        ("Outbound", Outbound, "What the server may say."),
    ):
        yield _comment(meaning) + _declaration(name, [member.__name__ for member in union.__args__])


def _maps() -> Iterator[str]:
    commands = ((one.name, _pair(one.args, one.result), "") for one in COMMANDS.values())
    queries = ((one.name, _pair(one.args, one.result), "") for one in QUERIES.values())
    bodies = ((one.kind, one.body.__name__, one.meaning) for one in EVENTS.values())
    yield _map("Commands", "Every command with what it takes and gives.", commands)
    yield _map("Queries", "Every query with what it takes and gives.", queries)
    yield _map("EventBodies", "Every kind of event with its body.", bodies)
    yield _KNOWN_EVENT


def _pair(args: Structure, result: Structure) -> str:
    return f"{{ args: {args.__name__}; result: {result.__name__} }}"


def _map(name: str, meaning: str, rows: Iterable[tuple[str, str, str]]) -> str:
    members = (f"{_comment(sentence, '  ')}  {_quote(key)}: {kind}\n" for key, kind, sentence in rows)
    return f"{_comment(meaning)}export interface {name} {{\n{''.join(members)}}}\n"


def _tables() -> Iterator[str]:
    refusals = (
        (one.code, {"http_status": one.http_status, "temporary": one.temporary}, one.meaning)
        for one in REFUSALS.values()
    )
    closes = (
        (one.name, {"code": one.code, "retry_ms": one.retry_ms}, one.meaning) for one in CLOSES.values()
    )
    families = ((one.name, one.digits, one.meaning) for one in CLOSE_FAMILIES.values())
    yield _table("REFUSALS", "Why something is refused; if `temporary`, sending it again may help.", refusals)
    yield "export type RefusalCode = keyof typeof REFUSALS\n"
    yield _table("CLOSES", "Why the server closes a socket, and within which time to come back.", closes)
    yield "export type CloseName = keyof typeof CLOSES\n"
    yield _table("CLOSE_FAMILIES", "What to do after a close, by the first two digits of its code.", families)
    yield "export type CloseFamily = keyof typeof CLOSE_FAMILIES\n"


def _table(name: str, meaning: str, rows: Iterable[tuple[str, Any, str]]) -> str:
    members = (f"{_comment(sentence, '  ')}  {key}: {_literal(value)},\n" for key, value, sentence in rows)
    return f"{_comment(meaning)}export const {name} = {{\n{''.join(members)}}} as const\n"


def _literal(value: Any) -> str:
    match value:
        case dict():
            return f"{{ {', '.join(f'{key}: {_literal(inner)}' for key, inner in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(map(_literal, value))}]"
        case str():
            return _quote(value)
    return json.dumps(value)


def _limits() -> Iterator[str]:
    yield (
        _comment("The subprotocols, in the order in which a client prefers them.")
        + f"export const SUBPROTOCOLS = {_literal(SUBPROTOCOLS)} as const\n"
    )
    limits = (
        f"{_comment(one.meaning)}export const {one.name} = {_digits(one.value)}\n" for one in catalog.LIMITS
    )
    yield "".join(limits)


def _sentence(phrase: str) -> str:
    return f"{phrase[0].upper()}{phrase[1:]}." if phrase else ""


def _digits(value: int) -> str:
    return f"{value:_}" if value >= 10_000 else str(value)


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _comment(text: str, indent: str = "") -> str:
    """A documentation comment, on one line where it fits."""
    if not text:
        return ""
    if "\n" not in text and len(indent) + len(text) + 7 <= LINE_WIDTH:
        return f"{indent}/** {text} */\n"
    wrapped = _wrap(text, LINE_WIDTH - len(indent) - 3)
    lines = "".join(f"{indent} * {line}".rstrip() + "\n" for line in wrapped)
    return f"{indent}/**\n{lines}{indent} */\n"


def _wrap(text: str, width: int) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        yield from textwrap.wrap(paragraph, width)
