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


def components(*structures: Structure) -> Json:
    """The schemas of some structures, and of all that they mention, by name."""
    _, found = msgspec.json.schema_components(structures, ref_template=_PLACE)
    documented = {one.__name__: one for one in catalog.structures()}
    for name, schema in found.items():
        del schema["title"]
        schema["description"] = catalog.prose(documented[name])
    return found


def frame_components() -> Json:
    """The schemas of all that travels over a socket.

    The server leaves some of it open, so as not to decode it twice: here it is said what stands there.
    """
    found = components(*catalog.structures("Frames", "Entities", "Commands", "Events"))
    found["Events"]["properties"]["events"]["items"] = {"$ref": _PLACE.format(name="Event")}
    found["Event"]["allOf"] = [_when("kind", one.kind, "body", one.body) for one in EVENTS.values()]
    found["CommandFrame"]["allOf"] = [_when("name", one.name, "args", one.args) for one in COMMANDS.values()]
    return found


def _when(field: str, value: str, other: str, structure: Structure) -> Json:
    return {
        "if": {"properties": {field: {"const": value}}},
        "then": {"properties": {other: reference(structure)}},
    }
