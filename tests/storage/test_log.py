"""The logs: dense, ordered as committed, the same for whoever looks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

import pytest

from storage import log
from storage.database import Database
from storage.errors import Collision
from storage.keys import new_id
from storage.log import Cursor, Draft, Entry
from tests.storage.conftest import MASTERS

DEADLINE_S = 30


async def test_appenders_that_race_leave_no_hole_and_readers_miss_nothing(database_url: str) -> None:
    """I3 and I4, with two nodes, transactions that fail, and a reader that polls all the while."""
    async with Database.open(database_url, MASTERS) as one, Database.open(database_url, MASTERS) as two:
        log_id = await _new_log(one)
        seen: list[Entry] = []
        chance = random.Random(3)
        done = asyncio.Event()

        async def write(database: Database) -> None:
            for _ in range(25):
                with suppress(ZeroDivisionError):
                    async with database.transaction():
                        await log.append(database, _drafts([log_id] * chance.randint(1, 3)))
                        if chance.random() < 0.2:
                            raise ZeroDivisionError

        async def follow(database: Database) -> None:
            while not done.is_set() or await _behind(database, log_id, seen):
                seen.extend(await log.read_since(database, str(log_id), len(seen), limit=10))

        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            group.create_task(follow(two))
            async with asyncio.TaskGroup() as writers:
                for database in (one, two) * 3:
                    writers.create_task(write(database))
            done.set()
        assert [entry.seq for entry in seen] == list(range(1, len(seen) + 1))
        assert len(seen) > 100
        head = (await log.heads(one, [str(log_id)]))[str(log_id)]
        assert head.cursor == seen[-1].cursor
        assert (
            await log.read_since(one, str(log_id), 0, limit=10_000) == seen
        )  # an observed number never changes


async def test_events_of_two_logs_stand_in_the_same_order_in_both(database_url: str) -> None:
    """I11."""
    async with Database.open(database_url, MASTERS) as one, Database.open(database_url, MASTERS) as two:
        firm_log, client_log = await _new_log(one), await _new_log(one)

        async def write(database: Database, logs: list[UUID]) -> None:
            for _ in range(20):
                async with database.transaction():
                    await log.append(database, _drafts(logs, event_id=new_id()))

        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            for database in (one, two):
                group.create_task(write(database, [firm_log, client_log]))
                group.create_task(write(database, [client_log, firm_log]))
                group.create_task(write(database, [firm_log]))
        firm_events = await _event_ids(one, firm_log)
        client_events = await _event_ids(one, client_log)
        assert len(firm_events) == 120
        assert [event for event in firm_events if event in set(client_events)] == client_events


async def test_what_an_append_answers_is_where_the_log_ends(database: Database) -> None:
    """I3: a tag tells a cursor of this history from one of a history that was lost."""
    quiet, busy = await _new_log(database), await _new_log(database)
    async with database.transaction():
        ends = await log.append(database, _drafts([busy, busy, busy]))
    assert set(ends) == {str(busy)}
    assert ends[str(busy)].seq == 3
    heads = await log.heads(database, [str(busy), str(quiet), str(new_id())])
    assert {log_id: head.cursor.seq for log_id, head in heads.items()} == {str(busy): 3, str(quiet): 0}
    assert heads[str(busy)].cursor == ends[str(busy)]
    assert await log.tag_at(database, str(busy), 3) == ends[str(busy)].tag
    assert await log.tag_at(database, str(busy), 4) is None
    assert len({entry.tag for entry in await log.read_since(database, str(busy), 0, 10)}) == 3


async def test_an_entry_is_read_as_it_was_appended(database: Database) -> None:
    log_id, person = await _new_log(database), new_id()
    (draft,) = _drafts([log_id], person=person)
    async with database.transaction():
        await log.append(database, [draft])
    (entry,) = await log.read_since(database, str(log_id), 0, limit=5)
    assert (entry.event_id, entry.kind, entry.scope) == (str(draft.event_id), draft.kind, str(draft.scope))
    assert (entry.entity, entry.version, entry.actor) == (str(draft.entity), draft.version, str(draft.actor))
    assert (entry.at, entry.number, entry.person) == (draft.at, draft.number, str(person))


@pytest.mark.parametrize("cursor", [Cursor(0, 0), Cursor(1, 1), Cursor(2**53, 2**62)])
def test_a_cursor_survives_its_way_to_a_client_and_back(cursor: Cursor) -> None:
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "x.y", "1.2.3", "-1.1", "1_0.1", "٣.1", f"{10**20}.1"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Cursor.parse(text)


async def test_several_logs_are_read_at_once_as_each_would_be_alone(database: Database) -> None:
    ids = [await _new_log(database) for _ in range(4)]
    for turn in range(1, 6):
        async with database.transaction():
            await log.append(database, _drafts(ids[:3] * turn))
    places = [(str(log_id), after) for log_id, after in zip(ids, (0, 7, 15, 0), strict=True)]
    for limit, lengths in {1: [1, 1, 0, 0], 4: [4, 4, 0, 0], 100: [15, 8, 0, 0]}.items():
        together = await log.read_all_since(database, places, limit)
        assert together == [await log.read_since(database, *place, limit) for place in places]
        assert [len(entries) for entries in together] == lengths


async def test_crossing_orders_collide_at_worst_and_are_run_again(database_url: str) -> None:
    """Several heads are locked in id order, but rows before them may not be."""
    async with Database.open(database_url, MASTERS) as one, Database.open(database_url, MASTERS) as two:
        logs = [await _new_log(one) for _ in range(2)]
        done = 0

        async def write(database: Database, order: list[UUID]) -> None:
            nonlocal done
            for _ in range(10):
                for _ in range(20):
                    with suppress(Collision):
                        async with database.transaction():
                            for log_id in order:
                                await log.append(database, _drafts([log_id]))
                        done += 1
                        break

        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            group.create_task(write(one, logs))
            group.create_task(write(two, logs[::-1]))
        assert done == 20
        assert [len(await _event_ids(one, log_id)) for log_id in logs] == [20, 20]


async def _new_log(database: Database) -> UUID:
    log_id = new_id()
    async with database.transaction():
        await log.create(database, new_id(), log_id)
    return log_id


def _drafts(logs: Iterable[UUID], event_id: UUID | None = None, person: UUID | None = None) -> list[Draft]:
    return [
        Draft(
            each,
            event_id or new_id(),
            "message.sent",
            new_id(),
            new_id(),
            1,
            new_id(),
            1_700_000_000_000,
            7,
            person,
        )
        for each in logs
    ]


async def _behind(database: Database, log_id: UUID, seen: list[Entry]) -> bool:
    return (await log.heads(database, [str(log_id)]))[str(log_id)].cursor.seq > len(seen)


async def _event_ids(database: Database, log_id: UUID) -> list[str]:
    return [entry.event_id for entry in await log.read_since(database, str(log_id), 0, limit=10_000)]
