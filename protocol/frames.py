"""The frames of one connection, version 1: what each side may say, and what every field means."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Raw

from protocol.types import MADE_BY_CLIENT, Arguments, Count, Cursor, Id, Key, Millis, Shape

SUBPROTOCOLS = ("causeway.v1.msgpack", "causeway.v1.json")

MAX_INBOUND_FRAME_BYTES = 64 * 1024
MAX_BATCH_BYTES = 48 * 1024
MAX_BATCH_EVENTS = 256
MAX_COMMANDS_IN_FLIGHT = 32
COMMANDS_PER_SECOND = 20
COMMANDS_BURST = 60
MAX_SOCKETS_PER_PERSON = 10
HELLO_TIMEOUT_MS = 10_000
HEARTBEAT_MS = 25_000
SILENCE_TIMEOUT_MS = 60_000
SIGNAL_INTERVAL_MS = 2_000

Device = Annotated[str, Meta(pattern=MADE_BY_CLIENT, description="one browser or phone, kept by it")]
SignalKind = Literal["typing", "presence", "draft"]
ResetReason = Literal["no_cursor", "compacted", "diverged", "too_far", "scope"]


class Hello(Arguments, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """Opens a session on the socket; ``cursor`` asks to resume, without it a snapshot is fetched first."""

    app: Annotated[str, Meta(max_length=64)]
    device: Device
    cursor: Cursor | None = None
    token: Annotated[str, Meta(max_length=200)] | None = None
    csrf: Annotated[str, Meta(max_length=200)] | None = None


class Resume(Arguments, frozen=True, kw_only=True, tag_field="type", tag="resume"):
    """Starts delivery after ``cursor``, once ``welcome`` or ``reset`` left the socket idle."""

    cursor: Cursor


class CommandFrame(Arguments, frozen=True, kw_only=True, tag_field="type", tag="command"):
    """Asks for one effect.

    ``id`` is the device's own number for it, rising with every new command; ``key`` names the effect and
    stays the same in every repeat.
    """

    id: Count
    key: Key
    name: Annotated[str, Meta(max_length=64)]
    args: dict[str, Any]


class SignalIn(Arguments, frozen=True, kw_only=True, tag_field="type", tag="signal"):
    """Something that matters only now, such as typing; may be dropped, is never stored."""

    kind: SignalKind
    scope: Id
    ttl_ms: Annotated[int, Meta(ge=0, le=10_000)] = 5_000


class PingIn(Arguments, frozen=True, kw_only=True, tag_field="type", tag="ping"):
    """Asks for a pong."""

    n: Count


class PongIn(Arguments, frozen=True, kw_only=True, tag_field="type", tag="pong"):
    """Answers a ping; ``cursor`` is the last one that the client applied."""

    n: Count
    cursor: Cursor | None = None


class Ack(Arguments, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    """A bridge's word that it has handled everything up to ``cursor``; cumulative."""

    cursor: Cursor
    lease: Count


Inbound = Hello | Resume | CommandFrame | SignalIn | PingIn | PongIn | Ack


class Limits(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """What the server accepts on this connection."""

    frame_bytes: Count = MAX_INBOUND_FRAME_BYTES
    commands_in_flight: Count = MAX_COMMANDS_IN_FLIGHT
    commands_per_second: Count = COMMANDS_PER_SECOND


class Welcome(Shape, frozen=True, kw_only=True, omit_defaults=False, tag_field="type", tag="welcome"):
    """Answers ``hello``.

    ``mode`` is ``resume`` where ``hello`` brought a cursor: events follow it, or a ``reset`` that says why
    not. Else it is ``snapshot``: fetch one, then ``resume``; until then nothing is delivered.
    """

    connection: Id
    log: Id
    cursor: Cursor
    mode: Literal["resume", "snapshot"]
    heartbeat_ms: Count
    now: Millis
    limits: Limits
    expires: Millis


class Reset(Shape, frozen=True, kw_only=True, tag_field="type", tag="reset"):
    """The client's cursor cannot be followed: fetch ``snapshot``, then ``resume`` with its cursor."""

    reason: ResetReason
    snapshot: str


class Event(Shape, frozen=True, kw_only=True):
    """One fact of a log; its ``id`` is the same in every log that holds it."""

    id: Id
    kind: str
    scope: Id
    entity: Id
    version: Count
    actor: Id
    at: Millis
    body: Any = None
    tombstone: bool = False


class Events(Shape, frozen=True, kw_only=True, omit_defaults=False, tag_field="type", tag="events"):
    """All that this person may see in ``(after, upto]``. Apply it only if ``after`` is your cursor."""

    after: Cursor
    upto: Cursor
    events: list[Raw]


class Problem(Shape, frozen=True, kw_only=True):
    """Why a command was refused, in a word for programs and a sentence for people."""

    code: str
    message: str
    temporary: bool = False
    retry_after_ms: Count | None = None


class Reply(Shape, frozen=True, kw_only=True, tag_field="type", tag="reply"):
    """The one answer to a command. ``upto`` covers its last event; ``repeated`` marks a kept answer."""

    id: Count
    ok: bool
    result: Any = None
    error: Problem | None = None
    upto: Cursor | None = None
    repeated: bool = False


class Signal(Shape, frozen=True, kw_only=True, tag_field="type", tag="signal"):
    """A signal as delivered; the server has set the actor (none where a client must not know who)."""

    kind: SignalKind
    scope: Id
    ttl_ms: Count
    actor: Id | None = None


class Ping(Shape, frozen=True, kw_only=True, tag_field="type", tag="ping"):
    """The server's heartbeat."""

    n: Count


class Pong(Shape, frozen=True, kw_only=True, tag_field="type", tag="pong"):
    """Answers the client's ping."""

    n: Count


class Bye(Shape, frozen=True, kw_only=True, omit_defaults=False, tag_field="type", tag="bye"):
    """Said before a close: come back after a random time within ``retry_ms``, if the code's family allows."""

    code: Count
    reason: str
    retry_ms: tuple[int, int]


Outbound = Welcome | Reset | Events | Reply | Signal | Ping | Pong | Bye
