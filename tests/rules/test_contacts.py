"""Base records: contacts, with their addresses and numbers (A3, T1)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from protocol.entities import Contact
from tests.rules.wire import open_wire
from tests.rules.world import RefusedByServer, World, refused, send

NOBODY = "01890000-0000-7000-8000-000000000000"
BRITISH, TOLL_FREE, AMERICAN = "+44 20 7946 0018", "(833) 555-0142", "(415) 555-0139"


async def names(world: World, **search: Any) -> list[str]:
    return [contact["name"] for contact in (await world.priya.ask("contact.list", **search))["contacts"]]


async def test_a_card_keeps_its_addresses_and_numbers_in_order_each_once(world: World) -> None:
    made = await world.priya.do(
        "contact.create",
        name="  Nora Lind ",
        emails=["Nora@Mail.example", "office@lind.example", "nora@mail.example"],
        phones=[AMERICAN, "+1 415 555 0172", "415-555-0139"],
        texting_phone="+14155550172",
        note="Prefers mornings.\nSpeaks Swedish.",
    )
    assert made["name"] == "Nora Lind"
    assert made["emails"] == ["nora@mail.example", "office@lind.example"]
    assert made["phones"] == ["+14155550139", "+14155550172"]
    assert (made["sign_in_email"], made["texting_phone"]) == ("nora@mail.example", "+14155550172")
    card = await world.tom.ask("contact.get", contact=made["id"])
    assert card == {"contact": made, "matters": [], "has_thread": False}


async def test_a_card_changes_in_what_is_given_and_keeps_the_rest(world: World) -> None:
    made = await world.priya.do(
        "contact.create", name="Nora", emails=[world.email("nora")], phones=[AMERICAN], note="A note."
    )
    changed = await world.tom.do("contact.update", contact=made["id"], name="Nora Lind")
    assert changed == {**made, "name": "Nora Lind", "version": made["version"] + 1}
    cleared = await world.tom.do("contact.update", contact=made["id"], phones=[], note="")
    assert (cleared["phones"], cleared.get("note", ""), cleared["emails"]) == ([], "", made["emails"])


async def test_a_number_that_leaves_the_card_is_texted_no_more(world: World) -> None:
    made = await world.priya.do("contact.create", name="Nora", phones=[AMERICAN], texting_phone=AMERICAN)
    changed = await world.priya.do("contact.update", contact=made["id"], phones=["+14155550172"])
    assert changed["texting_phone"] is None


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ({}, "`name` is missing."),
        ({"name": ""}, "`name` may not be empty."),
        ({"name": "   "}, "`name` must be a single line, not blank."),
        ({"name": "x" * 201}, "`name` may have at most 200 characters."),
        ({"name": "x\ny"}, "`name` must be a single line, not blank."),
        ({"name": "x", "emails": ["nora at mail"]}, "“nora at mail” is not an email address."),
        ({"name": "x", "emails": ["nora@mail"]}, "“nora@mail” is not an email address."),
        (
            {"name": "x", "emails": ["a@b.example, c@d.example"]},
            "“a@b.example, c@d.example” is not an email address.",
        ),
        ({"name": "x", "emails": ["a@b.example"] * 11}, "`emails` may have at most 10 entries."),
        ({"name": "x", "phones": ["by night"]}, "“by night” is not a telephone number."),
        (
            {"name": "x", "phones": ["415 555"]},
            "“415 555” is not a telephone number that is in use. Check the digits.",
        ),
        (
            {"name": "x", "phones": ["(415) 555-0139 ext. 7"]},
            "“(415) 555-0139 ext. 7” has an extension; give the number without it.",
        ),
        (
            {"name": "x", "phones": [BRITISH], "texting_phone": BRITISH},
            "+44 20 7946 0018 is not a North American number; texts go only to those.",
        ),
        (
            {"name": "x", "phones": [TOLL_FREE], "texting_phone": TOLL_FREE},
            "(833) 555-0142 is a toll-free or premium number; it cannot be texted.",
        ),
        (
            {"name": "x", "phones": [AMERICAN], "texting_phone": "+14155550172"},
            "The number for texting must be one of those on the card.",
        ),
        (
            {"name": "x", "emails": ["a@b.example"], "sign_in_email": "c@d.example"},
            "The address that signs in must be one of those on the card.",
        ),
        ({"name": "x", "note": "x" * 2_001}, "`note` may have at most 2,000 characters."),
        ({"name": "x", "role": "admin"}, "`role` is not known here."),
    ],
)
async def test_what_cannot_be_on_a_card_is_refused_in_a_sentence_that_helps(
    world: World, card: dict[str, Any], sentence: str
) -> None:
    before = await names(world)
    refusal = await refused(world.priya, "contact.create", **card)
    assert (refusal.code, refusal.message) == ("invalid", sentence)
    if "name" in card and card["name"] == "x":
        changed = {key: value for key, value in card.items() if key != "name"}
        refusal = await refused(world.priya, "contact.update", contact=world.ana.id, **changed)
        assert (refusal.code, refusal.message) == ("invalid", sentence)
    assert await names(world) == before


async def test_a3_an_address_signs_in_to_one_contact(world: World) -> None:
    refusal = await refused(world.priya, "contact.create", name="Ana again", emails=[world.email("ANA")])
    assert refusal.code == "conflict"
    assert refusal.message == f"Ana Ruiz signs in with {world.email('ana')} already."
    shared = [world.email("household"), world.email("ana")]
    made = await world.priya.do("contact.create", name="Luis Ruiz", emails=shared)
    refusal = await refused(
        world.priya, "contact.update", contact=made["id"], sign_in_email=world.email("ana")
    )
    assert refusal.code == "conflict", "on two cards it may stand; it signs in to one of them"


@pytest.mark.parametrize("address", ["nora", "luis", "carla"])
async def test_a3_of_ten_who_take_an_address_at_once_one_has_it(world: World, address: str) -> None:
    outcomes: list[str] = []

    async def take(number: int) -> None:
        who = world.priya if number % 2 else world.tom
        try:
            await who.do("contact.create", name=f"Contact {number}", emails=[world.email(address)])
            outcomes.append("made")
        except RefusedByServer as refusal:
            outcomes.append(refusal.code)

    async with asyncio.TaskGroup() as takers:
        for number in range(10):
            takers.create_task(take(number))
    assert sorted(outcomes) == ["conflict"] * 9 + ["made"]


async def test_everybody_at_the_firm_sees_a_change_live_and_no_client_does(world: World) -> None:
    await send(world.priya, world.matter)
    async with world.tom.screen() as tom, open_wire(world.ana) as ana:
        made = await world.priya.do("contact.create", name="Nora Lind")
        await tom.shows(lambda state: state.find(Contact, made["id"]), "the new contact")
        await world.priya.do("contact.update", contact=made["id"], name="Nora Lind-Ek")
        await tom.shows(
            lambda state: (state.find(Contact, made["id"]) or {}).get("name") == "Nora Lind-Ek", "the name"
        )
        await ana.settle()
        assert ana.events == []


async def test_a_card_shows_the_matters_of_which_the_contact_is_the_client_or_related(world: World) -> None:
    related = await world.add_matter("Estate of Lind", "marco", related=[world.ana.id])
    card = await world.priya.ask("contact.get", contact=world.ana.id)
    assert [matter["id"] for matter in card["matters"]] == [world.matter, related]


async def test_a_list_goes_on_page_by_page_without_gap_or_double(world: World) -> None:
    wanted = sorted(f"Person {number % 7} of many" for number in range(23))
    for name in wanted:
        await world.priya.do("contact.create", name=name)
    found: list[str] = []
    ids: set[str] = set()
    after: dict[str, str] = {}
    while True:
        page = await world.tom.ask("contact.list", find="of many", limit=5, **after)
        found += [contact["name"] for contact in page["contacts"]]
        ids |= {contact["id"] for contact in page["contacts"]}
        if not page["more"]:
            break
        assert len(page["contacts"]) == 5
        after = {"after": page["contacts"][-1]["id"]}
    assert found == wanted
    assert len(ids) == len(wanted)


@pytest.mark.parametrize(
    ("find", "found"),
    [
        ("ruiz", ["Ana Ruiz", "Marco Ruiz"]),
        ("NA RU", ["Ana Ruiz"]),
        ("ángel", ["Ángel Núñez"]),
        ("NÚÑEZ", ["Ángel Núñez"]),
        ("100%", ["100% Pizza"]),
        ("%", ["100% Pizza"]),
        ("_", ["under_score"]),
        ("'", ["O'Brien"]),
        ("\\", ["back\\slash"]),
        ("nobody", []),
    ],
)
async def test_a_search_finds_what_is_typed_and_nothing_by_accident(
    world: World, find: str, found: list[str]
) -> None:
    for name in ("Ángel Núñez", "100% Pizza", "under_score", "O'Brien", "back\\slash"):
        await world.priya.do("contact.create", name=name)
    assert await names(world, find=find) == found


@pytest.mark.parametrize(
    ("search", "code"),
    [({"limit": 0}, "invalid"), ({"limit": 201}, "invalid"), ({"after": NOBODY}, "not_found")],
)
async def test_a_list_refuses_what_it_cannot_go_on_from(
    world: World, search: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedByServer) as refusal:
        await world.priya.ask("contact.list", **search)
    assert refusal.value.code == code


async def test_a_contact_that_does_not_exist_is_not_found(world: World) -> None:
    assert (await refused(world.priya, "contact.update", contact=NOBODY, name="x")).code == "not_found"
    with pytest.raises(RefusedByServer) as refusal:
        await world.priya.ask("contact.get", contact=NOBODY)
    assert refusal.value.code == "not_found"
