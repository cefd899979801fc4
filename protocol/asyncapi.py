"""Writes the WebSocket as an AsyncAPI 3.0 document, as seen from the server."""

from __future__ import annotations

import json
from typing import get_args

from protocol import catalog, schemas
from protocol.catalog import Structure
from protocol.errors import CLOSES
from protocol.frames import SUBPROTOCOLS, Inbound, Outbound
from protocol.schemas import Json, reference

_DESCRIPTION = (
    "One connection follows one person's log: commands go up, events come down in batches that begin where "
    "the last one ended. Frames are JSON text or MessagePack, by subprotocol, and mean the same. protocol.md "
    "tells the whole story."
)


def render() -> str:
    """Write the whole document."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Causeway",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {"line": _line()},
        "operations": {
            "hear": _operation("receive", "What a client may say.", get_args(Inbound)),
            "tell": _operation("send", "What the server may say.", get_args(Outbound)),
        },
        "components": {
            "messages": {frame.__name__: _message(frame) for frame in _frames()},
            "schemas": schemas.frame_components(),
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _frames() -> tuple[Structure, ...]:
    return (*get_args(Inbound), *get_args(Outbound))


def _line() -> Json:
    closes = [f"{one.code} {one.name}: {one.meaning}" for one in CLOSES.values()]
    return {
        "address": "/ws",
        "description": "Close codes. " + " ".join(closes),
        "messages": {
            frame.__name__: {"$ref": f"#/components/messages/{frame.__name__}"} for frame in _frames()
        },
        "bindings": {"ws": {"method": "GET", "headers": _handshake(), "bindingVersion": "0.1.0"}},
    }


def _handshake() -> Json:
    subprotocol = {"type": "string", "enum": list(SUBPROTOCOLS)}
    return {
        "type": "object",
        "properties": {"Sec-WebSocket-Protocol": subprotocol},
        "required": ["Sec-WebSocket-Protocol"],
    }


def _operation(action: str, summary: str, frames: tuple[Structure, ...]) -> Json:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/line"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/line/messages/{frame.__name__}"} for frame in frames],
    }


def _message(frame: Structure) -> Json:
    return {
        "name": str(frame.__struct_config__.tag),
        "summary": catalog.prose(frame).partition("\n")[0],
        "payload": reference(frame),
    }
