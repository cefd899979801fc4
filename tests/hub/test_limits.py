"""What a socket may not do, and the code that it is closed with: every deadline, every limit, every state."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from protocol.errors import CLOSES, ProtocolViolation
from protocol.frames import (
    HEARTBEAT_MS,
    HELLO_TIMEOUT_MS,
    MAX_INBOUND_FRAME_BYTES,
    MAX_SOCKETS_PER_PERSON,
    SILENCE_TIMEOUT_MS,
)
from server.hub.connection import FRAMES_BURST
from storage.errors import StoreAway
from tests.hub.house import QUICK, House, HubNode, running_hub
from tests.hub.peer import Peer, peer_at

UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Protocol: causeway.v1.json\r\n\r\n"
)


async def test_4304_one_who_says_nothing_for_ten_seconds_is_sent_away(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        node.hands.move_on(HELLO_TIMEOUT_MS)
        assert await _goodbye(peer) == 4304


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "ping", "n": 1},
        {"type": "resume", "cursor": "1.1"},
        {"type": "command", "id": 1, "key": "aaaaaaaa", "name": "x", "args": {}},
        {"type": "nonsense"},
        {"type": "hello"},
        {"type": "hello", "app": "x", "device": "aaaaaaaa", "more": 1},
    ],
)
async def test_4300_the_first_frame_is_a_whole_hello(
    house: House, node: HubNode, frame: dict[str, Any]
) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.send(frame)
        assert await _goodbye(peer) == 4300


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "hello", "app": "x", "device": "aaaaaaaa"},
        {"type": "resume", "cursor": "1.1"},
        {"type": "ack", "cursor": "1.1", "lease": 1},
        {"type": "events", "after": "1.1", "upto": "1.1", "events": []},
    ],
)
async def test_4300_a_live_socket_takes_no_frame_out_of_its_state(
    house: House, node: HubNode, frame: dict[str, Any]
) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.live()
        await peer.send(frame)
        assert await _goodbye(peer) == 4300


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x81", b"{}", b"\x80" * 100])
async def test_4300_bytes_that_are_no_frame(house: House, node: HubNode, data: bytes) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.hello()
        await peer.websocket.send(data)
        assert await _goodbye(peer) == 4300


async def test_4301_a_frame_over_64_kib(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.hello()
        await peer.websocket.send(b"\0" * (MAX_INBOUND_FRAME_BYTES + 1))
        assert await _goodbye(peer) == 4301


async def test_a_frame_far_over_the_limit_is_not_even_read(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.hello()
        await peer.websocket.send(b"\0" * (3 * MAX_INBOUND_FRAME_BYTES))
        assert await peer.closed() == 1009


@pytest.mark.parametrize(("encoding", "data"), [("msgpack", "{}"), ("json", b"{}")])
async def test_4302_text_and_bytes_belong_to_different_subprotocols(
    house: House, node: HubNode, encoding: str, data: str | bytes
) -> None:
    async with peer_at(node, house.people["priya"], encoding) as peer:
        await peer.hello()
        await peer.websocket.send(data)
        assert await _goodbye(peer) == 4302


async def test_4002_one_who_answers_pings_stays_and_one_who_is_silent_goes(
    house: House, node: HubNode
) -> None:
    async with peer_at(node, house.people["priya"]) as alive, peer_at(node, house.people["tom"]) as silent:
        await alive.live()
        await silent.live()
        for _ in range(SILENCE_TIMEOUT_MS // HEARTBEAT_MS + 1):
            node.hands.move_on(HEARTBEAT_MS)
            ping = await alive.frame("ping")
            await alive.send({"type": "pong", "n": ping["n"], "cursor": alive.cursor})
            await alive.settle()
        assert await _goodbye(silent) == 4002
        await alive.settle()


async def test_4100_a_session_that_ends_by_time(house: House, node: HubNode) -> None:
    priya = house.people["priya"]
    node.expires[priya.session] = node.hands.wall() + 3_000
    async with peer_at(node, priya) as peer:
        welcome = await peer.hello()
        assert welcome["expires"] == node.expires[priya.session]
        node.hands.move_on(3_000)
        assert await _goodbye(peer) == 4100


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ProtocolViolation("bad_ticket"), 4101),
        (ProtocolViolation("forbidden"), 4400),
        (ProtocolViolation("suspended"), 4402),
        (StoreAway("gone"), 4005),
        (RuntimeError("a bug"), 4000),
    ],
)
async def test_a_hello_that_is_refused_says_why(
    house: House, node: HubNode, fault: Exception, code: int
) -> None:
    node.fault = fault
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.send({"type": "hello", "app": "x", "device": "aaaaaaaa"})
        assert await _goodbye(peer) == code


async def test_4403_the_eleventh_socket_of_a_person_ends_the_oldest(house: House, node: HubNode) -> None:
    async with AsyncExitStack() as stack:
        peers = []
        for _ in range(MAX_SOCKETS_PER_PERSON):
            peers.append(await stack.enter_async_context(peer_at(node, house.people["ana"])))
            await peers[-1].live()
        other = await stack.enter_async_context(peer_at(node, house.people["priya"]))
        await other.live()
        eleventh = await stack.enter_async_context(peer_at(node, house.people["ana"]))
        await eleventh.live()
        assert await _goodbye(peers[0]) == 4403
        for peer in [*peers[1:], other, eleventh]:
            await peer.settle()


async def test_strangers_are_counted_by_address_until_they_say_who_they_are(house: House) -> None:
    async with running_hub(house.url, house.bell, pace=replace(QUICK, strangers=3)) as node:
        async with AsyncExitStack() as stack:
            strangers = [
                await stack.enter_async_context(peer_at(node, house.people["priya"])) for _ in range(3)
            ]
            with pytest.raises(InvalidStatus) as refused:
                await stack.enter_async_context(peer_at(node, house.people["priya"]))
            assert refused.value.response.status_code == 429
            await strangers[0].hello()
            again = await stack.enter_async_context(peer_at(node, house.people["priya"]))
            await again.hello()
        async with peer_at(node, house.people["priya"]) as later:
            await later.hello()


async def test_4004_a_flood_of_frames(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.hello()
        for number in range(FRAMES_BURST + 50):
            await peer.send({"type": "ping", "n": number})
        assert await _goodbye(peer) == 4004


async def test_4001_everybody_is_sent_elsewhere_when_the_node_drains(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as one, peer_at(node, house.people["ana"]) as two:
        await one.live()
        await two.hello()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(node.hub.drain())
            assert await _goodbye(one) == 4001
            assert await _goodbye(two) == 4001
        with pytest.raises(InvalidStatus) as refused:
            await peer_at(node, house.people["priya"]).__aenter__()
        assert refused.value.response.status_code == 503


async def test_4001_the_server_that_is_told_to_stop_says_so(house: House, node: HubNode, wire: str) -> None:
    async with peer_at(node, house.people["priya"]) as peer:
        await peer.live()
        node.server.should_exit = True
        if wire == "own":
            assert await _goodbye(peer) == 4001
        else:
            assert await peer.closed() == 1012, "another server speaks for itself"


async def test_a_socket_that_is_cut_leaves_nothing_behind(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as witness:
        await witness.live()
        for _ in range(20):
            async with peer_at(node, house.people["ana"]) as peer:
                await peer.live()
                peer.websocket.transport.abort()
            with socket.create_connection(("127.0.0.1", node.port)) as hasty:
                hasty.sendall(UPGRADE)  # and away before it is accepted
        await house.say("ana", "still here")
        await witness.hears("still here")
        async with asyncio.timeout(5):
            while len(node.hub._connections) > 1:
                await asyncio.sleep(0.005)
        assert not node.hub._around.crowd._strangers
        assert list(node.hub._around.crowd._sockets) == [house.people["priya"].id]


async def _goodbye(peer: Peer) -> int:
    """The close code, after a ``bye`` that says the same and when to come back."""
    code = await peer.closed()
    bye = next(frame for frame in peer.others if frame["type"] == "bye")
    close = next(close for close in CLOSES.values() if close.code == code)
    assert bye["code"] == code
    assert bye["retry_ms"] == list(close.retry_ms)
    return code
