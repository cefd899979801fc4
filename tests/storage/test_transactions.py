"""Transactions: all or nothing, whatever is cancelled; readers see one moment and wait for nobody."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import TransactionManagementError

from storage.database import Database
from storage.errors import IntegrityError, StoreAway
from storage.keys import new_id
from storage.models import Firm, LogHead
from tests.storage.conftest import MASTERS, new_firm

T = TypeVar("T")

DEADLINE_S = 10


async def test_a_storm_of_cancellations_leaves_nothing_half_done_and_nothing_locked(
    database: Database,
) -> None:
    """I2: what commits, commits whole; what is cancelled frees its lock and its connection."""
    log_id = await _new_head(database)
    completed = 0

    async def append() -> None:
        nonlocal completed
        async with database.transaction():
            await database.execute("UPDATE log_head SET seq = seq + 1 WHERE id = $1", [log_id])
            await _new_head(database, tag=7)
        completed += 1

    async with _no_loop_errors():
        await _cancel_at_random(append, times=1200)

    async with asyncio.timeout(DEADLINE_S), database.transaction():
        head = await LogHead.get(id=log_id)
        assert completed <= head.seq <= 1200
        assert await LogHead.filter(tag=7).count() == head.seq


async def test_a_storm_of_cancelled_reads_leaves_every_reader_usable(database: Database) -> None:
    log_id = await _new_head(database)

    async def look() -> None:
        async with database.snapshot():
            await LogHead.get(id=log_id)
        await database.fetch("SELECT seq FROM log_head WHERE id = $1", [log_id])

    async with _no_loop_errors():
        await _cancel_at_random(look, times=1200)

    async with asyncio.timeout(DEADLINE_S):
        for _ in range(20):  # more often than there are connections
            await look()


async def test_a_storm_of_cancelled_thread_hops_commits_each_whole_or_not_at_all(sqlite: Database) -> None:
    """I2, for the one-hop transactions of SQLite."""
    log_id = await _new_head(sqlite)
    completed = 0

    def append(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE log_head SET seq = seq + 1 WHERE id = ?", [log_id])
        connection.execute("UPDATE log_head SET floor = floor + 1 WHERE id = ?", [log_id])

    async def hop() -> None:
        nonlocal completed
        await sqlite.run_in_thread(append)
        completed += 1

    async with _no_loop_errors():
        await _cancel_at_random(hop, times=1200)

    async with asyncio.timeout(DEADLINE_S), sqlite.transaction():
        head = await LogHead.get(id=log_id)
    assert completed <= head.seq == head.floor <= 1200


async def test_a_cancelled_thread_hop_still_ends_whole_and_the_next_transaction_follows_it(
    sqlite: Database,
) -> None:
    log_id = await _new_head(sqlite)
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE log_head SET seq = seq + 1 WHERE id = ?", [log_id])
        begun.set()
        assert go_on.wait(DEADLINE_S)

    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        hop = group.create_task(sqlite.run_in_thread(slow))
        await asyncio.to_thread(begun.wait)
        hop.cancel()
        follower = group.create_task(_set_seq(sqlite, log_id, "seq * 10"))
        await asyncio.wait([hop])
        go_on.set()
        await follower
    assert await _seq(sqlite, log_id) == 10


async def test_a_thread_hop_that_raises_is_undone(sqlite: Database) -> None:
    log_id = await _new_head(sqlite)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE log_head SET seq = 1 WHERE id = ?", [log_id])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await sqlite.run_in_thread(fail)
    assert await _seq(sqlite, log_id) == 0


async def test_a_thread_hop_inside_a_transaction_is_part_of_it(sqlite: Database) -> None:
    log_id = await _new_head(sqlite)
    with pytest.raises(ZeroDivisionError):
        async with sqlite.transaction():
            await sqlite.run_in_thread(lambda raw: raw.execute("UPDATE log_head SET seq = 1"))
            raise ZeroDivisionError
    assert await _seq(sqlite, log_id) == 0


async def test_what_is_raised_undoes_everything(database: Database) -> None:
    log_id = await _new_head(database)
    with pytest.raises(ZeroDivisionError):
        async with database.transaction():
            await _set_seq(database, log_id, "5")
            raise ZeroDivisionError
    assert await _seq(database, log_id) == 0


async def test_a_transaction_inside_a_transaction_is_a_savepoint(database: Database) -> None:
    log_id = await _new_head(database)
    async with database.transaction():
        await _set_seq(database, log_id, "1")
        with pytest.raises(IntegrityError):
            async with database.transaction():
                await _set_seq(database, log_id, "2")
                await LogHead.create(id=log_id, firm_id=log_id)
        await _set_seq(database, log_id, "seq + 10")
    assert await _seq(database, log_id) == 11


async def test_a_task_that_outlives_its_transaction_is_refused(database: Database) -> None:
    """Otherwise it would write on a connection that belongs to someone else's transaction by then."""
    ended = asyncio.Event()

    async def straggler(use: Callable[[], Awaitable[Any]]) -> None:
        await ended.wait()
        with pytest.raises(TransactionManagementError, match="has ended"):
            await use()

    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        async with database.transaction():
            group.create_task(straggler(lambda: LogHead.create(id=new_id(), firm_id=new_id())))
            group.create_task(straggler(lambda: database.fetch("SELECT 1 AS one")))
            group.create_task(straggler(lambda: _set_seq(database, new_id(), "1")))
        ended.set()


