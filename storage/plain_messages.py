"""Messages without an attachment, in portals that are open: most of what is said, so the short way for it.

Features can do the same with models, in a dozen statements. That is the long way, for all that is not plain:
opening a portal, attaching, refusing, repeating. Here a message is written, with all that its command leaves
behind, by one statement on PostgreSQL and in one hop to the writer's thread on SQLite; both write the same
rows, or none. And messages are read by one statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from storage import log
from storage.database import Database
from storage.footprint import NO_RESULT, Footprint
from storage.log import Cursor, Draft
from storage.vault import KeyMissing, Tampered


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that is about to be written. ``event`` is the id of what states it in the logs."""

    firm: UUID
    portal: UUID
    author: UUID
    author_log: UUID
    message: UUID
    text: str
    at: int
    event: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The message's place in its portal, and the new end of each log that tells it, by the log's id."""

    number: int
    heads: dict[str, Cursor]


@dataclass(frozen=True, slots=True)
class PlainMessage:
    """A message as it is now; its text is empty once it was deleted."""

    id: str
    portal: str
    version: int
    number: int
    author: str
    at: int
    text: str
    deleted: bool


async def send(database: Database, sending: Sending, footprint: Footprint) -> Sent | None:
    """Write a message and what states it, if its author takes part in the portal and it is new.

    Returns:
        None where anything stands against it: nothing was written then, and the long way says what it is.

    Raises:
        IntegrityError: a repeat of it committed meanwhile. Collision, StoreAway.
    """
    await database.vault.load(sending.firm)
    values = _values(database, sending, footprint)
    if database.engine == "sqlite":
        return await database.run_in_thread(lambda connection: _send_in_thread(connection, sending, values))
    rows = await database.fetch(_SEND, list(values.values()))
    if not rows:
        return None
    tag = values["tag"]
    return Sent(rows[0]["number"], {row["id"]: Cursor(row["seq"], tag) for row in rows})


async def read(database: Database, firm: UUID, ids: Collection[str]) -> list[PlainMessage] | None:
    """These messages of a firm, in any order; none at all where one has an attachment or does not open."""
    await database.vault.load(firm)
    marks = ", ".join(f"${place}" for place in range(1, len(ids) + 1))
    rows = await database.fetch(_READ.format(marks=marks), list(ids))
    if any(row["share_id"] is not None for row in rows):
        return None
    try:
        return [_opened(database, firm, row) for row in rows]
    except (Tampered, KeyMissing):  # the long way meets it again, for those alone whom it concerns
        return None


def _opened(database: Database, firm: UUID, row: dict[str, Any]) -> PlainMessage:
    deleted = row["deleted_at"] is not None
    plain = b"" if deleted else database.vault.open(firm, "message", "body", UUID(row["id"]), row["body"])
    return PlainMessage(
        id=row["id"],
        portal=row["portal_id"],
        version=row["version"],
        number=row["number"],
        author=row["author_id"],
        at=row["at"],
        text=plain.decode(),
        deleted=deleted,
    )


def _values(database: Database, sending: Sending, footprint: Footprint) -> dict[str, Any]:
    """What both engines write, in the order of the statement's placeholders."""
    vault, firm = database.vault, sending.firm
    return {
        "firm": firm,
        "portal": sending.portal,
        "author": sending.author,
        "log": sending.author_log,
        "message": sending.message,
        "body": vault.seal(firm, "message", "body", sending.message, sending.text.encode()),
        "at": sending.at,
        "event": sending.event,
        "kind": sending.kind,
        "tag": log.new_tag(),
        "reply": footprint.reply,
        "command": footprint.command,
        "digest": footprint.digest,
        "result": vault.seal(firm, "command_reply", "result", footprint.reply, NO_RESULT),
        "device": footprint.device,
        "number": footprint.number,
    }


_READ = """
SELECT id, portal_id, version, number, author_id, at, body, share_id, deleted_at
FROM message WHERE id IN ({marks})
"""

