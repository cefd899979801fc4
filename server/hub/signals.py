"""Signals: what matters only now. They are never stored, may be lost, and tell clients next to nothing.

A client learns that somebody at the firm is writing, not who; nothing of who is online, and nothing of
other clients (rule R4). A signal reaches those who take part in its portal; one about a text thread reaches
the users of the firm.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Annotated

import msgspec

from protocol.frames import SIGNAL_INTERVAL_MS, Signal, SignalIn, SignalKind
from protocol.types import Id, Side
from server.hub.audience import Follower
from server.hub.doorbell import Doorbell
from server.hub.feed import Feed

MAX_SCOPES = 64
"""That one socket's intervals are remembered for: more scopes than this nobody writes in within 2 s."""


class Whisper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signal between nodes."""

    node: Annotated[str, msgspec.Meta(max_length=32)]
    kind: SignalKind
    scope: Id
    in_portal: bool
    ttl_ms: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    actor: Id
    side: Side


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Whisper).decode


class Mouth:
    """One socket's right to signal: once in 2 s for each scope."""

    def __init__(self) -> None:
        self._spoke_at: dict[str, int] = {}

    def may_speak(self, scope: str, now: int) -> bool:
        """Whether a signal about this scope may go out now; counts it if so."""
        spoke_at = self._spoke_at.get(scope)
        if spoke_at is not None and now - spoke_at < SIGNAL_INTERVAL_MS:
            return False
        self._spoke_at.pop(scope, None)
        self._spoke_at[scope] = now
        if len(self._spoke_at) > MAX_SCOPES:
            del self._spoke_at[next(iter(self._spoke_at))]
        return True


class Signals:
    """Passes signals on, here and to the other nodes."""

    def __init__(self, bell: Doorbell, feeds_of: Callable[[str], Iterable[Feed]]) -> None:
        self._bell = bell
        self._feeds_of = feeds_of
        self._node = secrets.token_hex(8)

    def say(self, follower: Follower, frame: SignalIn) -> None:
        """Pass on what one socket says, if it is of the scope that it speaks about."""
        person = follower.person
        in_portal = frame.scope in follower.sight.portals
        if not in_portal and person.side == "client":
            return
        whisper = Whisper(
            self._node, frame.kind, frame.scope, in_portal, frame.ttl_ms, str(person.id), person.side
        )
        self._deliver(str(person.firm), whisper)
        self._bell.signal(str(person.firm), _encode(whisper))

    def hear(self, firm: str, content: bytes) -> None:
        """Deliver what another node passed on; membership is checked here, whatever it says."""
        try:
            whisper = _decode(content)
        except msgspec.DecodeError:
            return
        if whisper.node != self._node:
            self._deliver(firm, whisper)

    def _deliver(self, firm: str, whisper: Whisper) -> None:
        for feed in self._feeds_of(firm):
            for follower in _listeners(feed, whisper):
                if follower.live and _may_hear(follower, whisper):
                    follower.wire.tell(_told(follower, whisper))


def _listeners(feed: Feed, whisper: Whisper) -> Iterable[Follower]:
    if whisper.in_portal:
        return feed.audience.by_portal.get(whisper.scope, ())
    return feed.audience.everybody


def _may_hear(follower: Follower, whisper: Whisper) -> bool:
    if follower.sight.person == whisper.actor:
        return False
    if follower.person.side == "client":
        return whisper.in_portal and whisper.side == "firm" and whisper.kind == "typing"
    # The scope of a portal, said without membership in it, is not a thread.
    return whisper.in_portal or whisper.scope not in follower.sight.portals


def _told(follower: Follower, whisper: Whisper) -> Signal:
    actor = None if follower.person.side == "client" else whisper.actor
    return Signal(kind=whisper.kind, scope=whisper.scope, ttl_ms=whisper.ttl_ms, actor=actor)
