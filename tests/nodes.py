"""Whole servers for the tests: the real application under the real uvicorn, each in a thread of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import uvicorn

from server.app import create_app
from server.serving import listen, server_of
from server.settings import Settings
from tests.servers import ServerFailed, wait_until

START_TIMEOUT_S = 20
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
def running_node(settings: Settings) -> Iterator[Node]:
    """Runs a server with these settings on a port of its own; its public address becomes that port's."""
    with listen("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        own = replace(settings, public_url=url)
        server = server_of(create_app(own), own.trusted_proxies)
        # A loop in its own thread keeps the test's loop free, and leaves none behind where a browser drives.
        thread = threading.Thread(target=server.run, args=([listener],), name=url, daemon=True)
        thread.start()
        wait_until(lambda: server.started or not thread.is_alive(), START_TIMEOUT_S, "the server to start")
        if not server.started:
            raise ServerFailed("the server ended while it started; its log says why")
        node = Node(url=url, settings=own, _server=server, _thread=thread)
        try:
            yield node
        finally:
            node.stop()
