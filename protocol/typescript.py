"""Writes the protocol as TypeScript, formatted as the web client's formatter would."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import inspect

from protocol import catalog
from protocol.catalog import Alias, Structure
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
        if alias.name not in _TAKEN:
            yield _declare_alias(alias)


def _declare_alias(alias: Alias) -> str:
    words = [_quote(word) for word in alias.words]
    kind = _union_after(f"export type {alias.name} =", words) if words else f" {_type(alias.type, named=False)}"
    return f"{_comment(alias.meaning[:1].upper() + alias.meaning[1:] + '.') if alias.meaning else ''}export type {alias.name} ={kind}\n"


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
        return f"export type {name} = Record<string, never>\n"
    return f"export interface {name} {{\n{''.join(members)}}}\n"


def _member(field: catalog.Field) -> str:
    start = f"  {field.name}{'?' if field.optional else ''}:"
    parts = _alternatives(field.type)
    return f"{start}{_union_after(start, parts, indent='  ')}\n"


def _union_after(start: str, parts: list[str], indent: str = "") -> str:
    line = f" {' | '.join(parts)}"
    if len(start) + len(line) <= LINE_WIDTH:
        return line
    return "".join(f"\n{indent}  | {part}" for part in parts)


def _alternatives(kind: inspect.Type) -> list[str]:
    if (name := catalog.name_of(kind)) and name not in _TAKEN:
        return [name]
    if isinstance(kind, inspect.UnionType):
        return [one for inner in kind.types for one in _alternatives(inner)]
    if isinstance(kind, inspect.LiteralType):
        return [_quote(word) for word in kind.values]
    return [_type(kind)]


def _type(kind: inspect.Type, named: bool = True) -> str:
    if named and (name := catalog.name_of(kind)) and name not in _TAKEN:
        return name
    match kind:
        case inspect.Metadata(type=inner):
            return _type(inner, named)
        case inspect.ListType(item_type=item):
            text = " | ".join(_alternatives(item))
            return f"({text})[]" if " | " in text else f"{text}[]"
        case inspect.TupleType(item_types=items):
            return f"[{', '.join(_type(item) for item in items)}]"
        case inspect.DictType(key_type=key, value_type=value):
            return f"Record<{_type(key)}, {_type(value)}>"
        case inspect.StructType(cls=structure):
            return structure.__name__
        case inspect.RawType():  # an event whose bytes were made once for all sockets
            return "Event"
    return _PLAIN[type(kind)]


_PLAIN: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
}


def _unions() -> Iterator[str]:
    for name, union, meaning in (
        ("Inbound", Inbound, "What a client may say."),
        ("Outbound", Outbound, "What the server may say."),
    ):
        members = [member.__name__ for member in union.__args__]
        yield f"{_comment(meaning)}export type {name} ={_union_after(f'export type {name} =', members)}\n"


def _maps() -> Iterator[str]:
    pair = "{{ args: {}; result: {} }}"
    commands = {one.name: pair.format(one.args.__name__, one.result.__name__) for one in COMMANDS.values()}
    queries = {one.name: pair.format(one.args.__name__, one.result.__name__) for one in QUERIES.values()}
    bodies = {one.kind: one.body.__name__ for one in EVENTS.values()}
    meanings = {one.kind: one.meaning for one in EVENTS.values()}
    yield _map("Commands", "Every command with what it takes and gives.", commands)
    yield _map("Queries", "Every query with what it takes and gives.", queries)
    yield _map("EventBodies", "Every kind of event with its body.", bodies, meanings)
    yield _KNOWN_EVENT


def _map(name: str, meaning: str, types: dict[str, str], meanings: dict[str, str] | None = None) -> str:
    members = (
        f"{_comment((meanings or {}).get(key, ''), '  ')}  {_quote(key)}: {kind}\n" for key, kind in types.items()
    )
    return f"{_comment(meaning)}export interface {name} {{\n{''.join(members)}}}\n"


def _tables() -> Iterator[str]:
    yield _table(
        "REFUSALS",
        "Why a command or query is refused; `temporary` ones may succeed if sent again.",
        ((one.code, {"http_status": one.http_status, "temporary": one.temporary}, one.meaning) for one in REFUSALS.values()),
    )
    yield "export type RefusalCode = keyof typeof REFUSALS\n"
    yield _table(
        "CLOSES",
        "Why the server closes a socket, and within which time to come back.",
        ((one.name, {"code": one.code, "retry_ms": one.retry_ms}, one.meaning) for one in CLOSES.values()),
    )
    yield "export type CloseName = keyof typeof CLOSES\n"
    yield _table(
        "CLOSE_FAMILIES",
        "What to do after a close, by the first two digits of its code, known or not.",
        ((one.name, one.digits, one.meaning) for one in CLOSE_FAMILIES.values()),
    )
    yield "export type CloseFamily = keyof typeof CLOSE_FAMILIES\n"


def _table(name: str, meaning: str, rows: Iterable[tuple[str, Any, str]]) -> str:
    members = (f"{_comment(sentence, '  ')}  {key}: {_literal(value)},\n" for key, value, sentence in rows)
    return f"{_comment(meaning)}export const {name} = {{\n{''.join(members)}}} as const\n"


def _literal(value: Any) -> str:
    match value:
        case dict():
            return f"{{ {', '.join(f'{key}: {_literal(inner)}' for key, inner in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(_literal(inner) for inner in value)}]"
        case str():
            return _quote(value)
    return json.dumps(value)


def _limits() -> Iterator[str]:
    yield (
        _comment("The subprotocols, in the order in which a client prefers them.")
        + f"export const SUBPROTOCOLS = {_literal(SUBPROTOCOLS)} as const\n"
    )
    yield "".join(f"{_comment(limit.meaning)}export const {limit.name} = {_digits(limit.value)}\n" for limit in catalog.LIMITS)


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
    lines = "".join(f"{indent} * {line}".rstrip() + "\n" for line in _wrap(text, LINE_WIDTH - len(indent) - 3))
    return f"{indent}/**\n{lines}{indent} */\n"


def _wrap(text: str, width: int) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        yield from textwrap.wrap(paragraph, width)
