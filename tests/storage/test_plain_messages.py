"""Sending in one statement: all of it or nothing, whoever else changes the portal at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import copy_context
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from storage import log
from storage.database import Database
from storage.footprint import Footprint
from storage.keys import new_id
from storage.models import CommandReply, Device, LogEntry, Message, Participant, Portal
from storage.plain_messages import PlainMessage, Sending, Sent, read, send
from tests.storage.conftest import MASTERS, new_firm

DEADLINE_S = 20


@dataclass
class Scene:
    """A portal with somebody of the firm and a client in it."""

    database: Database
    firm: UUID
    portal: UUID
    author: UUID
    client: UUID

    def sending(self, author: UUID | None = None) -> Sending:
        """A new message, the firm's unless said otherwise."""
        return Sending(
            firm=self.firm,
            portal=self.portal,
            author=author or self.author,
            author_log=author or self.firm,
            message=new_id(),
            text="Good morning",
            at=1_000,
            event=new_id(),
            kind="message.sent",
        )

    def footprint(self, device: UUID | None = None, number: int | None = None) -> Footprint:
        """That of a new command."""
        return Footprint(new_id(), "message.send", "0" * 64, device, number)

    async def send(self, sending: Sending | None = None, footprint: Footprint | None = None) -> Sent | None:
        return await send(self.database, sending or self.sending(), footprint or self.footprint())

    async def join(self, person: UUID, side: str) -> Participant:
        """Begin a stay as the feature does: with a fact, under the portal's lock."""
        portal = await Portal.filter(id=self.portal).select_for_update().get()
        portal.last_fact += 1
        await portal.save(update_fields=["last_fact"])
        return await Participant.create(
            firm_id=self.firm, portal_id=self.portal, person_id=person, side=side, joined_at=0
        )

    async def leave(self, person: UUID) -> None:
        """End a stay likewise."""
        portal = await Portal.filter(id=self.portal).select_for_update().get()
        portal.last_fact += 1
        await portal.save(update_fields=["last_fact"])
        await Participant.filter(portal_id=self.portal, person_id=person).update(left_at=1)

    async def told(self, log_id: UUID) -> list[int]:
        """The numbers of the messages that a log tells."""
        return [entry.number for entry in await log.read_since(self.database, str(log_id), 0, limit=100)]

    async def rows(self) -> dict[str, int]:
        """How many there are of all that a sending writes."""
        async with self.database.snapshot():
            portal = await Portal.get(id=self.portal)
            counts = {
                model.__name__: await model.all().count() for model in (Message, CommandReply, LogEntry)
            }
            devices = await Device.all().values_list("last_number", flat=True)
        return counts | {"last_number": portal.last_number, "devices": sum(devices)}  # type: ignore[arg-type]


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await _set(database)


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Scene]:
    async with Database.open(postgres_url, MASTERS) as database:
        yield await _set(database)


async def test_a_message_stands_in_its_portal_and_in_the_logs_of_all_who_take_part(scene: Scene) -> None:
    sending = scene.sending()
    sent = await scene.send(sending)
    assert sent is not None
    assert (sent.number, set(sent.heads)) == (1, {str(scene.firm), str(scene.client)})
    async with scene.database.snapshot(scene.firm):
        message = await Message.get(id=sending.message)
    assert (message.number, message.body, message.author_id) == (1, "Good morning", scene.author)
    for log_id in (scene.firm, scene.client):
        (entry,) = await log.read_since(scene.database, str(log_id), 0, limit=10)
        assert (entry.kind, entry.entity, entry.scope) == (
            "message.sent",
            str(sending.message),
            str(scene.portal),
        )
        assert entry.cursor == sent.heads[str(log_id)]


async def test_those_who_send_at_once_get_numbers_without_a_gap(scene: Scene) -> None:
    """I2 and I3: through races, every message has its events and every log tells them all in order."""
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as racing:
        for place in range(20):
            racing.create_task(scene.send(scene.sending(scene.client if place % 2 else None)))
    for log_id in (scene.firm, scene.client):
        assert await scene.told(log_id) == list(range(1, 21))
    assert (await scene.rows())["Message"] == 20


