"""Running the application under uvicorn: the listening socket, the limits, the signals."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from protocol.errors import Refused
from server.http.deadline import DeadlineProtocol
from server.hub.socket_protocol import WEBSOCKET_SETTINGS

SEND_BUFFER_BYTES = 128 * 1024
UNACKNOWLEDGED_TIMEOUT_MS = 30_000
MAX_CONNECTIONS = 20_000
STOP_TIMEOUT_S = 20


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handlers: several may run in one process, and all stop together."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals to :func:`serve_all`."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections let go of a peer that has stopped reading.

    ``transport.close()`` waits for the buffer, so a peer that never reads would stay for ever without
    ``TCP_USER_TIMEOUT``; the small send buffer bounds what the kernel holds for a slow one.

    Raises:
        Refused: ``conflict``, where another program has the port.
    """
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise Refused("conflict", f"Port {port} of {host} cannot be had: {error.strerror}.") from None
    # asyncio sets this only where a listener names its protocol; without it a frame waits 40 ms for an ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_TIMEOUT_MS)
    return listener


def server_of(app: Starlette, trusted_proxies: Sequence[str] = (), *, has_hub: bool = True) -> uvicorn.Server:
    """uvicorn around an application, with the limits that must hold (docs/operations.md).

    Without a hub the application reads its WebSockets itself, which those of the hub do not offer.
    """
    return _Server(
        uvicorn.Config(
            app,
            **(WEBSOCKET_SETTINGS if has_hub else {}),
            http=DeadlineProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
        )
    )


async def serve_all(*servers: tuple[uvicorn.Server, socket.socket]) -> None:
    """Run servers side by side until SIGINT or SIGTERM, or until one of them ends; then let each finish."""

    def stop() -> None:
        for server, _ in servers:
            server.should_exit = True

    async def run(server: uvicorn.Server, listener: socket.socket) -> None:
        await server.serve([listener])
        stop()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    async with asyncio.TaskGroup() as running:
        for server, listener in servers:
            running.create_task(run(server, listener))
