"""Writes the doors over HTTP as an OpenAPI 3.1 document."""

from __future__ import annotations

import json
from collections.abc import Collection
from itertools import groupby
from typing import Any

import msgspec

from protocol import catalog, schemas
from protocol.catalog import Structure
from protocol.commands import ANY_COMMAND_REFUSES, COMMANDS, CommandSpec
from protocol.doors import DOORS, Door
from protocol.errors import REFUSALS
from protocol.frames import Problem
from protocol.queries import ANY_QUERY_REFUSES, QUERIES, QuerySpec
from protocol.schemas import Json, reference
from protocol.sign_in import FirmSlug
from protocol.types import MAX_UPLOAD_BYTES, Cursor, Key

_DESCRIPTION = (
    "Causeway's commands and queries over HTTP: the same structures, functions and answers as over a "
    "WebSocket, which protocol.md describes. Every error has one shape: a code for programs, a sentence for "
    "people, and whether the same request may succeed later."
)

_KEPT = "Repeating it with the same `Idempotency-Key` gives the first answer again and has no second effect."


def render() -> str:
    """Write the whole document."""
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Causeway",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"cookie": []}, {"bearer": []}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "parameters": _PARAMETERS,
            "securitySchemes": _CREDENTIALS,
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _schemas() -> Json:
    sections = catalog.structures("Entities", "Commands", "Queries", "Signing in")
    error = {
        "description": "Why a request was refused.",
        "type": "object",
        "properties": {"error": reference(Problem)},
        "required": ["error"],
    }
    return {**schemas.components(*sections, Problem), "Error": error}


def _paths() -> Json:
    commands = {f"/api/{spec.name}": {"post": _command(spec)} for spec in COMMANDS.values()}
    queries = {f"/api/{spec.name}": {"get": _query(spec)} for spec in QUERIES.values()}
    return commands | queries | {door.path: {door.method: _door(door)} for door in DOORS}


def _command(spec: CommandSpec) -> Json:
    return {
        **_heading(spec.name, spec.args),
        "description": f"{_roles(spec.roles)} {_KEPT}",
        "parameters": [_shared("Key"), _shared("Csrf"), _shared("Firm")],
        "requestBody": _body(_as_json(reference(spec.args))),
        "responses": {
            "200": _answer(_as_json(_effect(spec.result))),
            **_refusals((*ANY_COMMAND_REFUSES, "csrf", *spec.refusals)),
        },
    }


def _effect(result: Structure) -> Json:
    cursor = {
        "anyOf": [_schema_of(Cursor), {"type": "null"}],
        "description": "covers the command's last event",
    }
    repeated = {"type": "boolean", "description": "whether the answer was kept from before"}
    properties = {"result": reference(result), "repeated": repeated, "upto": cursor}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _query(spec: QuerySpec) -> Json:
    return {
        **_heading(spec.name, spec.result),
        "description": _roles(spec.roles),
        "parameters": [_shared("Firm"), *_query_parameters(spec.args)],
        "responses": {"200": _answer(_as_json(reference(spec.result))), **_refusals(ANY_QUERY_REFUSES)},
    }


def _query_parameters(args: Structure) -> list[Json]:
    properties = schemas.components(args)[args.__name__]["properties"]
    required = {field.name for field in catalog.fields_of(args) if not field.optional}
    return [
        _parameter(name, "query", _without_null(one), name in required) for name, one in properties.items()
    ]


def _without_null(schema: Json) -> Json:
    """In a query string, null is said by leaving it out."""
    return next((one for one in schema.get("anyOf", ()) if one != {"type": "null"}), schema)


def _door(door: Door) -> Json:
    in_path = [_parameter(name, "path", _schema_of(one)) for name, one in door.in_path.items()]
    in_query = [_parameter(name, "query", _schema_of(one)) for name, one in door.in_query.items()]
    shared = {"none": [], "any": [_shared("Firm")], "for_changes": [_shared("Csrf"), _shared("Firm")]}
    operation = {
        "operationId": door.name,
        "tags": [door.name.partition(".")[0]],
        "summary": door.meaning,
        "parameters": [*in_path, *in_query, *shared[door.credential]],
        "responses": _given(door) | _refusals(door.refusals),
    }
    if door.credential == "none":
        operation["security"] = []
    if door.takes_file:
        operation["requestBody"] = _body(_FILE) | {
            "description": f"The file, at most {MAX_UPLOAD_BYTES} bytes."
        }
    elif door.args:
        operation["requestBody"] = _body(_as_json(reference(door.args)))
    return operation


def _given(door: Door) -> Json:
    if door.gives_file:
        part = {"206": _answer(_FILE, "The range asked for."), "416": {"description": "No such range."}}
        return {"200": _answer(_FILE), **part}
    return {
        str(door.status): _answer(_as_json(reference(door.result) if door.result else {"type": "object"}))
    }


def _heading(name: str, documented: Structure) -> Json:
    summary = catalog.prose(documented).partition("\n")[0]
    return {"operationId": name, "tags": [name.partition(".")[0]], "summary": summary}


def _roles(roles: Collection[str]) -> str:
    return f"Roles: {', '.join(sorted(roles))}."


def _refusals(codes: Collection[str]) -> Json:
    """The refusals by HTTP status, each with its codes and what they mean."""
    refusals = sorted((REFUSALS[code] for code in codes), key=lambda one: one.http_status)
    return {
        str(status): _answer(
            _as_json({"$ref": "#/components/schemas/Error"}),
            " ".join(f"`{one.code}`: {one.meaning}" for one in those),
        )
        for status, those in groupby(refusals, key=lambda one: one.http_status)
    }


def _answer(content: Json, description: str = "Done.") -> Json:
    return {"description": description, "content": content}


def _body(content: Json) -> Json:
    return {"required": True, "content": content}


def _as_json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _shared(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _parameter(name: str, place: str, schema: Json, required: bool = True) -> Json:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _schema_of(alias: Any) -> Json:
    return msgspec.json.schema(alias)


_FILE: Json = {"application/octet-stream": {}}

_PARAMETERS: Json = {
    "Key": _parameter("Idempotency-Key", "header", _schema_of(Key)),
    "Csrf": {
        **_parameter("X-Causeway-CSRF", "header", {"type": "string"}, required=False),
        "description": "The session's token, from `/api/session`; not needed with a bearer token.",
    },
    "Firm": {
        **_parameter("X-Causeway-Firm", "header", _schema_of(FirmSlug), required=False),
        "description": "The firm's short name, from its clients' pages; firm users leave it out.",
    },
}

_CREDENTIALS: Json = {
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-causeway-firm",
        "description": "A firm user's session. A client's is `__Host-causeway-client-<firm>`. Over plain "
        "HTTP, for a trial on one's own machine, the names lack `__Host-`.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "A program's token."},
}
