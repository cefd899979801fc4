"""What keeps foreign pages out: the headers that bind our own pages, and where a request must come from."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request

from protocol.errors import Refused
from server import sessions
from server.access import Person
from server.http.parts import parts_of

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)

# An empty list refuses a power to this page and to every frame in it.
_POWERS = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "permissions-policy": ", ".join(f"{power}=()" for power in _POWERS),
    "cache-control": "no-store",
}
"""On every answer, unless the answer says otherwise itself."""

HSTS = {"strict-transport-security": "max-age=63072000; includeSubDomains"}
"""On every answer of a server that is reached over HTTPS: two years."""


def comes_from_our_page(connection: HTTPConnection) -> bool:
    """Whether a browser says that one of our own pages made this request; pages cannot forge that."""
    fetched_from = connection.headers.get("sec-fetch-site", "same-origin")
    return fetched_from == "same-origin" and connection.headers.get("origin") == parts_of(connection).origin


def require_our_page(request: Request) -> None:
    """Refuse what a foreign page made the browser send.

    Raises:
        Refused: ``csrf``.
    """
    if not comes_from_our_page(request):
        url = parts_of(request).public_url
        raise Refused(
            "csrf", f"This request did not come from a page of {url}. Open that address and try again."
        )


async def require_csrf_token(request: Request, who: Person) -> None:
    """Refuse what does not know the session's own token, which only our pages can read.

    Raises:
        Refused: ``csrf``.
    """
    given = request.headers.get("x-causeway-csrf", "")
    if not await sessions.csrf_matches(parts_of(request).database, who.session, given):
        raise Refused("csrf", "This page is older than your sign-in. Reload it and try again.")
