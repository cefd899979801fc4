"""Writes ``docs/protocol.md``: the protocol for people, with every table made from the structures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

from msgspec import NODEFAULT, UNSET, inspect

from protocol import catalog
from protocol.catalog import Field, Structure
from protocol.commands import ANY_COMMAND_REFUSES, COMMANDS
from protocol.doors import DOORS
from protocol.errors import CLOSE_FAMILIES, CLOSES, REFUSALS
from protocol.events import EVENTS, EventSpec
from protocol.frames import Inbound, Outbound
from protocol.queries import ANY_QUERY_REFUSES, QUERIES

_PROSE = Path(__file__).with_name("reference.md")

_EVERYBODY = {"member", "admin", "client"}


def render() -> str:
    """Write the whole document: the prose, with a table in place of each ``{{name}}``."""
    tables = {
        "from_clients": lambda: _structure_rows("frame", get_args(Inbound)),
        "from_the_server": lambda: _structure_rows("frame", get_args(Outbound)),
        "parts_of_frames": lambda: _structure_rows("part", _parts_of_frames()),
        "words": _words,
        "commands": _commands,
        "command_structures": lambda: _structure_rows("structure", catalog.structures("Commands")),
        "command_refusals": lambda: _codes(ANY_COMMAND_REFUSES),
        "queries": _queries,
        "query_structures": lambda: _structure_rows("structure", catalog.structures("Queries")),
        "query_refusals": lambda: _codes(ANY_QUERY_REFUSES),
        "doors": _doors,
        "sign_in_structures": lambda: _structure_rows("structure", catalog.structures("Signing in")),
        "events": _events,
        "event_structures": lambda: _structure_rows("body", catalog.structures("Events")),
        "entities": lambda: _structure_rows("entity", catalog.structures("Entities")),
        "refusals": _refusals,
        "closes": _closes,
        "limits": _limits,
    }
    text = _PROSE.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = text.replace(f"{{{{{name}}}}}", table())
    return text


def _parts_of_frames() -> list[Structure]:
    frames = {*get_args(Inbound), *get_args(Outbound)}
    return [one for one in catalog.structures("Frames") if one not in frames]


def _structure_rows(what: str, structures: Iterable[Structure]) -> str:
    rows = ((_name(one), _fields(one), catalog.prose(one).replace("\n\n", " ")) for one in structures)
    return _table((what, "fields", "meaning"), rows)


def _name(structure: Structure) -> str:
    tag = catalog.tag_of(structure)
    return f"`{tag[1]}`" if tag else f'<a id="{structure.__name__.lower()}"></a>**{structure.__name__}**'


def _fields(structure: Structure) -> str:
    return "<br>".join(_field(field) for field in catalog.fields_of(structure)) or "none"


def _field(field: Field) -> str:
    """A field with a question mark where it may be left out, and what that says."""
    default = ""
    if field.optional and field.default not in (NODEFAULT, UNSET, None, "", False, []):
        default = f", else {_value(field.default)}"
    return f"`{field.name}`{'?' if field.optional else ''}: {_type(field.type)}{default}"


def _value(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) else str(value).lower()


def _type(kind: inspect.Type) -> str:
    if name := catalog.name_of(kind):
        return name
    match kind:
        case inspect.Metadata(type=inner):
            return _type(inner)
        case inspect.UnionType(types=members):
            return " or ".join(_type(member) for member in members)
        case inspect.ListType(item_type=item, max_length=most):
            return f"list of {_type(item)}{f', at most {most}' if most else ''}"
        case inspect.StructType(cls=structure):
            return f"[{structure.__name__}](#{structure.__name__.lower()})"
    return _scalar(kind)


def _scalar(kind: inspect.Type) -> str:
    match kind:
        case inspect.LiteralType(values=words):
            return " or ".join(f"`{word}`" for word in words)
        case inspect.TupleType(item_types=items):
            return f"list of {len(items)} × {_type(items[0])}"
        case inspect.StrType(min_length=least, max_length=most):
            return f"text{_bounds(least, most)}"
        case inspect.IntType(ge=least, le=most):
            return f"integer{_bounds(least, most if most and most < 2**53 - 1 else None)}"
    return _PLAIN[type(kind)]


_PLAIN: dict[type[inspect.Type], str] = {
    inspect.BoolType: "yes or no",
    inspect.NoneType: "null",
    inspect.AnyType: "anything",
    inspect.DictType: "map",
    inspect.RawType: "[Event](#event)",
}


def _bounds(least: int | None, most: int | None) -> str:
    if least and most:
        return f" {least}–{most:,}"
    if most:
        return f" ≤ {most:,}"
    return f" ≥ {least}" if least else ""


def _words() -> str:
    rows = (
        (
            alias.name,
            ", ".join(f"`{word}`" for word in alias.words) or f"{_plain_type(alias.type)}: {alias.meaning}",
        )
        for alias in catalog.aliases()
    )
    return _table(("name", "what it is"), rows)


def _plain_type(kind: inspect.Type) -> str:
    return _scalar(kind.type) if isinstance(kind, inspect.Metadata) else _scalar(kind)


def _commands() -> str:
    rows = (
        (f"`{one.name}`", _link(one.args), _link(one.result), _roles(one.roles), _codes(one.refusals))
        for one in COMMANDS.values()
    )
    return _table(("command", "takes", "gives", "who", "may refuse besides"), rows)


def _queries() -> str:
    rows = (
        (f"`{one.name}`", _link(one.args), _link(one.result), _roles(one.roles)) for one in QUERIES.values()
    )
    return _table(("query", "takes", "gives", "who"), rows)


def _doors() -> str:
    rows = (
        (
            f"`{one.method.upper()} {one.path}`",
            _link(one.args) if one.args else "the file" if one.takes_file else "",
            _link(one.result) if one.result else "the file" if one.gives_file else "",
            one.meaning,
            _codes(one.refusals),
        )
        for one in DOORS
    )
    return _table(("address", "takes", "gives", "meaning", "may refuse"), rows)


def _link(structure: Structure) -> str:
    return f"[{structure.__name__}](#{structure.__name__.lower()})"


def _roles(roles: frozenset[str]) -> str:
    if roles == _EVERYBODY:
        return "everybody"
    return "admins" if roles == {"admin"} else "the firm"


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _events() -> str:
    rows = ((f"`{one.kind}`", _link(one.body), _reach(one), one.meaning) for one in EVENTS.values())
    return _table(("kind", "body", "reaches", "meaning"), rows)


def _reach(spec: EventSpec) -> str:
    match spec.audience:
        case "scope":
            return "the portal's participants" if spec.client else "its participants of the firm"
        case "clients":
            return "its participants who are clients"
        case "firm":
            return "everybody at the firm"
        case "person":
            return "the person alone"


def _refusals() -> str:
    rows = (
        (f"`{one.code}`", str(one.http_status), "yes" if one.temporary else "", one.meaning)
        for one in REFUSALS.values()
    )
    return _table(("code", "HTTP", "try again", "meaning"), rows)


def _closes() -> str:
    return "\n\n".join(_family(digits) for digits in CLOSE_FAMILIES)


def _family(digits: int) -> str:
    family = CLOSE_FAMILIES[digits]
    rows = (
        (str(one.code), f"`{one.name}`", one.meaning, _wait(one.retry_ms) if digits < 43 else "never")
        for one in CLOSES.values()
        if one.code // 100 == digits
    )
    table = _table(("code", "name", "meaning", "come back within"), rows)
    return f"### {digits}xx: {family.name.replace('_', ' ')}\n\n{family.meaning}\n\n{table}"


def _wait(retry_ms: tuple[int, int]) -> str:
    low, high = (ms / 1_000 for ms in retry_ms)
    return f"{low:g}–{high:g} s"


def _limits() -> str:
    return _table(
        ("name", "value", "meaning"),
        ((f"`{one.name}`", f"{one.value:,}", one.meaning) for one in catalog.LIMITS),
    )


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join([_row(heads), _row("---" for _ in heads), *map(_row, rows)])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
