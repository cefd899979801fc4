"""Who is asking: the person behind a session's cookie, or the one whom a program speaks for."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request

from protocol.errors import Refused
from server import sessions
from server.access import Person
from server.http import cookies
from server.http.parts import parts_of
from server.http.security import require_csrf_token, require_our_page
from server.sessions import Standing

_BEARER = "bearer "


async def reader(request: Request) -> Person:
    """Who asks to see something.

    Raises:
        Refused: ``not_signed_in``.
    """
    person = (await _standing(request)).person
    await _note_use(request, person)
    return person


async def changer(request: Request) -> Person:
    """Who asks to change something; a browser must show that the person asks, not a foreign page.

    Raises:
        Refused: ``not_signed_in``, ``csrf``.
    """
    if bearer_token(request) is None:
        require_our_page(request)
        person = (await _standing(request)).person
        await require_csrf_token(request, person)
    else:
        person = (await _standing(request)).person
    await _note_use(request, person)
    return person


async def standing(connection: HTTPConnection) -> Standing | None:
    """Who speaks and until when, if anybody is signed in. A program's token counts before any cookie."""
    parts = parts_of(connection)
    token = bearer_token(connection)
    if token is not None:
        return await sessions.find_api_token(parts.database, token, parts.clock())
    found = await sessions.find_session(parts.database, cookies.session_in(connection), parts.clock())
    # The name of a cookie says which side speaks; a session of the other side has no business in it.
    expected = "firm" if cookies.firm_named(connection) is None else "client"
    return found if found is not None and found.person.side == expected else None


def bearer_token(connection: HTTPConnection) -> str | None:
    """The token of a program."""
    given = connection.headers.get("authorization", "")
    return given[len(_BEARER) :].strip() if given.lower().startswith(_BEARER) else None


async def _standing(request: Request) -> Standing:
    found = await standing(request)
    if found is None:
        raise Refused("not_signed_in")
    return found


async def _note_use(request: Request, person: Person) -> None:
    parts = parts_of(request)
    await parts.sessions.note_use(person, parts.clock())
