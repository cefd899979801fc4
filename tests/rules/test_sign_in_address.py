"""The one address with which a contact signs in: rule A3."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.client.state import State
from protocol.entities import Participant
from storage.models import Mail, SignInLink
from tests.rules.scenes import add, page_of
from tests.rules.wire import open_wire
from tests.rules.world import RefusedByServer, World, refused, send


async def test_a3_the_first_address_signs_in_unless_another_is_chosen(world: World) -> None:
    first, second = world.email("first"), world.email("second")
    made = await world.priya.do("contact.create", name="Nora Lind", emails=[first, second])
    assert made["sign_in_email"] == first
    chosen = await world.priya.do("contact.update", contact=made["id"], sign_in_email=second)
    assert chosen["sign_in_email"] == second
    left = await world.priya.do("contact.update", contact=made["id"], emails=[first])
    assert left["sign_in_email"] == first, "the chosen one left the card: the first signs in again"
    refusal = await refused(
        world.priya, "contact.update", contact=made["id"], sign_in_email=world.email("elsewhere")
    )
    assert refusal.code == "invalid"
    assert refusal.message == "The address that signs in must be one of those on the card."


async def test_a3_no_other_address_gets_a_link(world: World) -> None:
    first, second = world.email("first"), world.email("second")
    await world.priya.do("contact.create", name="Nora Lind", emails=[first, second])
    for address in (second, first):
        answer = await world.http.post(
            f"{world.node.url}/api/sign-in/link",
            json={"firm": world.slug, "email": address},
            headers={"Origin": world.node.url},
        )
        assert (answer.status_code, answer.json()) == (202, {})
    letters = [mail for mail in await _mails(world) if mail.state != "decoy"]
    assert [mail.address for mail in letters] == [first]


async def test_a3_a_change_ends_sessions_and_links_and_tells_both_addresses(world: World) -> None:
    await send(world.priya, world.matter)
    old, new = world.email("ana"), world.email("ana.new")
    await world.http.post(
        f"{world.node.url}/api/sign-in/link",
        json={"firm": world.slug, "email": old},
        headers={"Origin": world.node.url},
    )
    async with open_wire(world.ana) as ana, world.marco.screen():
        await world.priya.do("contact.update", contact=world.ana.id, emails=[old, new], sign_in_email=new)
        assert await ana.closed() == 4401
        with pytest.raises(RefusedByServer) as refusal:
            await world.ana.ask("inbox.get")
        assert refusal.value.code == "not_signed_in"
        assert (await world.marco.ask("inbox.get"))["me"]["name"] == "Marco Ruiz"
    told = [mail for mail in await _mails(world) if mail.template == "address_changed"]
    assert {mail.address for mail in told} == {old, new}
    async with world.database.snapshot(world.firm):
        links = await SignInLink.filter(contact_id=world.ana.id)
    assert len(links) == 1
    assert links[0].used_at is not None, "the link that was on its way is worth nothing now"


async def test_a3_a_change_is_a_fact_in_each_of_the_contacts_portals_and_for_the_firm_alone(
    world: World,
) -> None:
    second = await world.add_matter("A second case", "ana")
    await send(world.priya, world.matter)
    await send(world.priya, second)
    await add(world, world.marco)
    before = await world.marco.ask("inbox.get"), await page_of(world.marco, world.matter)
    async with world.priya.screen() as priya, open_wire(world.marco) as marco:
        await world.priya.do("contact.update", contact=world.ana.id, emails=[world.email("ana.new")])
        await priya.shows(_holds_email(world.ana.id, world.email("ana.new")), "Ana's new address")
        await send(world.priya, world.matter, "after")
        await marco.hears("message.sent")
        assert len(marco.events) == 1, "a client is not told that a sign-in address changed"
    for portal in (world.matter, second):
        fact = (await page_of(world.priya, portal))["facts"][-1]
        assert (fact["kind"], fact["actor"], fact["person"]) == (
            "email.changed",
            world.priya.id,
            world.ana.id,
        )
    after = await page_of(world.marco, world.matter)
    assert after["participants"] == before[1]["participants"]


def _holds_email(person: str, email: str) -> Any:
    def holds(state: State) -> bool:
        stays = [stay for stay in state.all(Participant) if stay["person"] == person]
        return bool(stays) and all(stay["email"] == email for stay in stays)

    return holds


async def _mails(world: World) -> list[Mail]:
    async with world.database.snapshot(world.firm):
        return await Mail.filter(firm_id=world.firm).order_by("created_at", "id")
