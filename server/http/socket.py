"""The door for sockets: where they may come from, what they may speak, and who they speak for."""

from __future__ import annotations

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from protocol.errors import CLOSES, ProtocolViolation, Refused
from protocol.frames import SUBPROTOCOLS, Hello
from server import sessions
from server.http import credentials
from server.http.parts import parts_of
from server.http.security import comes_from_our_page
from server.hub.greeting import Greeting
from server.sessions import Standing


async def socket(websocket: WebSocket) -> None:
    """Let a socket in, or not: a foreign page gets no connection, an unknown subprotocol is told (4303)."""
    if credentials.bearer_token(websocket) is None and not comes_from_our_page(websocket):
        await websocket.close()  # before it is accepted: the handshake is refused with 403
        return
    subprotocol = next(
        (offered for offered in websocket.scope["subprotocols"] if offered in SUBPROTOCOLS), None
    )
    if subprotocol is None:
        await websocket.accept()
        await websocket.close(CLOSES["version"].code, CLOSES["version"].name)
        return

    async def greet(hello: Hello) -> Greeting:
        return await _greeting(websocket, hello)

    await parts_of(websocket).hub.serve(websocket, subprotocol, greet)


async def _greeting(websocket: WebSocket, hello: Hello) -> Greeting:
    """Who opened the socket, once it has said hello.

    Raises:
        ProtocolViolation: ``expired`` where nobody is signed in (any more), ``bad_ticket``.
    """
    found = await _standing(websocket, hello)
    if found is None:
        raise ProtocolViolation("expired")
    if credentials.bearer_token(websocket) is None and hello.token is None:
        database = parts_of(websocket).database
        if not await sessions.csrf_matches(database, found.person.session, hello.csrf or ""):
            raise ProtocolViolation("bad_ticket", "csrf")
    return Greeting(person=found.person, expires=found.expires_at)


async def _standing(websocket: WebSocket, hello: Hello) -> Standing | None:
    parts = parts_of(websocket)
    if hello.token is not None:
        return await sessions.find_api_token(parts.database, hello.token, parts.clock())
    try:
        return await credentials.standing(websocket)
    except Refused:
        return None


ROUTES = [WebSocketRoute("/ws", socket)]
