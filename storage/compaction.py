"""What is kept for a while only: the beginnings of logs, first answers, and what the outbox has done."""

from __future__ import annotations

from storage.database import Database

LOGS_AT_ONCE = 500

_FINISHED = """
SELECT h.id, COALESCE((SELECT e.seq - 1 FROM log_entry e WHERE e.log_id = h.id AND e.at >= $1
                       ORDER BY e.seq LIMIT 1), h.seq) AS upto
FROM log_head h WHERE h.id > $2 ORDER BY h.id LIMIT $3
"""

_RAISE_FLOOR = """
UPDATE log_head SET floor = $2, floor_tag = (SELECT tag FROM log_entry WHERE log_id = $1 AND seq = $2)
WHERE id = $1 AND floor < $2
"""

_FORGET = (
    "DELETE FROM command_reply WHERE at < $1",
    "DELETE FROM outbox WHERE state = 'done' AND due_at < $1",
    "DELETE FROM carrier_report WHERE at < $1",
)


async def compact_logs(database: Database, before: int) -> int:
    """Take the entries of before a time (milliseconds) from the beginning of every log.

    The floor moves up with the tag of the last entry that went, in one transaction with it: a cursor just
    there still resumes, and one further down is told that it cannot. A younger entry ends the beginning, so
    numbers stay dense whatever the clock did.

    Returns:
        How many logs became shorter.
    """
    shortened, after = 0, "00000000-0000-0000-0000-000000000000"
    while logs := await database.fetch(_FINISHED, [before, after, LOGS_AT_ONCE]):
        after = logs[-1]["id"]
        for log in logs:
            shortened += await _shorten(database, log["id"], log["upto"])
    return shortened


async def forget_finished(database: Database, before: int) -> None:
    """Delete first answers, done work and carriers' reports of before a time.

    A repeat that comes later than its answer was kept still makes no second effect: ids derive from its key.
    """
    for statement in _FORGET:
        async with database.transaction():
            await database.execute(statement, [before])


async def _shorten(database: Database, log: str, upto: int) -> int:
    async with database.transaction():
        raised = await database.execute(_RAISE_FLOOR, [log, upto])
        if raised:
            await database.execute("DELETE FROM log_entry WHERE log_id = $1 AND seq <= $2", [log, upto])
    return raised
