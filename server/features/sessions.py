"""A person's own sessions, seen and ended (rule A5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from protocol.commands.portals import Done
from protocol.commands.users import EndSession
from protocol.entities import Session as SessionShape
from protocol.errors import Refused
from protocol.queries import Nothing, Sessions
from server import sessions
from server.access import Person
from server.render import BodyFunction, by_entity
from server.transaction import Transaction
from storage.database import Database
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


async def _sessions(ids: Collection[str]) -> list[SessionShape]:
    sessions_found = await Session.filter(id__in=list(ids))
    tokens_found = await ApiToken.filter(id__in=list(ids))
    return [_shape(session, None) for session in sessions_found] + [
        _token_shape(token) for token in tokens_found
    ]


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
BODIES: Mapping[str, BodyFunction] = {"session.ended": by_entity(_sessions)}
