"""Our WebSocket under uvicorn: ``Config(ws=SocketProtocol)``.

The handshake, routing and sign-in go through Starlette as usual. Then the application attaches a listener
and returns: no task, queue or coroutine stack stays behind for an idle socket. Before that the application
may only accept or refuse the socket, or close it; it receives nothing but the wish to connect.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio.transports import BaseTransport
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.utils import ClientDisconnected, get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from protocol.frames import MAX_INBOUND_FRAME_BYTES
from server.hub import framing
from server.hub.framing import FrameReader, Incoming, Unreadable
from server.hub.handshake import BadHandshake, Handshake, answer
from server.hub.transport import EXTENSION, Frame, Listener

FRAMES_A_TURN = 64
"""Of one socket, before the others have theirs: one read may hold forty thousand pings."""
CLOSE_TIMEOUT_S = 5.0
READ_LIMIT_BYTES = 2 * MAX_INBOUND_FRAME_BYTES
"""A message over 64 KiB is answered by the hub with 4301; one over this is not read, and ends in 1009."""

# The life of a connection: the bytes of a request, the application's decision, frames, our close frame
# that the peer has not answered, and the end, when whatever comes is thrown away.
ASKING: Final = 0
ASKED: Final = 1
OPEN: Final = 2
CLOSING: Final = 3
ENDED: Final = 4

_logger = logging.getLogger("uvicorn.error")


class SocketProtocol(asyncio.Protocol):
    """One WebSocket. See :class:`server.hub.transport.Transport` for what it offers a listener."""

    __slots__ = (
        "_app_state",
        "_config",
        "_deadline",
        "_handshake",
        "_held",
        "_listener",
        "_pong",
        "_reader",
        "_refusal",
        "_server",
        "_stage",
        "_transport",
        "_unsent",
    )

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._config = config
        self._server = server_state
        self._app_state: dict[str, Any] | None = app_state
        self._stage = ASKING
        self._handshake: Handshake | None = None
        self._refusal: tuple[int, Any] | None = None
        self._reader = FrameReader(READ_LIMIT_BYTES)
        self._listener: Listener | None = None
        self._held = True
        self._unsent = False
        self._pong: bytes | None = None
        self._deadline: asyncio.TimerHandle | None = None

    # What the event loop tells.

    def connection_made(self, transport: BaseTransport) -> None:
        """Count as unsent all that the kernel has not taken: what a peer leaves unread is bounded."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=0)
        self._server.connections.add(self)  # type: ignore[arg-type]  # uvicorn names its own classes only

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        """Let go of everything."""
        self._stage = ENDED
        self._server.connections.discard(self)
        if self._deadline is not None:
            self._deadline.cancel()
        if self._listener is not None:
            self._listener.gone()
            self._listener = None

    def data_received(self, data: bytes) -> None:
        """Take the request, which comes from uvicorn in one piece, and then frames."""
        if self._stage == ASKING:
            self._ask(data)
        elif self._stage != ENDED:
            self._reader.feed(data)
            if not self._held:
                self._read_on()

    def pause_writing(self) -> None:
        """The kernel has not taken all of what was written."""
        self._unsent = True

    def resume_writing(self) -> None:
        """It has now."""
        self._unsent = False
        if self._pong is not None:
            pong, self._pong = self._pong, None
            self._transport.write(pong)
        if self._listener is not None and not self._unsent:
            self._listener.drained()

    # What uvicorn tells.

    def shutdown(self) -> None:
        """Let the listener say goodbye: a bare 1012 would not tell a client when to come back."""
        if self._listener is not None:
            self._listener.stopping()
        elif self._stage == OPEN:
            self.close(1012)
        elif self._stage == ASKED:
            self._refuse(answer(503, [], b""))

    # What a listener may ask for.

    async def attach(self, listener: Listener) -> None:
        """See :class:`Transport`."""
        if self._stage != OPEN:
            raise ClientDisconnected
        self._listener = listener
        self.go_on()

    def send(self, frames: Sequence[Frame]) -> bool:
        """See :class:`Transport`."""
        self._transport.write(frames[0].packed if len(frames) == 1 else b"".join([f.packed for f in frames]))
        return not self._unsent

    def close(self, code: int, reason: str = "") -> None:
        """See :class:`Transport`."""
        if self._stage == OPEN:
            self._stage = CLOSING
            self._transport.write(framing.pack_close(code, reason))
            self.go_on()  # else the peer's own close frame is not heard

    def abort(self) -> None:
        """See :class:`Transport`."""
        self._transport.abort()

    def hold(self) -> None:
        """See :class:`Transport`."""
        self._held = True
        self._transport.pause_reading()

    def go_on(self) -> None:
        """See :class:`Transport`."""
        if self._held and self._stage in {OPEN, CLOSING}:
            self._held = False
            self._transport.resume_reading()
            self._read_on()

    # Reading.

    def _read_on(self) -> None:
        try:
            for _ in range(FRAMES_A_TURN):
                if self._held or self._stage not in {OPEN, CLOSING}:
                    return None
                incoming = self._reader.read()
                if incoming is None:
                    return None
                self._take(incoming)
        except Unreadable as fault:
            return self._fail(fault)
        self.hold()
        asyncio.get_running_loop().call_soon(self.go_on)
        return None

    def _take(self, incoming: Incoming) -> None:
        if self._listener is not None:
            self._listener.counts()
        if incoming.opcode == framing.CLOSE:
            self._part(cast(bytes, incoming.data))
        elif incoming.opcode == framing.PING:
            self._answer(cast(bytes, incoming.data))
        elif incoming.opcode in framing.MESSAGES and self._listener is not None and self._stage == OPEN:
            self._listener.heard(incoming.data)

    def _answer(self, ping: bytes) -> None:
        """Answer a ping; one who does not read gets the answer to the last one (section 5.5.3)."""
        if self._unsent:
            self._pong = framing.pack(framing.PONG, ping)
        else:
            self._transport.write(framing.pack(framing.PONG, ping))

    def _part(self, payload: bytes) -> None:
        """The peer closes: echo its frame, unless it answers ours, and end the connection."""
        if self._stage == OPEN:
            self._transport.write(framing.pack(framing.CLOSE, payload))
        self._end()
        self._transport.close()

    def _fail(self, fault: Unreadable) -> None:
        """Say why, and end our side; closing at once could make the kernel throw the reason away."""
        if self._stage == OPEN:
            self._transport.write(framing.pack_close(fault.code, fault.reason))
        self._end()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def _end(self) -> None:
        self._stage = ENDED
        self._give_up_later()
        if self._listener is not None:
            self._listener.going()

    def _give_up_later(self) -> None:
        self._deadline = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._transport.abort)

    # The handshake, with the application's part in it.

    def _ask(self, request: bytes) -> None:
        self._stage = ASKED
        self._transport.pause_reading()
        try:
            self._handshake = Handshake(request)
        except BadHandshake as bad:
            return self._refuse(bad.answer)
        # A task below ASGI, as in uvicorn's own classes; its server waits for these when it stops.
        task = asyncio.get_running_loop().create_task(self._run(self._scope(self._handshake)))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)
        return None

    def _scope(self, handshake: Handshake) -> dict[str, Any]:
        transport, state = self._transport, self._app_state or {}
        self._app_state = None
        return {
            **handshake.scope(self._config.root_path),
            "asgi": {"version": self._config.asgi_version, "spec_version": "2.4"},
            "scheme": "wss" if is_ssl(transport) else "ws",
            "server": get_local_addr(transport),
            "client": get_remote_addr(transport),
            "state": state.copy(),
            "extensions": {"websocket.http.response": {}, EXTENSION: self},
        }

    async def _run(self, scope: dict[str, Any]) -> None:
        try:
            await self._config.loaded_app(scope, self._receive, self._send)
        except ClientDisconnected:
            pass
        except Exception:
            _logger.exception("Exception in ASGI application")
        if self._stage == ASKED:
            self._refuse(answer(500, [], b""))
        elif self._stage == OPEN and self._listener is None:
            self.close(1011)
        if self._stage == CLOSING and self._listener is None:
            self._give_up_later()

    async def _receive(self) -> dict[str, Any]:
        if self._stage != ASKED or self._refusal is not None:
            raise RuntimeError("what comes over this socket goes to a listener")
        return {"type": "websocket.connect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        if self._transport.is_closing() or self._stage == ENDED:
            raise ClientDisconnected
        match message["type"]:
            case "websocket.accept" if self._handshake is not None:
                headers = [*self._server.default_headers, *message.get("headers", ())]
                self._transport.write(self._handshake.acceptance(message.get("subprotocol"), headers))
                self._handshake = None
                self._stage = OPEN
            case "websocket.close" if self._stage == OPEN:
                self.close(message.get("code", 1000), message.get("reason") or "")
            case "websocket.close" if self._handshake is not None:
                self._refuse(answer(403, [], b""))
            case "websocket.http.response.start" if self._handshake is not None:
                self._refusal = message["status"], message.get("headers", ())
            case "websocket.http.response.body" if self._refusal is not None:
                self._refuse(answer(*self._refusal, message.get("body", b"")))
            case unexpected:
                raise RuntimeError(f"{unexpected} cannot be sent now")

    def _refuse(self, response: bytes) -> None:
        self._handshake = None
        self._stage = ENDED
        self._transport.write(response)
        self._transport.close()


WEBSOCKET_SETTINGS: dict[str, Any] = {"ws": SocketProtocol}
"""How uvicorn is to be started for the hub."""