async def test_nothing_is_written_where_anything_stands_against_it(scene: Scene) -> None:
    device = new_id()
    first, footprint = scene.sending(), scene.footprint(device, 7)
    assert await scene.send(first, footprint)
    before = await scene.rows()
    stranger = new_id()
    for case, (sending, left) in {
        "a stranger": (scene.sending(stranger), scene.footprint(device, 8)),
        "another firm": (replace(scene.sending(), firm=await new_firm(scene.database)), scene.footprint()),
        "no portal": (replace(scene.sending(), portal=new_id()), scene.footprint()),
        "the same key": (scene.sending(), replace(scene.footprint(device, 8), reply=footprint.reply)),
        "the same message": (replace(scene.sending(), message=first.message), scene.footprint(device, 8)),
        "an overtaken device": (scene.sending(), scene.footprint(device, 7)),
    }.items():
        assert await scene.send(sending, left) is None, case
    assert await scene.rows() == before
    assert await scene.send(scene.sending(), scene.footprint(device, 8))


async def test_a_client_who_joins_while_a_message_waits_is_not_left_out(on_postgres: Scene) -> None:
    """I4: what the statement saw before it waited is no longer true, so it must not be used."""
    scene, newcomer = on_postgres, new_id()
    outside = copy_context()
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        async with scene.database.transaction(scene.firm):
            await scene.join(newcomer, "client")
            await log.create(scene.database, scene.firm, newcomer)
            waiting = group.create_task(scene.send(), context=outside)
            await _until_waiting(scene.database)
        assert await waiting is None, "left to the long way, which looks again"
    sent = await scene.send()
    assert sent is not None
    assert str(newcomer) in sent.heads


async def test_a_removal_wins_against_a_message_that_waits_for_it(on_postgres: Scene) -> None:
    """I8."""
    scene, outside = on_postgres, copy_context()
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        async with scene.database.transaction(scene.firm):
            await scene.leave(scene.author)
            waiting = group.create_task(scene.send(), context=outside)
            await _until_waiting(scene.database)
        assert await waiting is None
    assert await scene.told(scene.client) == []


async def test_one_statement_reads_what_is_plain_and_only_that(scene: Scene) -> None:
    sendings = [scene.sending() for _ in range(3)]
    for sending in sendings:
        await scene.send(sending)
    ids = [str(sending.message) for sending in sendings]
    async with scene.database.transaction(scene.firm):
        await Message.filter(id=ids[1]).update(deleted_at=2_000, version=2)
    found = {message.id: message for message in await _read(scene, ids)}
    assert {id: (m.number, m.text, m.deleted, m.version) for id, m in found.items()} == {
        ids[0]: (1, "Good morning", False, 1),
        ids[1]: (2, "", True, 2),
        ids[2]: (3, "Good morning", False, 1),
    }
    async with scene.database.transaction(scene.firm):
        await Message.filter(id=ids[2]).update(share_id=new_id())
    assert await read(scene.database, scene.firm, ids) is None
    assert len(await _read(scene, ids[:2])) == 2


async def _read(scene: Scene, ids: list[str]) -> list[PlainMessage]:
    found = await read(scene.database, scene.firm, ids)
    assert found is not None
    return found


async def _set(database: Database) -> Scene:
    firm = await new_firm(database)
    scene = Scene(database, firm, new_id(), new_id(), new_id())
    async with database.transaction(firm):
        await Portal.create(id=scene.portal, firm_id=firm, opened_at=0, opened_by=scene.author)
        await scene.join(scene.author, "firm")
        await scene.join(scene.client, "client")
        for log_id in (firm, scene.client):
            await log.create(database, firm, log_id)
    return scene


async def _until_waiting(database: Database) -> None:
    """Until a statement waits for the transaction that this task is in."""
    while not await database.fetch("SELECT 1 FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0)