async def test_models_are_refused_outside_any_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError, match="No TortoiseContext"):
        await LogHead.all()


async def test_a_reader_neither_waits_for_a_writer_nor_sees_what_it_has_not_committed(
    database: Database,
) -> None:
    log_id = await _new_head(database)
    wrote, go_on = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.transaction():
            await _set_seq(database, log_id, "1")
            wrote.set()
            await go_on.wait()

    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        group.create_task(write())
        await wrote.wait()
        assert await _seq(database, log_id) == 0
        async with database.snapshot():
            assert (await LogHead.get(id=log_id)).seq == 0
        go_on.set()
    assert await _seq(database, log_id) == 1


async def test_a_snapshot_sees_one_moment(database: Database) -> None:
    """I12 stands on it: state and cursor are read in one snapshot."""
    log_id = await _new_head(database)
    looked, written = asyncio.Event(), asyncio.Event()

    async def look_twice() -> None:
        async with database.snapshot():
            assert await _seq(database, log_id) == 0
            looked.set()
            await written.wait()
            assert await _seq(database, log_id) == 0
            assert (await LogHead.get(id=log_id)).seq == 0

    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        group.create_task(look_twice())
        await looked.wait()
        await _set_seq(database, log_id, "1")
        written.set()
    async with database.snapshot():
        assert await _seq(database, log_id) == 1


async def test_a_snapshot_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        async with database.snapshot():
            await LogHead.create(id=new_id(), firm_id=new_id())


async def test_two_nodes_in_one_process_share_a_database(database_url: str) -> None:
    async with Database.open(database_url, MASTERS) as one, Database.open(database_url, MASTERS) as two:
        log_id = await _new_head(one)
        async with one.transaction():
            await LogHead.filter(id=log_id).update(seq=1)
            async with two.snapshot():
                assert (await LogHead.get(id=log_id)).seq == 0
            assert (await LogHead.get(id=log_id)).seq == 1
        async with two.snapshot():
            assert (await LogHead.get(id=log_id)).seq == 1


async def test_two_nodes_with_a_loop_each_share_a_database(database_url: str) -> None:
    def node() -> None:
        asyncio.run(life())

    async def life() -> None:
        async with Database.open(database_url, MASTERS) as own:
            for _ in range(20):
                firm_id = await new_firm(own)
                async with own.snapshot():
                    assert (await Firm.get(id=firm_id)).id == firm_id

    async with asyncio.timeout(4 * DEADLINE_S), asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(asyncio.to_thread(node))


async def test_both_engines_speak_alike(database: Database) -> None:
    log_id = await _new_head(database)
    rows = await database.fetch("SELECT id, seq FROM log_head WHERE seq = $2 AND id = $1", [log_id, 0])
    assert rows == [{"id": str(log_id), "seq": 0}]
    assert await database.fetch("SELECT seq FROM log_head WHERE id = $1", [str(log_id)]) == [{"seq": 0}]
    async with database.transaction():
        assert await database.execute("UPDATE log_head SET seq = 9 WHERE id = $1", [new_id()]) == 0
        assert await database.execute("UPDATE log_head SET seq = 9 WHERE id = $1", [log_id]) == 1
    with pytest.raises(TransactionManagementError):
        await database.execute("UPDATE log_head SET seq = 9")


