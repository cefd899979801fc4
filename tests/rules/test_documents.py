"""Documents and shared resources: rules D1 and D3 for single documents, and the names that are shown (D5)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from protocol.client.state import State
from protocol.entities import Document, Message, Share
from tests.rules.wire import open_wire
from tests.rules.world import Actor, RefusedByServer, World, refused, send

FOREIGN = "01890000-0000-7000-8000-000000000000"
Plain = dict[str, Any]


async def documents_of(world: World) -> dict[str, str]:
    card = await world.priya.ask("matter.get", matter=world.matter)
    return {document["id"]: document["name"] for document in card["documents"]}


async def gives(who: Actor, document: str) -> str | bytes:
    """The content, or the code of the refusal."""
    try:
        return await who.download(document)
    except RefusedByServer as refusal:
        return refusal.code


async def shared_twice(world: World) -> tuple[str, str, str]:
    """A document on a message and shared once more by itself; it, and its two shares."""
    document = (await world.priya.upload(world.matter, "agreement.txt", b"the agreement"))["id"]
    await send(world.priya, world.matter, "here it is", attachment=document)
    alone = await world.priya.do("share.add", portal=world.matter, document=document)
    page = await world.priya.ask("portal.get", portal=world.matter)
    carried = next(share for share in page["shares"] if share.get("message"))
    return document, carried["id"], alone["id"]


def attachment_is(document: str, **wanted: Any) -> Any:
    """Whether the message that carries a document shows it so."""

    def found(state: State) -> bool:
        carried = [one["attachment"] for one in state.all(Message) if one.get("attachment")]
        given = [{"available": True, **one} for one in carried if one["document"] == document]
        return bool(given) and all(wanted.items() <= one.items() for one in given)

    return found


def share_is(share: str, **wanted: Any) -> Any:
    """Whether a share is held so."""

    def found(state: State) -> bool:
        held = state.find(Share, share)
        return held is not None and wanted.items() <= {"stopped": False, **held}.items()

    return found


# D1


async def test_d1_firm_users_list_download_rename_and_delete(world: World) -> None:
    first = await world.priya.upload(world.matter, "one.txt", b"1")
    second = await world.tom.upload(world.matter, "two.txt", b"22")
    assert await documents_of(world) == {first["id"]: "one.txt", second["id"]: "two.txt"}
    assert (second["size_bytes"], second["author"], second["media_type"]) == (2, world.tom.id, "text/plain")
    assert await world.tom.download(first["id"]) == b"1"
    await world.tom.do("document.rename", document=first["id"], name="uno.txt")
    await world.priya.do("document.delete", document=second["id"])
    assert await documents_of(world) == {first["id"]: "uno.txt"}
    assert await gives(world.tom, second["id"]) == "not_found"
    for command, args in (("document.rename", {"name": "again.txt"}), ("document.delete", {})):
        assert (await refused(world.tom, command, document=second["id"], **args)).code == "not_found"


async def test_d1_everybody_at_the_firm_sees_a_new_document_live_and_no_client_does(world: World) -> None:
    await send(world.priya, world.matter)
    async with world.tom.screen() as tom, open_wire(world.ana) as ana:
        document = await world.priya.upload(world.matter, "internal-memo.txt", b"internal")
        await tom.shows(lambda state: state.find(Document, document["id"]), "the new document")
        await ana.settle()
        assert ana.events == []
        assert b"internal-memo" not in ana.everything
    assert await gives(world.ana, document["id"]) == "not_found"
    assert (await world.ana.ask("portal.get", portal=world.matter))["shares"] == []


async def test_d1_a_rename_shows_everywhere_live(world: World) -> None:
    await send(world.priya, world.matter)
    document, carried, alone = await shared_twice(world)
    async with world.ana.screen() as ana, world.priya.screen() as priya:
        await ana.refresh(world.ana, world.matter)
        await priya.refresh(world.priya, world.matter)
        await world.tom.do("document.rename", document=document, name="final.txt")
        for screen in (ana, priya):
            await screen.shows(attachment_is(document, name="final.txt"), "the name on the message")
            for share in (carried, alone):
                await screen.shows(share_is(share, name="final.txt"), "the name in Shared resources")
        await priya.shows(
            lambda state: (state.find(Document, document) or {}).get("name") == "final.txt",
            "the matter's list",
        )
    url = f"{world.node.url}/api/documents/{document}/content"
    answer = await world.http.get(url, headers=world.ana.headers)
    assert 'filename="final.txt"' in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\report.pdf", "report.pdf"),
        ("  spaces.txt  ", "spaces.txt"),
        ("\u202etxt.exe", "txt.exe"),
        ("   ", "file"),
    ],
)
async def test_d5_a_name_is_made_fit_for_any_computer(world: World, given: str, shown: str) -> None:
    document = await world.priya.upload(world.matter, given, b"x")
    assert document["name"] == shown
    other = await world.priya.upload(world.matter, "other.txt", b"x")
    assert (await world.priya.do("document.rename", document=other["id"], name=given))["name"] == shown


async def test_d5_the_type_that_is_told_is_what_the_content_is(world: World) -> None:
    page = await world.priya.upload(world.matter, "holiday.png", b"<!doctype html><script>alert(1)</script>")
    picture = await world.priya.upload(world.matter, "notes.txt", b"\x89PNG\r\n\x1a\n" + bytes(32))
    assert page["media_type"] != "image/png"
    assert picture["media_type"] == "image/png"


@pytest.mark.parametrize("name", ["", "x" * 256, "two\nlines.txt"])
async def test_d1_a_name_that_cannot_be_is_refused_in_words(world: World, name: str) -> None:
    document = await world.priya.upload(world.matter, "one.txt", b"1")
    refusal = await refused(world.priya, "document.rename", document=document["id"], name=name)
    assert refusal.code == "invalid"
    assert "name" in refusal.message


async def test_d1_two_renames_at_once_are_two_versions(world: World) -> None:
    document = await world.priya.upload(world.matter, "one.txt", b"1")
    async with asyncio.TaskGroup() as renaming:
        for number in range(8):
            who = world.priya if number % 2 else world.tom
            renaming.create_task(who.do("document.rename", document=document["id"], name=f"{number}.txt"))
    card = await world.priya.ask("matter.get", matter=world.matter)
    assert card["documents"][0]["version"] == 9


# D3


async def test_d3_deleting_a_document_stops_its_shares_for_everyone_at_once(world: World) -> None:
    await send(world.priya, world.matter)
    document, carried, alone = await shared_twice(world)
    async with world.ana.screen() as ana:
        await ana.refresh(world.ana, world.matter)
        await world.tom.do("document.delete", document=document)
        assert await gives(world.ana, document) == "not_found"
        for share in (carried, alone):
            await ana.shows(share_is(share, stopped=True), "that the share ended")
        await ana.shows(attachment_is(document, available=False), "that the attachment is gone")
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert [share.get("stopped", False) for share in page["shares"]] == [True, True]
    assert [one["text"] for one in page["messages"]] == ["Good morning", "here it is"]


async def test_d3_access_is_the_union_of_shares(world: World) -> None:
    await send(world.priya, world.matter)
    document, carried, alone = await shared_twice(world)
    async with world.ana.screen() as ana:
        await ana.refresh(world.ana, world.matter)
        stopped = await world.priya.do("share.stop", share=carried)
        assert stopped["share"]["stopped"] is True
        assert [share["id"] for share in stopped["others"]] == [alone], "stopping one names the other"
        await ana.shows(share_is(carried, stopped=True), "that one share ended")
        await world.settle(world.ana, ana)
        assert attachment_is(document, available=True)(ana.state), "it is shared all the same"
        assert await gives(world.ana, document) == b"the agreement"
        stopped = await world.priya.do("share.stop", share=alone)
        assert stopped["others"] == []
        assert await gives(world.ana, document) == "not_found"
        await ana.shows(attachment_is(document, available=False), "that the attachment is gone")


async def test_d3_sharing_again_gives_access_again(world: World) -> None:
    await send(world.priya, world.matter)
    document, carried, alone = await shared_twice(world)
    for share in (carried, alone):
        await world.priya.do("share.stop", share=share)
    async with world.ana.screen() as ana:
        await ana.refresh(world.ana, world.matter)
        again = await world.priya.do("share.add", portal=world.matter, document=document)
        await ana.shows(share_is(again["id"], stopped=False), "the new share")
        await ana.shows(attachment_is(document, available=True), "that the attachment is whole again")
        assert await gives(world.ana, document) == b"the agreement"


@pytest.mark.parametrize("way", ["share.stop", "message.delete", "document.delete"])
async def test_d3_every_way_of_stopping_has_the_same_effect(world: World, way: str) -> None:
    await send(world.priya, world.matter)
    document = (await world.priya.upload(world.matter, "agreement.txt", b"the agreement"))["id"]
    sent = await send(world.priya, world.matter, attachment=document)
    page = await world.priya.ask("portal.get", portal=world.matter)
    share = page["shares"][0]["id"]
    card = await world.priya.ask("matter.get", matter=world.matter)
    assert [one["id"] for one in card["shares"]] == [share], "the matter's documents show the same share"
    async with world.ana.screen() as ana:
        match way:
            case "share.stop":
                await world.priya.do(way, share=share)
            case "message.delete":
                await world.priya.do(way, message=sent["message"], stop_share=True)
            case _:
                await world.priya.do(way, document=document)
        assert await gives(world.ana, document) == "not_found"
        await ana.shows(share_is(share, stopped=True), "that the share ended")
    shares = (await world.ana.ask("portal.get", portal=world.matter))["shares"]
    assert [one.get("stopped", False) for one in shares] == [True]
    assert (await world.priya.ask("matter.get", matter=world.matter))["shares"] == []


async def test_d3_from_the_commit_on_no_request_gets_the_content(world: World) -> None:
    await send(world.priya, world.matter)
    document = (await world.priya.upload(world.matter, "agreement.txt", b"the agreement"))["id"]
    share = await world.priya.do("share.add", portal=world.matter, document=document)
    stopped = asyncio.Event()
    late: list[str | bytes] = []

    async def ask() -> None:
        last = False
        while not last:
            last = stopped.is_set()  # what is asked from here on began after the commit
            given = await gives(world.ana, document)
            if last:
                late.append(given)

    async with asyncio.TaskGroup() as asking:
        for _ in range(6):
            asking.create_task(ask())
        await world.priya.do("share.stop", share=share["id"])
        stopped.set()
    assert late == ["not_found"] * 6


async def test_d3_a_share_that_ended_tells_no_later_name(world: World) -> None:
    await send(world.priya, world.matter)
    document, carried, alone = await shared_twice(world)
    for share in (carried, alone):
        await world.priya.do("share.stop", share=share)
    async with open_wire(world.ana) as ana:
        await world.priya.do("document.rename", document=document, name="against-ana.txt")
        await ana.settle()
        assert ana.events == []
    page = await world.ana.ask("portal.get", portal=world.matter)
    assert "against-ana" not in str(page)
    assert {share["name"] for share in page["shares"]} == {"agreement.txt"}
    assert page["messages"][1]["attachment"]["name"] == "agreement.txt"


async def test_d3_stopping_twice_or_by_two_at_once_is_one_stop(world: World) -> None:
    await send(world.priya, world.matter)
    document = (await world.priya.upload(world.matter, "agreement.txt", b"the agreement"))["id"]
    share = await world.priya.do("share.add", portal=world.matter, document=document)
    async with open_wire(world.ana) as ana:
        async with asyncio.TaskGroup() as both:
            for _ in range(4):
                both.create_task(world.priya.do("share.stop", share=share["id"]))
        await ana.hears("share.stopped")
        await ana.settle()
        assert [event["kind"] for event in ana.events] == ["share.stopped"]


async def test_d3_clients_and_those_outside_the_portal_stop_nothing(world: World) -> None:
    await send(world.priya, world.matter)
    _, carried, _ = await shared_twice(world)
    assert (await refused(world.ana, "share.stop", share=carried)).code == "forbidden"
    assert (await refused(world.tom, "share.stop", share=carried)).code == "not_found"
    assert (await refused(world.priya, "share.stop", share=FOREIGN)).code == "not_found"


async def test_d2_only_a_matters_own_documents_can_be_shared_in_its_portal(world: World) -> None:
    other = await world.add_matter("Somebody else's case", "marco")
    document = await world.priya.upload(other, "theirs.txt", b"theirs")
    await send(world.priya, world.matter)
    for command in ("share.add", "message.send"):
        name = "document" if command == "share.add" else "attachment"
        refusal = await refused(world.priya, command, portal=world.matter, **{name: document["id"]})
        assert refusal.code == "not_found", command


async def test_d4_what_a_client_uploads_lands_in_the_matter_and_stays_the_clients_own(world: World) -> None:
    await send(world.priya, world.matter)
    own = await world.ana.upload(world.matter, "photo.txt", b"a photo")
    assert await documents_of(world) == {own["id"]: "photo.txt"}
    assert await gives(world.ana, own["id"]) == b"a photo"
    await world.priya.do("participant.add", portal=world.matter, person=world.marco.id)
    assert await gives(world.marco, own["id"]) == "not_found", "uploaded is not yet shared"
    await world.ana.do("share.add", portal=world.matter, document=own["id"])
    assert await gives(world.marco, own["id"]) == b"a photo"


async def test_d3_a_client_cannot_keep_access_by_sharing_what_the_firm_shared(world: World) -> None:
    await send(world.priya, world.matter)
    document, carried, alone = await shared_twice(world)
    refusal = await refused(world.ana, "share.add", portal=world.matter, document=document)
    assert refusal.code == "not_found"
    for share in (carried, alone):
        await world.priya.do("share.stop", share=share)
    assert await gives(world.ana, document) == "not_found"


async def test_p1_the_first_share_opens_the_portal(world: World) -> None:
    document = await world.tom.upload(world.matter, "agreement.txt", b"the agreement")
    async with world.ana.screen() as ana:
        share = await world.tom.do("share.add", portal=world.matter, document=document["id"])
        await ana.shows(share_is(share["id"], number=1), "the first share")
    assert await gives(world.ana, document["id"]) == b"the agreement"
