"""All doors over HTTP but the carrier's, in the order in which they are tried."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute

from server.http import api, downloads, health, sign_in, socket, uploads
from server.http.static import page_routes

STATIC = Path(__file__).parent.parent / "static"


def routes(static: Path = STATIC) -> list[BaseRoute]:
    """Fixed addresses first, then commands and queries by name, then the pages."""
    return [
        *health.ROUTES,
        *socket.ROUTES,
        *sign_in.ROUTES,
        *uploads.ROUTES,
        *downloads.ROUTES,
        *api.ROUTES,
        *page_routes(static),
    ]
