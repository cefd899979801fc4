"""Whole servers for the tests: the real application under the real uvicorn, each in a thread of its own."""

from __future__ import annotations

import contextlib
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace

import uvicorn

from server.app import create_app
from server.clock import Clock, wall_clock
from server.serving import listen, server_of
from server.settings import Settings
from tests.servers import ServerFailed, wait_until

START_TIMEOUT_S = 20
POLL_TIMEOUT_S = 5
STOP_TIMEOUT_S = 20


@dataclass(frozen=True)
class Node:
    """One running server. Several of them on one database make a cluster, as several processes would."""

    url: str
    settings: Settings
    _server: uvicorn.Server
    _thread: threading.Thread

    @property
    def websocket_url(self) -> str:
        """Where its sockets are opened."""
        return f"{self.url.replace('http', 'ws', 1)}/ws"

    def stop(self) -> None:
        """Ends it as an operator would: no new connections, those that are open told to come back."""
        self._server.should_exit = True
        self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():
            raise ServerFailed(f"the server did not end within {STOP_TIMEOUT_S} s")


@contextlib.contextmanager
def running_node(
    settings: Settings, *, clock: Clock = wall_clock, public_url: str | None = None
) -> Iterator[Node]:
    """Runs a server with these settings on a port of its own.

    Its public address becomes that port's, or the one given: of a proxy that would stand before it.
    """
    with listen("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        own = replace(settings, public_url=public_url or url)
        server = server_of(create_app(own, clock), own.trusted_proxies)
        # A loop in its own thread keeps the test's loop free, and leaves none behind where a browser drives.
        thread = threading.Thread(target=server.run, args=([listener],), name=url, daemon=True)
        thread.start()
        node = Node(url=url, settings=own, _server=server, _thread=thread)
        try:
            wait_until(lambda: _ended_or_ready(thread, url), START_TIMEOUT_S, "the server to start")
            if not thread.is_alive():
                raise ServerFailed("the server ended while it started; its log says why")
            yield node
        finally:
            node.stop()


def _ended_or_ready(thread: threading.Thread, url: str) -> bool:
    if not thread.is_alive():
        return True
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=POLL_TIMEOUT_S):
            return True
    except OSError:
        return False
