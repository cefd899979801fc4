"""Base records: matters, with their client, related contacts and responsible users."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.entities import Matter, Portal
from tests.rules.wire import open_wire
from tests.rules.world import RefusedByServer, World, refused, send

NOBODY = "01890000-0000-7000-8000-000000000000"


async def test_a_matter_has_a_client_related_contacts_and_responsible_users(world: World) -> None:
    made = await world.priya.do(
        "matter.create",
        name=" Lind estate ",
        client=world.marco.id,
        number="2026-014",
        area="Probate",
        related=[world.ana.id, world.ana.id, world.marco.id],
        responsible=[world.tom.id],
    )
    assert (made["name"], made["client"]) == ("Lind estate", world.marco.id)
    assert made["related"] == [world.ana.id], "each once, and never the client"
    card = await world.tom.ask("matter.get", matter=made["id"])
    assert card["matter"] == made
    assert {contact["name"] for contact in card["contacts"]} == {"Ana Ruiz", "Marco Ruiz"}
    assert (card["documents"], card["shares"], card["portal"]) == ([], [], "none")


async def test_a_matter_changes_in_what_is_given_and_keeps_the_rest(world: World) -> None:
    made = await world.priya.do(
        "matter.create", name="Lind", client=world.marco.id, number="1", responsible=[world.tom.id]
    )
    changed = await world.tom.do("matter.update", matter=made["id"], area="Probate")
    assert changed == {**made, "area": "Probate", "version": made["version"] + 1}
    changed = await world.tom.do("matter.update", matter=made["id"], responsible=[], number="")
    assert (changed["responsible"], changed["number"], changed["name"]) == ([], "", "Lind")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " "}, "`name` must be a single line, not blank."),
        ({"name": "x" * 201}, "`name` may have at most 200 characters."),
        ({"number": "two\nlines"}, "`number` must be a single line."),
        ({"client": NOBODY}, "One of the contacts is not known to the firm."),
        ({"client": "Ana"}, "`client` must be an id: a UUID in lower case, with hyphens."),
        ({"related": [NOBODY]}, "One of the contacts is not known to the firm."),
        ({"responsible": [NOBODY]}, "One of the responsible people does not work at the firm."),
        ({"related": [NOBODY] * 51}, "`related` may have at most 50 entries."),
        ({"colour": "red"}, "`colour` is not known here."),
    ],
)
async def test_what_cannot_be_a_matter_is_refused_in_a_sentence_that_helps(
    world: World, given: dict[str, Any], sentence: str
) -> None:
    complete = {"name": "Lind", "client": world.ana.id, **given}
    refusal = await refused(world.priya, "matter.create", **complete)
    assert (refusal.code, refusal.message) == ("invalid", sentence)
    refusal = await refused(world.priya, "matter.update", matter=world.matter, **given)
    assert (refusal.code, refusal.message) == ("invalid", sentence)
    assert len((await world.priya.ask("matter.list"))["matters"]) == 1


async def test_who_works_here_no_longer_can_be_made_responsible_for_nothing(world: World) -> None:
    made = await world.priya.do(
        "matter.create", name="Lind", client=world.marco.id, responsible=[world.tom.id]
    )
    await world.priya.do("user.update", user=world.tom.id, active=False)
    refusal = await refused(
        world.priya, "matter.create", name="x", client=world.ana.id, responsible=[world.tom.id]
    )
    assert refusal.code == "invalid"
    kept = await world.priya.do("matter.update", matter=made["id"], name="Lind estate")
    assert kept["responsible"] == [world.tom.id], "what is not given stays as it was"


async def test_a_new_name_shows_live_at_the_firm_and_in_the_portal(world: World) -> None:
    await send(world.priya, world.matter)
    async with world.tom.screen() as tom, world.ana.screen() as ana:
        await world.priya.do("matter.update", matter=world.matter, name="Ruiz settlement", number="7")
        await tom.shows(
            lambda state: (state.find(Matter, world.matter) or {}).get("name") == "Ruiz settlement",
            "the matter's new name",
        )
        shown = await ana.shows(
            lambda state: (
                (found := state.find(Portal, world.matter)) and found["name"] == "Ruiz settlement" and found
            ),
            "the portal's new name",
        )
        assert shown["number"] == "7"


async def test_a_client_hears_nothing_of_who_is_related_or_responsible(world: World) -> None:
    await send(world.priya, world.matter)
    async with open_wire(world.ana) as ana:
        await world.priya.do(
            "matter.update", matter=world.matter, related=[world.marco.id], responsible=[world.tom.id]
        )
        await ana.settle()
        assert ana.events == []


async def test_a_portal_keeps_its_participants_whoever_the_client_is_now(world: World) -> None:
    await send(world.priya, world.matter)
    await world.priya.do("matter.update", matter=world.matter, client=world.marco.id)
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert {stay["name"] for stay in page["participants"]} == {"Priya Shah", "Ana Ruiz"}
    with pytest.raises(RefusedByServer) as refusal:
        await world.marco.ask("portal.get", portal=world.matter)
    assert refusal.value.code == "not_found"


async def test_a_list_goes_on_page_by_page_and_finds_by_name(world: World) -> None:
    wanted = [f"Matter {number:02} of many" for number in range(12)]
    for name in reversed(wanted):
        await world.priya.do("matter.create", name=name, client=world.ana.id)
    found: list[str] = []
    after: dict[str, str] = {}
    more = True
    while more:
        page = await world.tom.ask("matter.list", find="OF MANY", limit=5, **after)
        found += [matter["name"] for matter in page["matters"]]
        more, after = page["more"], {"after": page["matters"][-1]["id"]}
    assert found == wanted


async def test_a_matter_that_does_not_exist_is_not_found(world: World) -> None:
    assert (await refused(world.priya, "matter.update", matter=NOBODY, name="x")).code == "not_found"
    with pytest.raises(RefusedByServer) as refusal:
        await world.priya.ask("matter.get", matter=NOBODY)
    assert refusal.value.code == "not_found"
