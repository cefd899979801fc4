"""How many sockets one person and one address may hold on this node."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from protocol.frames import MAX_SOCKETS_PER_PERSON


def network_of(host: str | None) -> str:
    """What is counted as one address: an IPv6 customer has a whole /64."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Crowd:
    """Counts strangers (before ``hello``) by address, and keeps the newest sockets of each person."""

    def __init__(self, strangers: int) -> None:
        self._most = strangers
        self._strangers: Counter[str] = Counter()
        self._sockets: dict[UUID, dict[str, Callable[[], None]]] = {}

    def let_in(self, network: str) -> bool:
        """Count a stranger, unless its address holds too many already."""
        if self._strangers[network] >= self._most:
            return False
        self._strangers[network] += 1
        return True

    def let_go(self, network: str) -> None:
        """One stranger less: it said who it is, or left."""
        self._strangers[network] -= 1
        if not self._strangers[network]:
            del self._strangers[network]

    def admit(self, person: UUID, connection: str, end: Callable[[], None]) -> None:
        """Take in a person's socket; the eleventh ends the oldest."""
        sockets = self._sockets.setdefault(person, {})
        sockets[connection] = end
        if len(sockets) > MAX_SOCKETS_PER_PERSON:
            sockets.pop(next(iter(sockets)))()

    def leave(self, person: UUID, connection: str) -> None:
        """Forget a person's socket."""
        sockets = self._sockets.get(person, {})
        sockets.pop(connection, None)
        if not sockets:
            self._sockets.pop(person, None)
