"""Logs of events: appended inside the transaction that makes them true, read after a cursor.

Numbers come from the head's row, which the append locks, so they are dense and the order of commits is the
order of numbers. A database sequence would not do: its readers miss rows whose transactions commit late.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from storage.database import Database

_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9a-f]{1,16})")
"""As many digits as the store can compare."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a log. Tags are random, so a cursor into a lost future is recognised (I3)."""

    seq: int
    tag: int

    def __str__(self) -> str:
        return f"{self.seq}.{self.tag:x}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read what ``str`` wrote.

        Raises:
            ValueError: it is no cursor.
        """
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise ValueError("not a cursor")
        return cls(int(found[1]), int(found[2], 16))


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is about to be appended to one log."""

    log: UUID
    event_id: UUID
    kind: str
    scope: UUID
    entity: UUID
    version: int
    actor: UUID
    at: int
    number: int
    person: UUID | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it stands in a log; ids are lower-case strings, as on the wire."""

    seq: int
    tag: int
    event_id: str
    kind: str
    scope: str
    entity: str
    version: int
    actor: str
    at: int
    number: int
    person: str | None

    @property
    def cursor(self) -> Cursor:
        """The place after this entry."""
        return Cursor(self.seq, self.tag)


@dataclass(frozen=True, slots=True)
class Head:
    """Both ends of a log: what was appended last, and what was compacted last."""

    cursor: Cursor
    floor: Cursor


Heads = dict[UUID, tuple[int, int]]  # by log: how many entries it grows by, and the tag of the last one
Row = tuple[Draft, int, int]  # with its place among its log's new entries, from 1, and its tag

_APPEND = """
WITH wanted AS (SELECT * FROM unnest($1::uuid[], $2::int[], $3::bigint[]) AS w(id, entries, tag)),
locked AS (SELECT h.id FROM log_head h JOIN wanted USING (id) ORDER BY h.id FOR UPDATE OF h),
head AS (UPDATE log_head h SET seq = h.seq + w.entries, tag = w.tag FROM wanted w JOIN locked l USING (id)
         WHERE h.id = w.id RETURNING h.id, h.firm_id, h.seq, h.tag, h.seq - w.entries AS start),
entry AS (SELECT * FROM unnest($4::uuid[], $5::int[], $6::bigint[], $7::uuid[], $8::text[], $9::uuid[],
                               $10::uuid[], $11::int[], $12::uuid[], $13::bigint[], $14::int[], $15::uuid[])
          AS e(log_id, place, tag, event_id, kind, scope_id, entity_id, version, actor_id, at, number,
               person_id)),
appended AS (INSERT INTO log_entry (firm_id, log_id, seq, tag, event_id, kind, scope_id, entity_id, version,
                                    actor_id, at, number, person_id)
             SELECT h.firm_id, e.log_id, h.start + e.place, e.tag, e.event_id, e.kind, e.scope_id,
                    e.entity_id, e.version, e.actor_id, e.at, e.number, e.person_id
             FROM entry e JOIN head h ON h.id = e.log_id)
SELECT id, seq, tag FROM head
"""

_READ_SINCE = """
SELECT seq, tag, event_id, kind, scope_id, entity_id, version, actor_id, at, number, person_id
FROM log_entry WHERE log_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""

_READ_ALL_SINCE = {
    "postgres": """
WITH wanted AS (SELECT ordinality AS place, (pair ->> 0)::uuid AS log_id, (pair ->> 1)::bigint AS after
                FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS w(pair, ordinality))
SELECT w.place, e.seq, e.tag, e.event_id, e.kind, e.scope_id, e.entity_id, e.version, e.actor_id, e.at,
       e.number, e.person_id
FROM wanted w CROSS JOIN LATERAL (
    SELECT * FROM log_entry WHERE log_id = w.log_id AND seq > w.after ORDER BY seq LIMIT $2) e
ORDER BY w.place, e.seq
""",
    "sqlite": """
WITH wanted AS (SELECT key + 1 AS place, json_extract(value, '$[0]') AS log_id,
                       json_extract(value, '$[1]') AS after FROM json_each($1))
SELECT w.place, e.seq, e.tag, e.event_id, e.kind, e.scope_id, e.entity_id, e.version, e.actor_id, e.at,
       e.number, e.person_id
FROM wanted w JOIN log_entry e ON e.log_id = w.log_id AND e.seq IN (
    SELECT seq FROM log_entry WHERE log_id = w.log_id AND seq > w.after ORDER BY seq LIMIT $2)
ORDER BY w.place, e.seq
""",
}

