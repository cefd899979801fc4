"""What the doors need of the rest; the composition root puts it into the application's state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from server.clock import Clock
from server.dispatch import Dispatch
from server.hub.hub import Hub
from server.limits import Limits
from server.passwords import Passwords
from server.sessions import Sessions
from server.transaction import Doorbell
from storage.blobs import Blobs
from storage.database import Database

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One node's parts. ``public_url`` is a setting: what a request says of hosts is never believed."""

    database: Database
    dispatch: Dispatch
    bell: Doorbell
    clock: Clock
    blobs: Blobs
    hub: Hub
    passwords: Passwords
    sessions: Sessions
    public_url: str
    limits: Limits = field(default_factory=Limits)

    @property
    def origin(self) -> str:
        """The one origin whose pages may act, as browsers write it: lower case, without a default port."""
        parts = urlsplit(self.public_url.lower())
        if parts.port == _DEFAULT_PORTS[parts.scheme]:
            return f"{parts.scheme}://{parts.netloc.rpartition(':')[0]}"
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the server over HTTPS; only a trial on one's own machine is without."""
        return self.public_url.startswith("https://")


def parts_of(connection: HTTPConnection) -> Parts:
    """The parts that a request or socket may use."""
    return cast(Parts, connection.state.parts)
