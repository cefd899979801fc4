"""Doorbells: they tell every node that a log has grown, and carry signals; they are never needed.

What comes in is a hint. It may be late, lost, repeated or forged: a ring makes a node look once at a log
that it follows anyway, and the sweep looks without being told (I14).
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Protocol

import redis.asyncio as redis
import structlog
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from server.hub.pace import jittered_s
from storage.log import Cursor

LOG_CHANNEL = "causeway:log:"
FIRM_CHANNEL = "causeway:firm:"
HEARTBEAT_CHANNEL = "causeway:heartbeat"

CONNECT_TIMEOUT_S = 3.0
PUBLISH_TIMEOUT_S = 2.0
PING_EVERY_S = 5.0
DEAD_AFTER_S = 12.0
BACKOFF_MS = (50, 5_000)
MAX_SIGNALS_DUE = 1_000
MAX_SIGNAL_BYTES = 1_024

log: structlog.stdlib.BoundLogger = structlog.get_logger("hub")


class Listener(Protocol):
    """Who hears the bell on this node. Nothing of what it is told has to be true."""

    def heard_ring(self, log: str, seq: int) -> None:
        """A log is said to have grown to ``seq``."""

    def heard_signal(self, firm: str, content: bytes) -> None:
        """Another node says something to those who are connected to a firm's logs."""

    def heard_gap(self) -> None:
        """Rings may have been missed."""


class Doorbell(Protocol):
    """What the hub wants of a doorbell, beyond ringing it. No method waits or raises, but ``run``."""

    def ring(self, heads: Mapping[str, Cursor]) -> None:
        """Announce the new ends of logs to every node, this one included."""

    def signal(self, firm: str, content: bytes) -> None:
        """Say something to the other nodes; it may be lost."""

    def follow(self, log: str, firm: str) -> None:
        """Hear about a log, and the signals of its firm."""

    def forget(self, log: str, firm: str) -> None:
        """Hear no more about a log."""

    async def run(self, listener: Listener) -> None:
        """Tell the listener, until cancelled."""


class LocalDoorbell:
    """The bell of an installation that is one process."""

    def __init__(self) -> None:
        self._listener: Listener | None = None

    def ring(self, heads: Mapping[str, Cursor]) -> None:
        """See :class:`Doorbell`."""
        if self._listener is not None:
            for log_id, cursor in heads.items():
                self._listener.heard_ring(log_id, cursor.seq)

    def signal(self, firm: str, content: bytes) -> None:
        """There is no other node."""

    def follow(self, log: str, firm: str) -> None:
        """Everything is heard anyway."""

    def forget(self, log: str, firm: str) -> None:
        """Everything is heard anyway."""

    async def run(self, listener: Listener) -> None:
        """See :class:`Doorbell`."""
        self._listener = listener
        try:
            await asyncio.Event().wait()
        finally:
            self._listener = None


