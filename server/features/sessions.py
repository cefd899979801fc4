"""A person's own sessions, seen and ended (rule A5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from protocol.commands.portals import Done
from protocol.commands.users import EndSession
from protocol.entities import Session as SessionShape
from protocol.errors import Refused
from protocol.queries import Nothing, Sessions
from protocol.types import Shape, Side
from server import sessions
from server.access import Person
from server.transaction import Transaction
from storage.database import Database
from storage.log import Entry
from storage.models import ApiToken, Session


async def end_session(change: Transaction, who: Person, args: EndSession) -> Done:
    """Sign one of one's own browsers or phones out.

    Raises:
        Refused: ``not_found``.
    """
    session = await Session.get_or_none(
        id=args.session, person_id=who.id, firm_id=who.firm, side=who.side, ended_at=None
    )
    if session is None:
        raise Refused("not_found")
    await sessions.end_session(change, session)
    return Done(id=args.session, version=1)


async def list_sessions(_: Database, who: Person, __: Nothing) -> Sessions:
    """One's own sessions that have not ended, the latest used first."""
    found = await Session.filter(person_id=who.id, firm_id=who.firm, side=who.side, ended_at=None).order_by(
        "-used_at", "id"
    )
    return Sessions(sessions=[_shape(session, who.session) for session in found])


def _shape(session: Session, current: UUID | None) -> SessionShape:
    return SessionShape(
        id=str(session.id),
        device=session.device,
        created_at=session.created_at,
        used_at=session.used_at,
        expires_at=session.expires_at,
        current=session.id == current,
    )


async def _bodies(_: Database, __: Side, entries: Sequence[Entry]) -> Mapping[str, Shape]:
    ids = [UUID(entry.entity) for entry in entries]
    shapes = {str(id_): _shape(session, None) for id_, session in (await Session.in_bulk(ids, "id")).items()}
    shapes |= {str(id_): _token_shape(token) for id_, token in (await ApiToken.in_bulk(ids, "id")).items()}
    return {entry.event_id: shapes[entry.entity] for entry in entries if entry.entity in shapes}


def _token_shape(token: ApiToken) -> SessionShape:
    """A program's token, told as the session that it stands for."""
    return SessionShape(
        id=str(token.id),
        device=token.name,
        created_at=token.created_at,
        used_at=token.created_at,
        expires_at=token.expires_at,
        current=False,
    )


COMMANDS = {"session.end": end_session}
QUERIES = {"session.list": list_sessions}
BODIES = {"session.ended": _bodies}
