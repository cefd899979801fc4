"""Sessions: how long they last, how they are found, and how they end with every socket that stands on them.

A session belongs to one person in one firm in one role. Its secret is in the browser's cookie; the database
has only the secret's HMAC. API tokens of firm users stand beside them and are found the same way.
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from protocol.types import Role, Side
from server import tokens
from server.access import Person
from server.transaction import Transaction
from storage.database import Database
from storage.models import ApiToken, Session, SignInLink

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS

FIRM_LIFE_MS = CLIENT_LIFE_MS = _DAY_MS
REMEMBERED_LIFE_MS = 30 * _DAY_MS
FIRM_IDLE_MS = 60 * _MINUTE_MS
CLIENT_IDLE_MS = 30 * _MINUTE_MS
API_TOKEN_LIFE_MS = 365 * _DAY_MS
_NOTED_EVERY_MS = _MINUTE_MS
_NOTED_SESSIONS = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who is signed in, and until when at most; a program stands on an API token instead."""

    person: Person
    expires_at: int


async def find_session(database: Database, token: str, now: int) -> Standing | None:
    """The session of a cookie, if it still stands and its person may still sign in."""
    if not tokens.is_token("session", token):
        return None
    rows = await database.fetch(_FIND_SESSION, [await tokens.digest(database, "session", token), now])
    return _standing(rows[0]) if rows and not _is_idle(rows[0], now) else None


async def find_api_token(database: Database, token: str, now: int) -> Standing | None:
    """The firm user for whom a program speaks, if its token still stands."""
    if not tokens.is_token("api", token):
        return None
    rows = await database.fetch(_FIND_API_TOKEN, [await tokens.digest(database, "api", token), now])
    return _standing(rows[0]) if rows else None


async def still_stands(database: Database, who: Person, now: int) -> bool:
    """Whether the session or token that somebody came in by has not ended meanwhile."""
    return bool(await database.fetch(_STILL_STANDS, [who.session, now]))


async def csrf_token(database: Database, session: UUID) -> str:
    """What a page of ours knows and a foreign page cannot: derived from the session, so nothing is kept."""
    return await tokens.digest(database, "csrf", str(session))


async def csrf_matches(database: Database, session: UUID, given: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest((await csrf_token(database, session)).encode(), given.encode())


async def open_session(
    change: Transaction, person: UUID, side: Side, device: str, *, remembered: bool = False
) -> tuple[Session, str]:
    """Begin a session under a new secret, which is the second part of the answer and kept nowhere."""
    life_ms = REMEMBERED_LIFE_MS if remembered else FIRM_LIFE_MS if side == "firm" else CLIENT_LIFE_MS
    token = tokens.new_token("session")
    session = await Session.create(
        firm_id=change.firm,
        person_id=person,
        side=side,
        token_hash=await tokens.digest(change.database, "session", token),
        device=device,
        remembered=remembered,
        created_at=change.now,
        used_at=change.now,
        expires_at=change.now + life_ms,
    )
    return session, token


async def end_session(change: Transaction, session: Session) -> None:
    """End one session; its sockets close on every node, since the end is an event in its person's log."""
    touched = await change.database.execute(
        "UPDATE session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL", [change.now, session.id]
    )
    if touched:
        _tell_ended(change, session.person_id, session.side, session.id)


async def end_sessions(change: Transaction, person: UUID, side: Side, except_: UUID | None = None) -> None:
    """End all of a person's sessions but one, and a client's unused sign-in links.

    For a new password, another role or sign-in address, and somebody who may no longer sign in.
    """
    for session in await Session.filter(person_id=person, firm_id=change.firm, side=side, ended_at=None):
        if session.id != except_:
            await end_session(change, session)
    if side == "client":
        await SignInLink.filter(contact_id=person, firm_id=change.firm, used_at=None).update(
            used_at=change.now
        )


async def create_token(change: Transaction, user: UUID, name: str) -> tuple[ApiToken, str]:
    """Let a program speak for a firm user; the secret is the second part of the answer and kept nowhere."""
    token = tokens.new_token("api")
    kept = await ApiToken.create(
        firm_id=change.firm,
        user_id=user,
        name=name,
        token_hash=await tokens.digest(change.database, "api", token),
        created_at=change.now,
        expires_at=change.now + API_TOKEN_LIFE_MS,
    )
    return kept, token


async def end_tokens(change: Transaction, user: UUID) -> None:
    """End all of a firm user's API tokens, and the sockets that stand on them."""
    for token in await ApiToken.filter(user_id=user, firm_id=change.firm, ended_at=None):
        token.ended_at = change.now
        await token.save(update_fields=["ended_at"])
        _tell_ended(change, user, "firm", token.id)


class Sessions:
    """Notes when each session was last used: at most once a minute, since every note is a write.

    What a person does counts, over HTTP or a socket. What a page does by itself does not: heartbeats, and
    asking who is signed in.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: OrderedDict[UUID, int] = OrderedDict()

    async def note_use(self, who: Person, now: int) -> None:
        """Note that a person acts now."""
        if now - self._noted.get(who.session, -_NOTED_EVERY_MS) < _NOTED_EVERY_MS:
            return
        self._noted[who.session] = now
        self._noted.move_to_end(who.session)
        if len(self._noted) > _NOTED_SESSIONS:
            self._noted.popitem(last=False)
        async with self._database.transaction():
            await self._database.execute(
                "UPDATE session SET used_at = $1 WHERE id = $2 AND used_at < $1 AND ended_at IS NULL",
                [now, who.session],
            )


def _tell_ended(change: Transaction, person: UUID, side: str, entity: UUID) -> None:
    known: Side = "client" if side == "client" else "firm"
    change.tell_person("session.ended", person, known, scope=change.firm, entity=entity, version=1)


def _is_idle(row: dict[str, Any], now: int) -> bool:
    """Whether nobody has acted in a session for too long; a remembered one waits as long as it lasts."""
    used_at: int = row["used_at"]
    if row["remembered"]:
        return used_at + REMEMBERED_LIFE_MS <= now
    return used_at + (FIRM_IDLE_MS if row["side"] == "firm" else CLIENT_IDLE_MS) <= now


def _standing(row: dict[str, Any]) -> Standing:
    role: Role = row["role"] or "client"
    person = Person(UUID(row["person_id"]), UUID(row["firm_id"]), role, UUID(row["id"]))
    return Standing(person, row["expires_at"])


# The person is looked at each time: whoever was disabled is signed in no longer, from the commit on.
_FIND_SESSION = """
SELECT s.id, s.firm_id, s.person_id, s.side, s.remembered, s.used_at, s.expires_at, u.role
FROM session s
LEFT JOIN "user" u ON s.side = 'firm' AND u.id = s.person_id AND u.firm_id = s.firm_id AND u.active
LEFT JOIN contact c ON s.side = 'client' AND c.id = s.person_id AND c.firm_id = s.firm_id
WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2
  AND (u.id IS NOT NULL OR c.sign_in_email IS NOT NULL)
"""
_FIND_API_TOKEN = """
SELECT t.id, t.firm_id, t.user_id AS person_id, t.expires_at, u.role
FROM api_token t JOIN "user" u ON u.id = t.user_id AND u.firm_id = t.firm_id AND u.active
WHERE t.token_hash = $1 AND t.ended_at IS NULL AND t.expires_at > $2
"""
_STILL_STANDS = """
SELECT 1 FROM session WHERE id = $1 AND ended_at IS NULL AND expires_at > $2
UNION ALL SELECT 1 FROM api_token WHERE id = $1 AND ended_at IS NULL AND expires_at > $2
"""
