"""How often somebody may ask: leaky counts in this node's memory, before any work is done or any row read."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field

from protocol.errors import Refused
from protocol.frames import COMMANDS_BURST, COMMANDS_PER_SECOND

_MAX_KEYS = 10_000


class Rate:
    """So many at once and so many a second after that, counted for each key.

    Only the most recent keys are remembered. Whoever can take on more addresses than that is held by the
    count of all together, which has one key.
    """

    def __init__(self, burst: int, per_second: float) -> None:
        self._burst_ms = burst * 1_000 / per_second
        self._each_ms = 1_000 / per_second
        self._paid_until: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, now: int) -> None:
        """Count one.

        Raises:
            Refused: ``too_many``, with the time until the next is free.
        """
        paid_until = max(self._paid_until.get(key, 0.0), float(now))
        excess_ms = paid_until + self._each_ms - now - self._burst_ms
        if excess_ms > 0:
            raise Refused("too_many", retry_after_ms=int(excess_ms) + 1)
        self._paid_until[key] = paid_until + self._each_ms
        self._paid_until.move_to_end(key)
        if len(self._paid_until) > _MAX_KEYS:
            self._paid_until.popitem(last=False)


@dataclass(frozen=True)
class Limits:
    """Every rate that the HTTP doors keep."""

    sign_in_by_address: Rate = field(default_factory=lambda: Rate(burst=100, per_second=1))
    sign_in_in_all: Rate = field(default_factory=lambda: Rate(burst=300, per_second=20))
    commands_by_person: Rate = field(default_factory=lambda: Rate(COMMANDS_BURST, COMMANDS_PER_SECOND))
    uploads_by_person: Rate = field(default_factory=lambda: Rate(burst=60, per_second=1))

    def sign_in(self, network: str, now: int) -> None:
        """Count one try to sign in, before anything is known of who tries.

        Raises:
            Refused: ``too_many``.
        """
        self.sign_in_by_address.take(network, now)
        self.sign_in_in_all.take("", now)


def network_of(address: str) -> str:
    """What one household or office has: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