class RedisDoorbell:
    """The bell between nodes, by publish and subscribe. This node's own rings do not depend on it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = LocalDoorbell()
        self._wanted: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._heads: dict[str, int] = {}
        self._signals: deque[tuple[str, bytes]] = deque(maxlen=MAX_SIGNALS_DUE)
        self._work = asyncio.Event()
        self._deaf = False

    def ring(self, heads: Mapping[str, Cursor]) -> None:
        """See :class:`Doorbell`; rings of one log within a turn of the loop become one."""
        self._local.ring(heads)
        for log_id, cursor in heads.items():
            self._heads[log_id] = max(cursor.seq, self._heads.get(log_id, 0))
        self._work.set()

    def signal(self, firm: str, content: bytes) -> None:
        """See :class:`Doorbell`."""
        self._signals.append((firm, content))
        self._work.set()

    def follow(self, log: str, firm: str) -> None:
        """See :class:`Doorbell`."""
        self._wanted.update((LOG_CHANNEL + log, FIRM_CHANNEL + firm))
        self._changed.set()

    def forget(self, log: str, firm: str) -> None:
        """See :class:`Doorbell`."""
        self._wanted.subtract((LOG_CHANNEL + log, FIRM_CHANNEL + firm))
        self._wanted = +self._wanted
        self._changed.set()

    async def run(self, listener: Listener) -> None:
        """See :class:`Doorbell`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._local.run(listener))
            tasks.create_task(self._publish())
            tasks.create_task(self._subscribe(listener))

    async def _publish(self) -> None:
        delay_ms = BACKOFF_MS[0]
        async with _client(self._url) as client:
            while True:
                await self._work.wait()
                self._work.clear()
                try:
                    async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                        await self._publish_due(client)
                    delay_ms = BACKOFF_MS[0]
                except Exception:  # noqa: BLE001 - no fault of a bell may end a node (I14)
                    # Dropped: the sweeps of the other nodes find it. An answer may still be on its way to us.
                    await client.connection_pool.disconnect()
                    await asyncio.sleep(jittered_s(delay_ms))
                    delay_ms = min(2 * delay_ms, BACKOFF_MS[1])

    async def _publish_due(self, client: redis.Redis) -> None:
        heads, self._heads = self._heads, {}
        async with client.pipeline(transaction=False) as pipeline:
            for log_id, seq in heads.items():
                pipeline.publish(LOG_CHANNEL + log_id, str(seq))
            while self._signals:
                firm, content = self._signals.popleft()
                pipeline.publish(FIRM_CHANNEL + firm, content)
            await pipeline.execute()

    async def _subscribe(self, listener: Listener) -> None:
        """Listen for ever; every reconnection is a gap, so the library must not reconnect by itself."""
        delay_ms = BACKOFF_MS[0]
        while True:
            try:
                await self._session(listener)
            except* Exception as lost:  # noqa: BLE001 - no fault of a bell may end a node (I14)
                if not self._deaf:
                    log.warning("doorbell.deaf", reason=type(lost.exceptions[0]).__name__)
                    delay_ms = BACKOFF_MS[0]
                self._deaf = True
            await asyncio.sleep(jittered_s(delay_ms))
            delay_ms = min(2 * delay_ms, BACKOFF_MS[1])

    async def _session(self, listener: Listener) -> None:
        """One connection to Redis, until it is lost or silent."""
        async with _client(self._url) as client, client.pubsub() as pubsub:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await pubsub.subscribe(HEARTBEAT_CHANNEL)
            self._changed.set()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(pubsub, listener))
                tasks.create_task(self._keep_subscribed(pubsub))
                tasks.create_task(_keep_pinging(pubsub))

    async def _listen(self, pubsub: PubSub, listener: Listener) -> None:
        while True:
            async with asyncio.timeout(DEAD_AFTER_S):  # half open: pings would bring something sooner
                message = await pubsub.get_message(timeout=None)
            if message is not None:
                self._hear(message, listener)

    def _hear(self, message: Mapping[str, Any], listener: Listener) -> None:
        if message["type"] == "subscribe":
            if self._deaf:
                log.info("doorbell.hears")
            self._deaf = False
            listener.heard_gap()  # what was rung before this channel was open was not for us to hear
        elif message["type"] == "message":
            _pass_on(message["channel"].decode(), message["data"], listener)

    async def _keep_subscribed(self, pubsub: PubSub) -> None:
        have: set[str] = set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            wanted = set(self._wanted)
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                if wanted - have:
                    await pubsub.subscribe(*wanted - have)
                if have - wanted:
                    await pubsub.unsubscribe(*have - wanted)
            have = wanted


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=CONNECT_TIMEOUT_S,
    )


async def _keep_pinging(pubsub: PubSub) -> None:
    while True:
        await asyncio.sleep(PING_EVERY_S)
        async with asyncio.timeout(PUBLISH_TIMEOUT_S):
            await pubsub.ping()


def _pass_on(channel: str, data: bytes, listener: Listener) -> None:
    """Hand on what anybody may have published; what cannot be read is dropped."""
    if channel.startswith(LOG_CHANNEL) and data.isdigit() and len(data) < 20:
        listener.heard_ring(channel.removeprefix(LOG_CHANNEL), int(data))
    elif channel.startswith(FIRM_CHANNEL) and len(data) <= MAX_SIGNAL_BYTES:
        listener.heard_signal(channel.removeprefix(FIRM_CHANNEL), data)
