"""What is made from the structures: fresh, valid, whole, and true to what travels."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from protocol import (
    asyncapi,
    catalog,
    doors,
    frames,
    generate,
    openapi,
    queries,
    reference,
    types,
    typescript,
)
from protocol.commands import ANY_COMMAND_REFUSES, COMMANDS
from protocol.errors import CLOSE_FAMILIES, CLOSES, REFUSALS
from protocol.events import EVENTS
from protocol.frames import Inbound, Outbound
from protocol.queries import ANY_QUERY_REFUSES, QUERIES
from server.app import COMMANDS as COMMAND_FUNCTIONS
from tests.protocol.test_codec import FRAMES, name_of

OPENAPI: dict[str, Any] = json.loads(openapi.render())
ASYNCAPI: dict[str, Any] = json.loads(asyncapi.render())
REFERENCE = reference.render()
TYPES = typescript.render()


@pytest.mark.parametrize("path", generate.TARGETS)
def test_a_generated_file_says_what_the_structures_say(path: str) -> None:
    assert path not in generate.stale(), "run `make generate` and commit what changes"


def test_check_names_what_is_stale_and_writing_mends_it(tmp_path: Path) -> None:
    assert generate.write(tmp_path) == list(generate.TARGETS)
    assert generate.stale(tmp_path) == []
    (tmp_path / "docs/openapi.json").write_text("{}")
    (tmp_path / "docs/protocol.md").unlink()
    assert generate.stale(tmp_path) == ["docs/protocol.md", "docs/openapi.json"]
    assert generate.write(tmp_path) == ["docs/protocol.md", "docs/openapi.json"]


def test_the_generator_is_a_program() -> None:
    program = [sys.executable, "-m", "protocol.generate"]
    fresh = subprocess.run(
        [*program, "--check"], cwd=generate.ROOT, capture_output=True, text=True, check=False
    )
    assert (fresh.returncode, fresh.stderr) == (0, "")
    wrong = subprocess.run(
        [*program, "--chekc"], cwd=generate.ROOT, capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "usage" in wrong.stderr


def test_openapi_is_valid_and_has_every_door() -> None:
    validate(OPENAPI)
    operations = {(path, method) for path, item in OPENAPI["paths"].items() for method in item}
    assert operations == {
        *((f"/api/{name}", "post") for name in COMMANDS),
        *((f"/api/{name}", "get") for name in QUERIES),
        *((door.path, door.method) for door in doors.DOORS),
    }
    names = [item["operationId"] for methods in OPENAPI["paths"].values() for item in methods.values()]
    assert len(set(names)) == len(names)


def test_openapi_tells_refusals_by_their_status() -> None:
    responses = OPENAPI["paths"]["/api/participant.remove"]["post"]["responses"]
    assert "last_firm_participant" in responses["409"]["description"]
    assert set(responses) == {"200", "400", "401", "403", "404", "409", "429", "500", "503"}


def test_asyncapi_names_every_frame_once_and_leads_nowhere_astray() -> None:
    sides = {"hear": ("receive", Inbound), "tell": ("send", Outbound)}
    for name, (action, union) in sides.items():
        operation = ASYNCAPI["operations"][name]
        assert operation["action"] == action
        told = [one["$ref"].rpartition("/")[2] for one in operation["messages"]]
        assert told == [frame.__name__ for frame in get_args(union)]
    for pointer in references_in(ASYNCAPI):
        assert resolve(ASYNCAPI, pointer) is not None, pointer
    assert ASYNCAPI["channels"]["line"]["address"] == "/ws"


@pytest.mark.parametrize("vector", FRAMES, ids=name_of)
def test_golden_vectors_fit_the_schema_of_their_frame(vector: dict[str, Any]) -> None:
    union = Inbound if vector["from"] == "client" else Outbound
    frame = next(one for one in get_args(union) if one.__struct_config__.tag == vector["plain"]["type"])
    schema_of(frame.__name__).validate(vector["plain"])


def test_the_schema_of_events_knows_their_bodies_and_lets_later_kinds_pass() -> None:
    event: dict[str, Any] = next(
        one for one in FRAMES if one["name"] == "events with a message and its tombstone"
    )
    sent = event["plain"]["events"][0]
    schema = schema_of("Event")
    assert schema.is_valid(sent)
    assert not schema.is_valid({**sent, "body": {"id": "no message"}})
    assert schema.is_valid({**sent, "kind": "moon.rose", "body": {"phase": "full"}})


def test_the_reference_has_a_row_for_everything() -> None:
    rows = [line for line in REFERENCE.splitlines() if line.startswith("| ")]
    for name in [*COMMANDS, *QUERIES, *EVENTS, *REFUSALS, *(limit.name for limit in catalog.LIMITS)]:
        assert any(row.startswith(f"| `{name}` |") for row in rows), name
    for structure in catalog.structures():
        assert catalog.prose(structure).partition("\n")[0] in REFERENCE, structure
    for close in CLOSES.values():
        assert f"| {close.code} | `{close.name}` | {close.meaning} |" in REFERENCE
    assert "{{" not in REFERENCE


def test_links_in_the_reference_lead_to_something() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).strip() for line in REFERENCE.splitlines() if line[:1] == "#"
    }
    anchors = set(re.findall(r'<a id="([^"]+)">', REFERENCE)) | {one.replace(" ", "-") for one in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", REFERENCE)) <= anchors
    for file in re.findall(r"\]\(([a-z./]+)\)", REFERENCE):
        assert f"docs/{file}" in generate.TARGETS


def test_the_types_name_every_structure_and_no_name_twice() -> None:
    declared = re.findall(r"^export (?:interface|type|const) (\w+)", TYPES, re.MULTILINE)
    assert len(set(declared)) == len(declared)
    assert {structure.__name__ for structure in catalog.structures()} <= set(declared)
    assert {limit.name for limit in catalog.LIMITS} <= set(declared)
    assert max(map(len, TYPES.splitlines())) <= typescript.LINE_WIDTH


def test_structures_have_one_name_each_and_say_what_they_are() -> None:
    names = [structure.__name__ for structure in catalog.structures()]
    assert len(set(names)) == len(names)
    for structure in catalog.structures():
        assert catalog.prose(structure).partition("\n")[0].endswith("."), structure


def test_every_bound_of_the_protocol_is_told() -> None:
    told = {limit.name for limit in catalog.LIMITS}
    for module in (types, frames, queries):
        constants = {
            name for name, value in vars(module).items() if name.isupper() and isinstance(value, int)
        }
        assert constants <= told | {"MAX_EXACT_INTEGER"}


def test_codes_in_the_tables_are_known_and_closes_belong_to_a_family() -> None:
    named = [*ANY_COMMAND_REFUSES, *ANY_QUERY_REFUSES]
    named += [code for spec in COMMANDS.values() for code in spec.refusals]
    named += [code for door in doors.DOORS for code in door.refusals]
    assert set(named) <= set(REFUSALS)
    assert {close.code // 100 for close in CLOSES.values()} == set(CLOSE_FAMILIES)
    assert len({close.code for close in CLOSES.values()}) == len(CLOSES)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_in_the_table_what_its_function_refuses(name: str) -> None:
    raises = (COMMAND_FUNCTIONS[name].__doc__ or "").partition("Refused:")[2]
    refused = set(re.findall(r"``(\w+)``", raises))
    assert refused - set(ANY_COMMAND_REFUSES) == set(COMMANDS[name].refusals)


def schema_of(name: str) -> Draft202012Validator:
    """The schema of one structure, as the document has it."""
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": ASYNCAPI["components"]}
    )


def references_in(value: Any) -> list[str]:
    """Every pointer within a document."""
    if isinstance(value, list):
        return [pointer for inner in value for pointer in references_in(inner)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [pointer for inner in value.values() for pointer in references_in(inner)]


def resolve(document: Any, pointer: str) -> Any:
    """What a pointer within a document leads to."""
    for step in pointer.removeprefix("#/").split("/"):
        document = document[step]
    return document
