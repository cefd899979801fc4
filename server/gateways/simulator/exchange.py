"""The simulated network: every text in it, who has opted out, and what still has to be reported."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Literal

from msgspec import Struct, field

from protocol.entities import TextState
from protocol.segments import measure
from server.gateways.simulator.kept import Kept
from server.gateways.simulator.live import Watchers
from server.gateways.simulator.options import SimulatorOptions

MAX_TEXTS = 400

Direction = Literal["out", "in", "network"]
CallbackType = Literal[
    "message-received", "message-sending", "message-sent", "message-delivered", "message-failed"
]


class NetworkText(Struct, kw_only=True):
    """A text, seen from the firm: ``out`` to a phone, ``in`` from one; ``network`` is the carrier speaking.

    ``state`` is that of the network, whatever the firm has heard of it. On its way in a text is sending, then
    delivered; held while the firm's webhook does not take it, and failed when the carrier has given up.
    """

    id: str
    direction: Direction
    phone: str
    text: str
    at_ms: int
    state: TextState
    segments: int
    code: int | None = None
    tag: str | None = None


class PendingCallback(Struct, kw_only=True):
    """A report that the firm has not taken yet; it is tried again until it is too old."""

    text: str
    type: CallbackType
    due_ms: int
    made_ms: int
    code: int | None = None
    tries: int = 0


class Network(Struct):
    """All that is kept."""

    texts: list[NetworkText] = field(default_factory=list)
    pending: list[PendingCallback] = field(default_factory=list)
    opted_out: list[str] = field(default_factory=list)


class Exchange:
    """The one place where texts are put and changed; pages that watch are told of every change."""

    def __init__(self, options: SimulatorOptions) -> None:
        path = options.data_dir and options.data_dir / "simulated_network.json"
        self.kept = Kept(path, Network, Network)
        self.watchers = Watchers()
        self.on_pending: Callable[[], None] = lambda: None

    @property
    def network(self) -> Network:
        return self.kept.state

    def put(
        self, direction: Direction, phone: str, text: str, state: TextState, tag: str | None = None
    ) -> NetworkText:
        """Take a text into the network."""
        taken = NetworkText(
            id=f"{now_ms()}{secrets.token_hex(8)}",
            direction=direction,
            phone=phone,
            text=text,
            at_ms=now_ms(),
            state=state,
            segments=measure(text).segments,
            tag=tag,
        )
        self.network.texts.append(taken)
        del self.network.texts[:-MAX_TEXTS]
        self._tell(taken)
        return taken

    def move(self, text: NetworkText, state: TextState, code: int | None = None) -> None:
        """Let a text take a step."""
        text.state, text.code = state, code
        self._tell(text)

    def find(self, id: str) -> NetworkText | None:
        return next((text for text in reversed(self.network.texts) if text.id == id), None)

    def texts_to(self, phone: str) -> int:
        """Count what the firm has sent to a phone."""
        return sum(text.phone == phone and text.direction == "out" for text in self.network.texts)

    def report(self, *callbacks: PendingCallback) -> None:
        """Queue reports to the firm."""
        self.network.pending += callbacks
        self.kept.changed()
        self.on_pending()

    def settle(self, callback: PendingCallback) -> None:
        """Forget a report that was taken, or that is too old."""
        self.network.pending = [other for other in self.network.pending if other is not callback]
        self.kept.changed()

    def opt_out(self, phone: str, out: bool) -> None:
        """Note that a phone wants no texts, or wants them again."""
        others = [other for other in self.network.opted_out if other != phone]
        self.network.opted_out = [*others, phone] if out else others
        self.kept.changed()

    def _tell(self, text: NetworkText) -> None:
        self.kept.changed()
        self.watchers.tell({"type": "text", "text": text})


def now_ms() -> int:
    return time.time_ns() // 1_000_000
