"""The structures as JSON Schema, for the documents that machines read."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import catalog
from protocol.catalog import Structure
from protocol.commands import COMMANDS
from protocol.events import EVENTS

Json = dict[str, Any]

_PLACE = "#/components/schemas/{name}"


def reference(structure: Structure) -> Json:
    """A pointer to a structure's schema."""
    return {"$ref": _PLACE.format(name=structure.__name__)}


def components(*titles: str) -> Json:
    """The schemas of some sections, and of all that they mention, by name."""
    structures = [
        one for section in catalog.sections() if section.title in titles for one in section.structures
    ]
    _, found = msgspec.json.schema_components(structures, ref_template=_PLACE)
    for section in catalog.sections():
        for structure in section.structures:
            if structure.__name__ in found:
                _describe(found[structure.__name__], structure)
    if "Events" in found:
        _open_events(found)
    return found


def _describe(schema: Json, structure: Structure) -> None:
    del schema["title"]
    schema["description"] = catalog.prose(structure)


def _open_events(found: Json) -> None:
    """Say what the server leaves open, so that it need not decode it: events, their bodies, and arguments."""
    found["Events"]["properties"]["events"]["items"] = {"$ref": _PLACE.format(name="Event")}
    found["Event"]["allOf"] = [_when("kind", one.kind, "body", one.body) for one in EVENTS.values()]
    found["CommandFrame"]["allOf"] = [_when("name", one.name, "args", one.args) for one in COMMANDS.values()]


def _when(field: str, value: str, other: str, structure: Structure) -> Json:
    return {
        "if": {"properties": {field: {"const": value}}},
        "then": {"properties": {other: reference(structure)}},
    }
