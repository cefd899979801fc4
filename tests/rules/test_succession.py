"""Somebody leaves the firm, or acts from outside a portal: rules P9 and R4."""

from __future__ import annotations

from protocol.entities import Participant, Share
from tests.rules.world import World, refused, send


async def test_p9_whoever_leaves_the_firm_leaves_no_client_alone(world: World) -> None:
    portal = await world.add_matter("Nguyen estate", "ana")
    await send(world.tom, portal, "Good morning")
    async with world.ana.screen() as ana:
        await world.priya.do("user.update", user=world.tom.id, active=False)
        await ana.shows(
            lambda state: any(
                each["person"] == world.priya.id
                for each in state.all(Participant)
                if each["portal"] == portal
            ),
            "the admin who took over",
        )
    page = await world.priya.ask("portal.get", portal=portal)
    assert [(fact["kind"], fact["person"]) for fact in page["facts"]] == [
        ("participant.added", world.priya.id)
    ]
    await send(world.ana, portal, "Is somebody there?")


async def test_p9_nobody_takes_over_where_a_colleague_stays(world: World) -> None:
    await send(world.priya, world.matter)
    await world.priya.do("participant.add", portal=world.matter, person=world.tom.id)
    await world.priya.do("user.update", user=world.tom.id, active=False)
    page = await world.priya.ask("portal.get", portal=world.matter)
    assert [fact["kind"] for fact in page["facts"]] == ["participant.added"]
    last = await refused(world.priya, "participant.remove", portal=world.matter, person=world.priya.id)
    assert last.code == "last_firm_participant"


async def test_r4_a_client_never_learns_of_a_colleague_who_acts_from_outside(world: World) -> None:
    document = await world.priya.upload(world.matter, "agreement.txt", b"the agreement")
    await world.priya.do("share.add", portal=world.matter, document=document["id"])
    async with world.ana.screen() as ana:
        events = ana.client.events()
        await world.tom.do("document.rename", document=document["id"], name="Agreement, final.txt")
        await ana.shows(
            lambda state: any(share["name"] == "Agreement, final.txt" for share in state.all(Share)),
            "the new name",
        )
        event = await anext(events)
    assert event["kind"] == "share.changed"
    assert event["actor"] == str(world.firm)
    assert world.tom.id not in str(event)
