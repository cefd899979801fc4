"""What has to end by itself: sessions that ran out, sign-in links and tries long past, files half received.

Every node may run it: each step takes only what nobody has taken.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from server import sessions
from server.clock import Clock
from server.transaction import Doorbell, transaction
from storage import compaction
from storage.blobs import Blobs
from storage.database import Database
from storage.errors import Collision, StoreAway
from storage.keys import derived_id
from storage.models import Mail, OutboxItem, Session, SignInAttempt, SignInLink

_EVERY_S = 30.0
_FORGET_EVERY_S = 3_600.0
_KEPT_MS = 86_400_000
# Whoever returns within seven days finds the place in the log, and a repeat its first answer (P7, I16).
_HISTORY_KEPT_MS = 8 * 86_400_000
_SESSIONS_AT_ONCE = 200

_log = structlog.get_logger(__name__)

_RAN_OUT = """
SELECT id, firm_id, person_id FROM session
WHERE ended_at IS NULL AND (expires_at <= $1 OR used_at <= CASE
  WHEN remembered THEN CAST($2 AS BIGINT) WHEN side = 'firm' THEN $3 ELSE $4 END)
LIMIT $5
"""


async def run(database: Database, bell: Doorbell, clock: Clock, blobs: Blobs) -> None:
    """Tidy up for as long as the server runs."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_repeat(_EVERY_S, lambda: tidy(database, bell, blobs, clock())))
        tasks.create_task(_repeat(_FORGET_EVERY_S, lambda: forget(database, clock())))


async def _repeat(every_s: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except (StoreAway, Collision, OSError) as error:
            _log.warning("housekeeping put off", reason=type(error).__name__)
        await asyncio.sleep(every_s * random.uniform(0.8, 1.2))  # noqa: S311 - nodes need not tidy in step


async def forget(database: Database, now: int) -> None:
    """Shorten the logs, and delete what is finished, once."""
    shortened = await compaction.compact_logs(database, now - _HISTORY_KEPT_MS)
    await compaction.forget_finished(database, now - _HISTORY_KEPT_MS)
    _log.info("history forgotten", logs=shortened)


async def tidy(database: Database, bell: Doorbell, blobs: Blobs, now: int) -> None:
    """Tidy up once."""
    await end_sessions_that_ran_out(database, bell, now)
    async with database.transaction():
        await _forget_ways_in(now - _KEPT_MS)
    await blobs.sweep(now)


async def end_sessions_that_ran_out(database: Database, bell: Doorbell, now: int) -> None:
    """End them as if by hand, so that their sockets close too: a heartbeat is no sign of a person."""
    idle_since = [
        now - sessions.REMEMBERED_LIFE_MS,
        now - sessions.FIRM_IDLE_MS,
        now - sessions.CLIENT_IDLE_MS,
    ]
    for row in await database.fetch(_RAN_OUT, [now, *idle_since, _SESSIONS_AT_ONCE]):
        firm, person = UUID(row["firm_id"]), UUID(row["person_id"])
        async with transaction(database, bell, firm=firm, actor=person, now=now) as change:
            await sessions.end_session(change, await Session.get(id=row["id"]))


async def _forget_ways_in(before: int) -> None:
    """Links and counted tries of another day, and letters that were never meant to go."""
    await SignInLink.filter(expires_at__lt=before).delete()
    await SignInAttempt.filter(last_at__lt=before).delete()
    # Their ids alone: they are of all firms, and a node that has just started has loaded no firm's keys.
    decoys = await Mail.filter(state="decoy", created_at__lt=before).values_list("id", flat=True)
    await OutboxItem.filter(id__in=[derived_id("email", str(decoy)) for decoy in decoys]).delete()
    await Mail.filter(id__in=list(decoys)).delete()
