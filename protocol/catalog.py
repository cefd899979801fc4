"""Everything that version 1 is made of, in reading order, for the generators.

The structures themselves are the source; this module only finds them, so a new command or event appears in
the TypeScript types and in the documents by standing in its table.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Annotated, Any, Literal, get_args, get_origin

from msgspec import NODEFAULT, Struct, inspect

from protocol import entities, events, frames, queries, sign_in, types
from protocol.commands import COMMANDS
from protocol.types import Arguments, Shape

Structure = type[Struct]


@dataclass(frozen=True, slots=True)
class Section:
    """The structures of one part of the protocol, in the order in which their modules write them."""

    title: str
    structures: tuple[Structure, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``optional`` means that it may be absent, which then says ``default``."""

    name: str
    type: inspect.Type
    optional: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Alias:
    """A scalar with a name of its own; ``words`` is its closed set, in the order in which it was written."""

    name: str
    type: inspect.Type
    meaning: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound that both sides keep."""

    name: str
    value: int
    meaning: str


LIMITS = (
    Limit("MAX_INBOUND_FRAME_BYTES", frames.MAX_INBOUND_FRAME_BYTES, "One frame from a client."),
    Limit("MAX_BATCH_BYTES", frames.MAX_BATCH_BYTES, "Events of one frame, unless a single one is larger."),
    Limit("MAX_BATCH_EVENTS", frames.MAX_BATCH_EVENTS, "Events in one `events` frame."),
    Limit("MAX_COMMANDS_IN_FLIGHT", frames.MAX_COMMANDS_IN_FLIGHT, "Commands of one socket without a reply."),
    Limit("COMMANDS_PER_SECOND", frames.COMMANDS_PER_SECOND, "Commands of one socket, lastingly."),
    Limit("COMMANDS_BURST", frames.COMMANDS_BURST, "Commands of one socket at once, after a rest."),
    Limit("MAX_SOCKETS_PER_PERSON", frames.MAX_SOCKETS_PER_PERSON, "One more ends the oldest."),
    Limit("HELLO_TIMEOUT_MS", frames.HELLO_TIMEOUT_MS, "From opening the socket to `hello`."),
    Limit("HEARTBEAT_MS", frames.HEARTBEAT_MS, "Between two pings of the server."),
    Limit("SILENCE_TIMEOUT_MS", frames.SILENCE_TIMEOUT_MS, "Without a frame; then the far side is gone."),
    Limit("SIGNAL_INTERVAL_MS", frames.SIGNAL_INTERVAL_MS, "Between two signals of one kind and scope."),
    Limit("MAX_MESSAGE_CHARACTERS", types.MAX_MESSAGE_CHARACTERS, "The text of a portal message."),
    Limit("MAX_TEXT_CHARACTERS", types.MAX_TEXT_CHARACTERS, "A text message, all parts together."),
    Limit("MAX_UPLOAD_BYTES", types.MAX_UPLOAD_BYTES, "One uploaded file."),
    Limit("MAX_FEED_NUMBER", types.MAX_FEED_NUMBER, "The greatest number of an item in a feed."),
    Limit("PAGE_ITEMS", queries.PAGE_ITEMS, "Messages or texts in one page of a feed."),
    Limit("MAX_PAGE_BYTES", queries.MAX_PAGE_BYTES, "One page of a feed; a larger one is cut short."),
)


def sections() -> tuple[Section, ...]:
    """All structures, grouped as a reader meets them."""
    names = dict.fromkeys(spec.args.__module__ for spec in COMMANDS.values())
    commands = [sys.modules[name] for name in names]
    return (
        Section("Entities", structures_of(entities)),
        Section("Frames", structures_of(frames)),
        Section("Commands", tuple(one for module in commands for one in structures_of(module))),
        Section("Queries", structures_of(queries)),
        Section("Events", structures_of(events)),
        Section("Signing in", structures_of(sign_in)),
    )


def structures(*titles: str) -> tuple[Structure, ...]:
    """The structures of some sections, or of all."""
    chosen = [section for section in sections() if not titles or section.title in titles]
    return tuple(structure for section in chosen for structure in section.structures)


def structures_of(module: ModuleType) -> tuple[Structure, ...]:
    """The structures that a module defines itself."""
    classes = (value for value in vars(module).values() if isinstance(value, type))
    return tuple(
        one for one in classes if issubclass(one, Arguments | Shape) and one.__module__ == module.__name__
    )


def fields_of(structure: Structure) -> tuple[Field, ...]:
    """The fields of a structure as they travel, its tag apart."""
    sends_defaults = issubclass(structure, Shape) and not structure.__struct_config__.omit_defaults
    fields = inspect.type_info(structure).fields  # type: ignore[attr-defined]
    return tuple(_field(field, sends_defaults) for field in fields)


def _field(field: inspect.Field, sends_defaults: bool) -> Field:
    has_default = field.default is not NODEFAULT or field.default_factory is not NODEFAULT
    default = field.default_factory() if field.default_factory is not NODEFAULT else field.default
    always_there = field.required or (has_default and sends_defaults)
    return Field(field.encode_name, field.type, not always_there, default)


def tag_of(structure: Structure) -> tuple[str, str] | None:
    """The name and value of the field that tells a frame's kind."""
    config = structure.__struct_config__
    return (config.tag_field, str(config.tag)) if config.tag_field else None


@cache
def aliases() -> tuple[Alias, ...]:
    """The named scalars: those whose bound is described, and the closed sets of words."""
    found = (
        _alias(name, value)
        for module in (types, entities, frames, sign_in)
        for name, value in vars(module).items()
        if not isinstance(value, type)
    )
    return tuple({alias.name: alias for alias in found if alias}.values())


def _alias(name: str, value: Any) -> Alias | None:
    if get_origin(value) is Literal:
        return Alias(name, inspect.type_info(value), "", get_args(value))
    if get_origin(value) is Annotated:
        kind = inspect.type_info(value)
        if isinstance(kind, inspect.Metadata):
            return Alias(name, kind, str((kind.extra_json_schema or {}).get("description", "")), ())
    return None


def name_of(kind: inspect.Type) -> str | None:
    """The alias that a type was written as, if it has one."""
    return next((alias.name for alias in aliases() if alias.type == kind), None)


def prose(documented: object) -> str:
    """A docstring with each paragraph on one line and names in single backquotes."""
    paragraphs = (documented.__doc__ or "").replace("``", "`").strip().split("\n\n")
    return "\n\n".join(" ".join(line.strip() for line in paragraph.splitlines()) for paragraph in paragraphs)
