"""Cookies: one for the firm's user and one for the client of each firm, so that a browser can be both.

Over HTTPS their names begin with ``__Host-``, which makes the browser itself hold to Secure, Path and the
exact host. Over plain HTTP, which is for a trial on one's own machine, browsers would refuse that prefix.
"""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection
from starlette.responses import Response

from protocol.errors import Refused
from server.features.sign_in import LINK_LIFE_MS
from server.http.parts import parts_of

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\Z")


def firm_named(connection: HTTPConnection) -> str | None:
    """The firm whose client is speaking, by header from pages and by query from plain links and sockets.

    Raises:
        Refused: ``invalid``: nothing that was named so can be a firm.
    """
    named = connection.headers.get("x-causeway-firm") or connection.query_params.get("firm")
    if named is None:
        return None
    return checked_slug(named)


def checked_slug(text: str) -> str:
    """A firm's short name as it stands in addresses and in the names of cookies.

    Raises:
        Refused: ``invalid``.
    """
    if _SLUG.match(text) is None:
        raise Refused("invalid", "A firm's short name has small letters, digits and hyphens.")
    return text


def session_in(connection: HTTPConnection) -> str:
    """The session's secret that the browser sent for the side that is speaking, or nothing."""
    return held_session(connection, firm_named(connection))


def held_session(connection: HTTPConnection, firm: str | None) -> str:
    """The session's secret in the cookie of the firm's user, or of the client of ``firm``, or nothing."""
    return connection.cookies.get(_session_name(connection, firm), "")


def set_session(
    connection: HTTPConnection, response: Response, firm: str | None, token: str, max_age_s: int | None
) -> None:
    """Give the browser its session; without an age it forgets the session when it is closed."""
    _set(connection, response, _session_name(connection, firm), token, max_age_s)


def clear_session(connection: HTTPConnection, response: Response) -> None:
    """Take the session from the browser."""
    _set(connection, response, _session_name(connection, firm_named(connection)), "", 0)


def asking_browser(connection: HTTPConnection, firm: str) -> str | None:
    """The secret of the browser that asked for a sign-in link."""
    return connection.cookies.get(_name(connection, f"asking-{firm}"))


def set_asking_browser(connection: HTTPConnection, response: Response, firm: str, nonce: str) -> None:
    """Mark the browser that asks for a link, so that the link opens there without a code."""
    _set(connection, response, _name(connection, f"asking-{firm}"), nonce, LINK_LIFE_MS // 1_000)


def _session_name(connection: HTTPConnection, firm: str | None) -> str:
    return _name(connection, "firm" if firm is None else f"client-{firm}")


def _name(connection: HTTPConnection, what: str) -> str:
    return f"__Host-causeway-{what}" if parts_of(connection).secure else f"causeway-{what}"


def _set(
    connection: HTTPConnection, response: Response, name: str, value: str, max_age_s: int | None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path="/",
        secure=parts_of(connection).secure,
        httponly=True,
        samesite="lax",
    )
