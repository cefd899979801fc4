"""The reference Python client, for bridges, dashboards, benchmarks and tests."""

from __future__ import annotations

from protocol.client.client import Client, Credential, Memory
from protocol.client.outbox import CommandRefused, Outbox
from protocol.client.reconnect import Backoff, Stopped
from protocol.client.state import State

__all__ = ["Backoff", "Client", "CommandRefused", "Credential", "Memory", "Outbox", "State", "Stopped"]