# A statement sees the moment at which it began, even if it had to wait for the portal's row. Only that row is
# read anew; so if somebody came or went meanwhile, which is a fact and counted there, nothing may be written.
_SEND = """
WITH seen AS MATERIALIZED (SELECT last_fact FROM portal WHERE id = $2),
locked AS (
    SELECT p.last_number + 1 AS number FROM portal p JOIN seen USING (last_fact)
    WHERE p.id = $2 AND p.firm_id = $1 FOR UPDATE OF p),
allowed AS (
    SELECT number FROM locked
    WHERE EXISTS (SELECT FROM participant
                  WHERE portal_id = $2 AND person_id = $3 AND firm_id = $1 AND left_at IS NULL)
      AND NOT EXISTS (SELECT FROM command_reply WHERE id = $11)
      AND NOT EXISTS (SELECT FROM message WHERE id = $5)),
device_moved AS (
    INSERT INTO device AS d (id, firm_id, person_id, last_number)
    SELECT $15::uuid, $1, $3, $16::bigint FROM allowed WHERE $15::uuid IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET last_number = excluded.last_number
    WHERE d.last_number < excluded.last_number
    RETURNING id),
item AS (SELECT number FROM allowed WHERE $15::uuid IS NULL OR EXISTS (SELECT FROM device_moved)),
numbered AS (UPDATE portal SET last_number = item.number FROM item WHERE id = $2),
written AS (
    INSERT INTO message (id, firm_id, portal_id, version, number, author_id, at, body)
    SELECT $5, $1, $2, 1, number, $3, $7, $6 FROM item),
log AS (
    SELECT h.id FROM log_head h, item
    WHERE h.id = $1 OR h.id IN (
        SELECT person_id FROM participant WHERE portal_id = $2 AND side = 'client' AND left_at IS NULL)
    ORDER BY h.id FOR UPDATE OF h),
head AS (
    UPDATE log_head h SET seq = h.seq + 1, tag = $10 FROM log WHERE h.id = log.id RETURNING h.id, h.seq),
told AS (
    INSERT INTO log_entry (firm_id, log_id, seq, tag, event_id, kind, scope_id, entity_id, version, actor_id,
                           at, number)
    SELECT $1, head.id, head.seq, $10, $8, $9, $2, $5, 1, $3, $7, item.number FROM head, item),
kept AS (
    INSERT INTO command_reply (id, firm_id, person_id, name, digest, result, upto_seq, upto_tag, at)
    SELECT $11, $1, $3, $12, $13, $14, (SELECT seq FROM head WHERE id = $4), $10, $7 FROM item)
SELECT head.id, head.seq, item.number FROM head, item
"""

_ALLOWED_IN_THREAD = """
SELECT p.last_number + 1
FROM portal p
JOIN participant s ON s.portal_id = p.id AND s.person_id = :author AND s.firm_id = p.firm_id
LEFT JOIN device d ON d.id = :device
WHERE p.id = :portal AND p.firm_id = :firm AND s.left_at IS NULL
  AND (d.id IS NULL OR d.last_number < :number)
  AND NOT EXISTS (SELECT 1 FROM command_reply WHERE id = :reply)
  AND NOT EXISTS (SELECT 1 FROM message WHERE id = :message)
"""
_MOVE_DEVICE_IN_THREAD = """
INSERT INTO device (id, firm_id, person_id, last_number) VALUES (:device, :firm, :author, :number)
ON CONFLICT (id) DO UPDATE SET last_number = excluded.last_number
"""
_WRITE_IN_THREAD = """
INSERT INTO message (id, firm_id, portal_id, version, number, author_id, at, body)
VALUES (:message, :firm, :portal, 1, :item, :author, :at, :body)
"""
_CLIENTS_IN_THREAD = """
SELECT person_id FROM participant WHERE portal_id = :portal AND side = 'client' AND left_at IS NULL
"""
_KEEP_IN_THREAD = """
INSERT INTO command_reply (id, firm_id, person_id, name, digest, result, upto_seq, upto_tag, at)
VALUES (:reply, :firm, :author, :command, :digest, :result, :upto_seq, :upto_tag, :at)
"""


def _send_in_thread(connection: sqlite3.Connection, sending: Sending, values: dict[str, Any]) -> Sent | None:
    allowed = connection.execute(_ALLOWED_IN_THREAD, values).fetchone()
    if allowed is None:
        return None
    number: int = allowed[0]
    if values["device"] is not None:
        connection.execute(_MOVE_DEVICE_IN_THREAD, values)
    connection.execute("UPDATE portal SET last_number = ? WHERE id = ?", (number, sending.portal))
    connection.execute(_WRITE_IN_THREAD, values | {"item": number})
    clients = [UUID(person) for (person,) in connection.execute(_CLIENTS_IN_THREAD, values)]
    heads = log.append_in_thread(connection, _drafts(sending, [sending.firm, *clients], number))
    upto = heads[str(sending.author_log)]
    connection.execute(_KEEP_IN_THREAD, values | {"upto_seq": upto.seq, "upto_tag": upto.tag})
    return Sent(number, heads)


def _drafts(sending: Sending, logs: list[UUID], number: int) -> list[Draft]:
    return [
        Draft(
            log=each,
            event_id=sending.event,
            kind=sending.kind,
            scope=sending.portal,
            entity=sending.message,
            version=1,
            actor=sending.author,
            at=sending.at,
            number=number,
            person=None,
        )
        for each in logs
    ]
