"""Logs that are shortened: floors, tags, and what stays."""

from __future__ import annotations

from uuid import UUID

from storage import log
from storage.compaction import compact_logs, forget_finished
from storage.database import Database
from storage.keys import new_id
from storage.log import Cursor, Draft
from storage.models import CommandReply, OutboxItem
from tests.storage.conftest import MASTERS

OLD, LIMIT, YOUNG = 1_000, 2_000, 3_000


async def test_the_floor_moves_to_the_last_entry_that_went_and_keeps_its_tag(database_url: str) -> None:
    async with Database.open(database_url, MASTERS) as database:
        mixed = await _log(database, [OLD, OLD, YOUNG, OLD, YOUNG])
        whole = await log.read_since(database, str(mixed), 0, 10)
        assert await compact_logs(database, LIMIT) == 1
        head = (await log.heads(database, [str(mixed)]))[str(mixed)]
        assert head.floor == whole[1].cursor
        assert head.cursor == whole[4].cursor
        # The old entry behind a young one stays: numbers are dense from the floor on, whatever the clock did.
        assert await log.read_since(database, str(mixed), head.floor.seq, 10) == whole[2:]
        assert await compact_logs(database, LIMIT) == 0


async def test_a_log_of_old_entries_alone_is_empty_and_goes_on(database_url: str) -> None:
    async with Database.open(database_url, MASTERS) as database:
        old = await _log(database, [OLD, OLD])
        empty = await _log(database, [])
        end = (await log.heads(database, [str(old)]))[str(old)].cursor
        assert await compact_logs(database, LIMIT) == 1
        heads = await log.heads(database, [str(old), str(empty)])
        assert heads[str(old)].floor == heads[str(old)].cursor == end
        assert heads[str(empty)].floor == Cursor(0, 0)
        async with database.transaction():
            await log.append(database, [_draft(old, YOUNG)])
        assert [entry.seq for entry in await log.read_since(database, str(old), end.seq, 10)] == [3]


async def test_what_is_finished_and_old_is_forgotten_and_nothing_else(database_url: str) -> None:
    async with Database.open(database_url, MASTERS) as database:
        firm = new_id()
        async with database.transaction():
            await database.vault.create(firm)
        async with database.transaction(firm):
            for at in (OLD, YOUNG):
                await CommandReply.create(
                    id=new_id(), firm_id=firm, person_id=firm, name="x", digest="x", result="{}", at=at
                )
                for state in ("due", "done"):
                    await OutboxItem.create(
                        firm_id=firm, kind="email", subject_id=new_id(), due_at=at, state=state
                    )
        await forget_finished(database, LIMIT)
        async with database.snapshot(firm):
            assert [reply.at for reply in await CommandReply.all()] == [YOUNG]
            left = sorted((item.state, item.due_at) for item in await OutboxItem.all())
        assert left == [("done", YOUNG), ("due", OLD), ("due", YOUNG)]


async def _log(database: Database, times: list[int]) -> UUID:
    id_ = new_id()
    async with database.transaction():
        await log.create(database, new_id(), id_)
        await log.append(database, [_draft(id_, at) for at in times])
    return id_


def _draft(log_id: UUID, at: int) -> Draft:
    return Draft(log_id, new_id(), "message.sent", new_id(), new_id(), 1, new_id(), at, 0, None)
