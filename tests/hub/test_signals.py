"""Signals: who hears that somebody writes, and how little a client learns from it (R4)."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import msgpack
import pytest

from protocol.frames import SIGNAL_INTERVAL_MS
from storage.keys import new_id
from tests.hub.house import House, HubNode
from tests.hub.peer import Frame, Peer, peer_at


async def test_r4_a_client_learns_that_the_firm_writes_and_not_who(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya, peer_at(node, house.people["ana"]) as ana:
        await priya.live()
        await ana.live()
        await _signal(priya, "typing", house.portal)
        heard = await ana.frame("signal")
        assert heard == {"type": "signal", "kind": "typing", "scope": house.portal, "ttl_ms": 4_000}


async def test_r4_a_client_learns_nothing_of_who_is_there_nor_of_other_clients(
    house: House, node: HubNode
) -> None:
    await house.add("marco")
    async with (
        peer_at(node, house.people["priya"]) as priya,
        peer_at(node, house.people["ana"]) as ana,
        peer_at(node, house.people["marco"]) as marco,
    ):
        for peer in (priya, ana, marco):
            await peer.live()
        await _signal(priya, "presence", house.portal)
        await _signal(marco, "typing", house.portal)
        assert (await priya.frame("signal"))["actor"] == str(house.people["marco"].id)
        assert await _heard(ana) == []


async def test_a_firm_user_learns_who_writes_in_a_shared_portal_and_not_in_others(
    house: House, node: HubNode
) -> None:
    async with AsyncExitStack() as stack:
        priya, tom, ana = [
            await stack.enter_async_context(peer_at(node, house.people[name]))
            for name in ("priya", "tom", "ana")
        ]
        for peer in (priya, tom, ana):
            await peer.live()
        await _signal(ana, "typing", house.portal)
        heard = await priya.frame("signal")
        assert heard["actor"] == str(house.people["ana"].id)
        assert await _heard(tom) == []
        await _signal(tom, "typing", house.portal)  # he is not of this portal
        assert await _heard(priya) == []
        assert await _heard(ana) == []


async def test_the_users_of_a_firm_learn_who_writes_in_a_thread_of_texts(house: House, node: HubNode) -> None:
    thread = str(house.people["marco"].id)
    async with (
        peer_at(node, house.people["priya"]) as priya,
        peer_at(node, house.people["tom"]) as tom,
        peer_at(node, house.people["marco"]) as marco,
    ):
        for peer in (priya, tom, marco):
            await peer.live()
        await _signal(tom, "typing", thread)
        assert (await priya.frame("signal"))["actor"] == str(house.people["tom"].id)
        assert await _heard(marco) == []
        await _signal(marco, "typing", thread)  # a client has no threads
        assert await _heard(tom) == []


async def test_one_signal_in_two_seconds_and_scope_goes_out(house: House, node: HubNode) -> None:
    other = await house.open_portal("ana")
    async with peer_at(node, house.people["priya"]) as priya, peer_at(node, house.people["ana"]) as ana:
        await priya.live()
        await ana.live()
        for _ in range(5):
            await _signal(ana, "typing", house.portal)
        await _signal(ana, "typing", other)
        assert [signal["scope"] for signal in await _heard(priya)] == [house.portal, other]
        node.hands.move_on(SIGNAL_INTERVAL_MS)
        await _signal(ana, "typing", house.portal)
        assert len(await _heard(priya)) == 1


async def test_a4_one_who_left_hears_no_more_signals(house: House, node: HubNode) -> None:
    await house.add("tom")
    async with peer_at(node, house.people["tom"]) as tom, peer_at(node, house.people["ana"]) as ana:
        await tom.live()
        await ana.live()
        await house.remove("tom")
        await tom.told("portal.left")
        await _signal(ana, "typing", house.portal)
        assert await _heard(tom) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xc1",
        msgpack.packb({"kind": "typing"}),
        msgpack.packb({"node": "x", "kind": "shouting", "scope": "y"}),
        b"\x80" * 1_000,
    ],
)
async def test_i14_a_forged_signal_that_cannot_be_read_does_nothing(
    house: House, node: HubNode, content: bytes
) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.live()
        node.hub.heard_signal(str(house.firm), content)
        assert await _heard(priya) == []


async def test_i14_a_forged_signal_reaches_only_those_who_are_of_its_portal(
    house: House, node: HubNode
) -> None:
    async with peer_at(node, house.people["tom"]) as tom, peer_at(node, house.people["ana"]) as ana:
        await tom.live()
        await ana.live()
        forged: dict[str, Any] = {
            "node": "elsewhere",
            "kind": "presence",
            "scope": house.portal,
            "in_portal": True,
            "ttl_ms": 10,
            "actor": str(new_id()),
            "side": "firm",
        }
        node.hub.heard_signal(str(house.firm), msgpack.packb(forged))
        assert await _heard(tom) == []
        assert await _heard(ana) == []


async def _signal(peer: Peer, kind: str, scope: str) -> None:
    await peer.send({"type": "signal", "kind": kind, "scope": scope, "ttl_ms": 4_000})
    await peer.settle()


async def _heard(peer: Peer) -> list[Frame]:
    """The signals that have come: whatever was sent before a pong is here once the pong is."""
    await peer.settle()
    signals = [frame for frame in peer.others if frame["type"] == "signal"]
    peer.others.clear()
    return signals