_INSERT_IN_THREAD = """
INSERT INTO log_entry (firm_id, log_id, seq, tag, event_id, kind, scope_id, entity_id, version, actor_id, at,
                       number, person_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


async def create(database: Database, firm: UUID, log: UUID) -> None:
    """Begin an empty log; inside the transaction that makes its owner."""
    await database.execute(
        "INSERT INTO log_head (id, firm_id, seq, tag, floor, floor_tag) VALUES ($1, $2, 0, 0, 0, 0)",
        [log, firm],
    )


async def append(database: Database, drafts: Sequence[Draft]) -> dict[str, Cursor]:
    """Append events to their logs; call it as the last statement before COMMIT, since it locks the heads.

    Returns:
        The new end of each log that grew, by its id.
    """
    if not drafts:
        return {}
    if database.engine == "sqlite":
        return await database.run_in_thread(lambda connection: append_in_thread(connection, drafts))
    found = await database.fetch(_APPEND, _append_arguments(*_planned(drafts)))
    return {row["id"]: Cursor(row["seq"], row["tag"]) for row in found}


async def read_since(database: Database, log: str, after: int, limit: int) -> list[Entry]:
    """Read up to ``limit`` entries after number ``after``, ascending."""
    rows = await database.fetch(_READ_SINCE, [log, after, limit])
    return [Entry(*row.values()) for row in rows]


async def read_all_since(
    database: Database, places: Sequence[tuple[str, int]], limit: int
) -> list[list[Entry]]:
    """`read_since` for several logs, each after its own number, in the order asked, by one statement."""
    if len(places) == 1:
        return [await read_since(database, *places[0], limit)]
    found: list[list[Entry]] = [[] for _ in places]
    for row in await database.fetch(_READ_ALL_SINCE[database.engine], [json.dumps(places), limit]):
        place, *columns = row.values()
        found[place - 1].append(Entry(*columns))
    return found


async def tag_at(database: Database, log: str, seq: int) -> int | None:
    """The tag of one entry, or none where the log has no such entry (any more)."""
    rows = await database.fetch("SELECT tag FROM log_entry WHERE log_id = $1 AND seq = $2", [log, seq])
    return rows[0]["tag"] if rows else None


async def heads(database: Database, logs: Iterable[str]) -> dict[str, Head]:
    """Both ends of each of these logs, by id; a log that does not exist is left out."""
    wanted = list(logs)
    if not wanted:
        return {}
    marks = ", ".join(f"${place}" for place in range(1, len(wanted) + 1))
    rows = await database.fetch(
        f"SELECT id, seq, tag, floor, floor_tag FROM log_head WHERE id IN ({marks})",  # noqa: S608 - only $1, $2 …
        wanted,
    )
    return {
        row["id"]: Head(Cursor(row["seq"], row["tag"]), Cursor(row["floor"], row["floor_tag"]))
        for row in rows
    }


def new_tag() -> int:
    """What tells an entry from another one of the same number, after a log has lost its end (I3)."""
    return secrets.randbits(62) + 1


def append_in_thread(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> dict[str, Cursor]:
    """All of `append` on SQLite, for its connection's thread: a hop there costs more than the writing."""
    heads, rows = _planned(drafts)
    ends: dict[str, Cursor] = {}
    starts: dict[UUID, tuple[int, str]] = {}
    for log, (entries, tag) in heads.items():
        seq, firm = connection.execute(
            "UPDATE log_head SET seq = seq + ?, tag = ? WHERE id = ? RETURNING seq, firm_id",
            (entries, tag, str(log)),
        ).fetchone()
        starts[log] = (seq - entries, firm)
        ends[str(log)] = Cursor(seq, tag)
    connection.executemany(
        _INSERT_IN_THREAD,
        [
            (
                starts[draft.log][1],
                str(draft.log),
                starts[draft.log][0] + place,
                tag,
                str(draft.event_id),
                draft.kind,
                str(draft.scope),
                str(draft.entity),
                draft.version,
                str(draft.actor),
                draft.at,
                draft.number,
                None if draft.person is None else str(draft.person),
            )
            for draft, place, tag in rows
        ],
    )
    return ends


def _planned(drafts: Sequence[Draft]) -> tuple[Heads, list[Row]]:
    """How far each log grows, in the order of ids, in which heads are always locked; and the new rows."""
    by_log = sorted(drafts, key=lambda draft: draft.log.int)
    logs = [list(group) for _, group in groupby(by_log, key=lambda draft: draft.log)]
    rows = [(draft, place, new_tag()) for group in logs for place, draft in enumerate(group, 1)]
    return {draft.log: (place, tag) for draft, place, tag in rows}, rows


def _append_arguments(heads: Heads, rows: list[Row]) -> list[object]:
    drafts = [draft for draft, _, _ in rows]
    return [
        list(heads),
        [entries for entries, _ in heads.values()],
        [tag for _, tag in heads.values()],
        [draft.log for draft in drafts],
        [place for _, place, _ in rows],
        [tag for _, _, tag in rows],
        [draft.event_id for draft in drafts],
        [draft.kind for draft in drafts],
        [draft.scope for draft in drafts],
        [draft.entity for draft in drafts],
        [draft.version for draft in drafts],
        [draft.actor for draft in drafts],
        [draft.at for draft in drafts],
        [draft.number for draft in drafts],
        [draft.person for draft in drafts],
    ]