async def test_a_locked_sqlite_file_is_told_as_away_and_the_next_transaction_works(
    sqlite: Database, sqlite_url: str
) -> None:
    await sqlite.run_in_thread(lambda raw: raw.execute("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite://"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreAway):
        await _new_head(sqlite)
    other.execute("ROLLBACK")
    async with sqlite.transaction():
        await LogHead.all().count()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("PRAGMA busy_timeout = 0").connection.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_crowd_that_outnumbers_the_connections_is_served_to_the_last(postgres_url: str) -> None:
    async with Database.open(postgres_url, MASTERS) as database:

        async def work() -> None:
            for _ in range(5):
                async with database.transaction():
                    await database.fetch("SELECT pg_sleep(0.001)")
                await database.fetch("SELECT 1")

        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as crowd:
            for _ in range(60):
                crowd.create_task(work())


async def test_connections_that_were_lost_while_nobody_used_them_are_replaced(postgres_url: str) -> None:
    async with Database.open(postgres_url, MASTERS) as database:

        async def work() -> None:
            async with database.transaction():
                await database.fetch("SELECT pg_sleep(0.02)")

        async with asyncio.TaskGroup() as crowd:
            for _ in range(10):
                crowd.create_task(work())
        for _ in range(2):
            await _end_other_sessions(postgres_url)
            assert await _eventually(lambda: database.fetch("SELECT 1 AS one")) == [{"one": 1}]
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as crowd:
            for _ in range(20):
                crowd.create_task(_eventually(work))


async def test_a_lost_connection_is_told_as_away_and_the_next_transaction_works(postgres_url: str) -> None:
    async with Database.open(postgres_url, MASTERS) as database:
        log_id = await _new_head(database)
        with pytest.raises(StoreAway):
            async with database.transaction():
                await _set_seq(database, log_id, "1")
                await _end_other_sessions(postgres_url)
                async with asyncio.timeout(DEADLINE_S):
                    while True:  # the server ends them a moment after it said so
                        await _set_seq(database, log_id, "2")
        assert await _eventually(lambda: _seq(database, log_id)) == 0


async def test_an_unreachable_server_is_told_as_away(postgres_url: str) -> None:
    nobody_listens = "postgres://postgres@127.0.0.1:1/nothing"
    with pytest.raises(StoreAway):
        async with Database.open(nobody_listens, MASTERS):
            pass


async def _new_head(database: Database, tag: int = 0) -> UUID:
    log_id = new_id()
    async with database.transaction():
        await LogHead.create(id=log_id, firm_id=log_id, tag=tag)
    return log_id


async def _set_seq(database: Database, log_id: UUID, expression: str) -> None:
    async with database.transaction():
        await database.execute(f"UPDATE log_head SET seq = {expression} WHERE id = $1", [log_id])


async def _seq(database: Database, log_id: UUID) -> int:
    rows = await database.fetch("SELECT seq FROM log_head WHERE id = $1", [log_id])
    return int(rows[0]["seq"])


async def _eventually(look: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            with suppress(StoreAway):  # until the pool has noticed all that it lost
                return await look()


async def _cancel_at_random(work: Callable[[], Awaitable[None]], times: int) -> None:
    """Run `work` in eights and cancel each at a moment of its own, most of them while they are at it."""
    chance = random.Random(20)
    loop = asyncio.get_running_loop()

    async def attempt() -> None:
        with suppress(StoreAway):  # what a statement may say when its connection was called off
            await work()

    for _ in range(times // 8):
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            for _ in range(8):
                loop.call_later(chance.random() * 0.008, group.create_task(attempt()).cancel)


@asynccontextmanager
async def _no_loop_errors() -> AsyncIterator[None]:
    """Fail when something was lost on the way: an exception nobody retrieved, a slot that was not clean."""
    lost: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: lost.append(context))
    yield
    loop.set_exception_handler(None)
    assert [context for context in lost if not _is_said_by_asyncpg(context)] == []


def _is_said_by_asyncpg(context: dict[str, Any]) -> bool:
    """It calls statements off over connections whose end it may not read, and says when it rolls back."""
    return (
        isinstance(context.get("exception"), ConnectionError) or "Resetting connection" in context["message"]
    )


async def _end_other_sessions(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
