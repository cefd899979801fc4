"""The outbox: work is claimed by one worker at a time, and outlives the worker."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from storage import outbox
from storage.database import Database
from storage.errors import IntegrityError
from storage.keys import new_id
from storage.models import OutboxItem
from storage.outbox import Claimed

LEASE_MS = 1_000


async def leave(database: Database, firm: UUID, *due: int) -> list[UUID]:
    subjects = [new_id() for _ in due]
    async with database.transaction():
        for subject, due_at in zip(subjects, due, strict=True):
            await outbox.put(firm, "text", subject, due_at)
    return subjects


async def claimed(database: Database, now: int, limit: int = 10) -> list[Claimed]:
    return await outbox.claim(database, "text", now, LEASE_MS, limit)


async def test_what_is_due_is_claimed_longest_due_first_and_only_of_its_kind(
    database: Database, firm_id: UUID
) -> None:
    late, early, future = await leave(database, firm_id, 20, 10, 31)
    async with database.transaction():
        await outbox.put(firm_id, "email", new_id(), 5)
    assert [item.subject for item in await claimed(database, 30)] == [early, late]
    assert [item.subject for item in await claimed(database, 31)] == [future]


async def test_a_limit_leaves_the_rest_for_others(database: Database, firm_id: UUID) -> None:
    subjects = await leave(database, firm_id, 1, 2, 3)
    assert [item.subject for item in await claimed(database, 10, limit=2)] == subjects[:2]
    assert [item.subject for item in await claimed(database, 10, limit=0)] == []
    assert [item.subject for item in await claimed(database, 10, limit=2)] == subjects[2:]


async def test_many_claimers_at_once_never_share_an_item(database: Database, firm_id: UUID) -> None:
    subjects = await leave(database, firm_id, *range(60))
    async with asyncio.TaskGroup() as tasks:
        claims = [tasks.create_task(claimed(database, 100, limit=7)) for _ in range(12)]
    got = [item.subject for claim in claims for item in claim.result()]
    assert len(got) == len(set(got))
    # Who finds all rows locked goes away with less; what is left is claimed at the next look.
    got += [item.subject for item in await claimed(database, 100, limit=60)]
    assert sorted(got) == sorted(subjects)


async def test_a_claim_is_a_lease_that_runs_out_with_its_holder(database: Database, firm_id: UUID) -> None:
    await leave(database, firm_id, 0)
    [first] = await claimed(database, 100)
    assert await claimed(database, 100 + LEASE_MS - 1) == []
    [second] = await claimed(database, 100 + LEASE_MS)
    assert (second.id, second.attempts) == (first.id, 2)
    async with database.transaction():
        await outbox.release(database, first)
    assert await claimed(database, 100 + LEASE_MS) == [], "the first holder no longer has it to give back"
    async with database.transaction():
        await outbox.release(database, second)
    assert len(await claimed(database, 100 + LEASE_MS)) == 1


async def test_work_exists_only_if_its_transaction_commits_and_once_for_a_subject(
    database: Database, firm_id: UUID
) -> None:
    subject = new_id()
    with pytest.raises(ValueError, match="changed my mind"):
        async with database.transaction():
            await outbox.put(firm_id, "text", subject, 0)
            raise ValueError("changed my mind")
    assert await claimed(database, 100) == []
    async with database.transaction():
        await outbox.put(firm_id, "text", subject, 0)
    with pytest.raises(IntegrityError):
        async with database.transaction():
            await outbox.put(firm_id, "text", subject, 0)


async def test_a_plan_counts_even_while_another_holds_the_item(database: Database, firm_id: UUID) -> None:
    [subject] = await leave(database, firm_id, 0)
    [item] = await claimed(database, 100)
    async with database.transaction():
        await outbox.plan(database, "text", subject, 500)
    assert await claimed(database, 500) == []
    async with database.transaction():
        await outbox.release(database, item)
    assert await claimed(database, 499) == []
    assert [again.attempts for again in await claimed(database, 500)] == [1], (
        "tries are counted from the plan on"
    )


async def test_what_was_ended_stays_ended(database: Database, firm_id: UUID) -> None:
    [subject] = await leave(database, firm_id, 0)
    [item] = await claimed(database, 100)
    async with database.transaction():
        await outbox.end(database, "text", subject)
        await outbox.plan(database, "text", subject, 200)
        await outbox.postpone(database, item, 300, "too late")
    assert await claimed(database, 10_000) == []


async def test_a_postponed_try_goes_on_counting_and_says_why(database: Database, firm_id: UUID) -> None:
    [subject] = await leave(database, firm_id, 0)
    for attempt in (1, 2, 3):
        [item] = await claimed(database, 100 * attempt)
        assert item.attempts == attempt
        async with database.transaction():
            await outbox.postpone(database, item, 100 * attempt + 100, "the far side is away")
    async with database.snapshot():
        assert (await OutboxItem.get(subject_id=subject)).last_error == "the far side is away"
