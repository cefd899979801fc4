"""What happens in a portal again and again in the tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.world import Actor, RefusedByServer, World, send

Page = dict[str, Any]


async def page_of(who: Actor, portal: str) -> Page:
    return await who.ask("portal.get", portal=portal)


def present(page: Page) -> set[str]:
    return {person["name"] for person in page["participants"] if not person.get("left")}


def texts(page: Page) -> list[str]:
    return [message.get("text", "") for message in page["messages"]]


async def add(world: World, person: Actor, **more: str) -> dict[str, Any]:
    return await world.priya.do("participant.add", portal=world.matter, person=person.id, **more)


async def remove(world: World, person: Actor) -> dict[str, Any]:
    return await world.priya.do("participant.remove", portal=world.matter, person=person.id)


async def download_refused(who: Actor, document: str) -> str:
    with pytest.raises(RefusedByServer) as refusal:
        await who.download(document)
    return refusal.value.code


async def said_and_shared(world: World) -> tuple[str, str]:
    """A message, one with a document, and a document shared without one; the two documents."""
    await send(world.priya, world.matter, "earlier")
    attached = await world.priya.upload(world.matter, "attached.txt", b"attached")
    await send(world.priya, world.matter, "with a document", attachment=attached["id"])
    alone = await world.priya.upload(world.matter, "alone.txt", b"alone")
    await world.priya.do("share.add", portal=world.matter, document=alone["id"])
    return attached["id"], alone["id"]
