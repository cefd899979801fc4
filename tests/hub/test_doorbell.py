"""Two nodes, one PostgreSQL, and a Redis that is absent, killed, deaf or lying: nothing is lost (I14)."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import pytest_asyncio
import redis.asyncio as redis

from server.hub.doorbell import FIRM_CHANNEL, LOG_CHANNEL, RedisDoorbell
from server.hub.pace import Pace
from tests.hub.house import SLEEPY, House, HubNode, open_house, running_hub
from tests.hub.peer import Peer, peer_at
from tests.servers import ValkeyServer, free_port, valkey_server

USUAL = Pace()
"""With the sweep that runs in production."""
HEALED_WITHIN_S = 5.0


@pytest_asyncio.fixture
async def house(postgres_url: str) -> AsyncIterator[House]:
    async with open_house(postgres_url) as opened:
        yield opened


@asynccontextmanager
async def two_nodes(
    house: House, redis_url: str, pace: Pace = USUAL
) -> AsyncIterator[tuple[HubNode, HubNode]]:
    """Two nodes with a bell each."""
    async with (
        running_hub(house.url, RedisDoorbell(redis_url), pace=pace) as one,
        running_hub(house.url, RedisDoorbell(redis_url), pace=pace) as two,
    ):
        yield one, two


@asynccontextmanager
async def priya_and_ana(house: House, one: HubNode, two: HubNode) -> AsyncIterator[tuple[Peer, Peer]]:
    """The lawyer on one node, the client on the other, both live."""
    async with peer_at(one, house.people["priya"]) as priya, peer_at(two, house.people["ana"]) as ana:
        await priya.live()
        await ana.live()
        yield priya, ana


async def test_the_bell_brings_an_event_to_the_other_node_without_any_sweep(
    house: House, valkey: ValkeyServer
) -> None:
    async with (
        two_nodes(house, valkey.url, SLEEPY) as (one, two),
        priya_and_ana(house, one, two) as (priya, ana),
    ):
        await _listening(valkey, house, "ana")
        await _listening(valkey, house, "priya")
        for count in range(20):
            reply = await priya.command("message.send", portal=house.portal, text=f"question {count}")
            assert reply["ok"]
            await ana.hears(f"question {count}")
            await ana.command("message.send", portal=house.portal, text=f"answer {count}")
            await priya.hears(f"answer {count}")


async def test_r4_signals_cross_nodes_without_a_name(house: House, valkey: ValkeyServer) -> None:
    async with two_nodes(house, valkey.url) as (one, two), priya_and_ana(house, one, two) as (priya, ana):
        await _listening(valkey, house, "ana")
        await priya.send({"type": "signal", "kind": "typing", "scope": house.portal, "ttl_ms": 4_000})
        assert "actor" not in await ana.frame("signal")
        await ana.send({"type": "signal", "kind": "typing", "scope": house.portal, "ttl_ms": 4_000})
        assert (await priya.frame("signal"))["actor"] == str(house.people["ana"].id)


async def test_i14_redis_absent(house: House) -> None:
    async with (
        two_nodes(house, f"redis://127.0.0.1:{free_port()}/0") as (one, two),
        priya_and_ana(house, one, two) as (priya, ana),
    ):
        await _converse(house, priya, ana, 3)


async def test_i14_redis_killed_while_everybody_writes(house: House) -> None:
    async with AsyncExitStack() as redis_life:
        server = redis_life.enter_context(valkey_server())
        async with two_nodes(house, server.url) as (one, two), priya_and_ana(house, one, two) as (priya, ana):
            await _converse(house, priya, ana, 2)
            server.process.kill()
            await _converse(house, priya, ana, 3)


async def test_i14_redis_that_no_longer_answers(house: House) -> None:
    with valkey_server() as server:
        async with two_nodes(house, server.url) as (one, two), priya_and_ana(house, one, two) as (priya, ana):
            await _converse(house, priya, ana, 1)
            os.kill(server.process.pid, signal.SIGSTOP)
            try:
                await _converse(house, priya, ana, 3)
            finally:
                os.kill(server.process.pid, signal.SIGCONT)
            await _converse(house, priya, ana, 1)


async def test_i14_a_bell_that_was_cut_off_looks_at_once_when_it_hears_again(
    house: House, valkey: ValkeyServer
) -> None:
    async with (
        two_nodes(house, valkey.url, SLEEPY) as (one, two),
        priya_and_ana(house, one, two) as (priya, ana),
    ):
        await _listening(valkey, house, "ana")
        async with redis.Redis.from_url(valkey.url) as cutter:
            await cutter.client_kill_filter(_type="pubsub")
            await house.say("priya", "said while nobody could hear")  # nobody rings for this one at all
        await ana.hears("said while nobody could hear")
        await priya.hears("said while nobody could hear")


async def test_i14_redis_flushed_and_full_of_lies(house: House, valkey: ValkeyServer) -> None:
    async with two_nodes(house, valkey.url) as (one, two), priya_and_ana(house, one, two) as (priya, ana):
        await _listening(valkey, house, "ana")
        async with redis.Redis.from_url(valkey.url) as liar:
            await liar.flushall()
            for lie in (b"99999999999999", b"-1", b"", b"many", b"\xff" * 3_000, b"9" * 30):
                await liar.publish(LOG_CHANNEL + str(house.people["ana"].log), lie)
                await liar.publish(LOG_CHANNEL + str(house.firm), lie)
                await liar.publish(FIRM_CHANNEL + str(house.firm), lie)
        await _converse(house, priya, ana, 3)
        await priya.settle()
        await ana.settle()
        assert [frame for frame in priya.others + ana.others if frame["type"] == "signal"] == []


async def test_i14_a_server_that_speaks_something_else(house: House) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n\0\xff*9999999999\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as babbler:
        port = babbler.sockets[0].getsockname()[1]
        async with (
            two_nodes(house, f"redis://127.0.0.1:{port}/0") as (one, two),
            priya_and_ana(house, one, two) as (priya, ana),
        ):
            await _converse(house, priya, ana, 2)


async def test_i8_a_node_that_is_deaf_to_redis_still_ends_sessions_and_stays(house: House) -> None:
    await house.add("tom")
    async with two_nodes(house, f"redis://127.0.0.1:{free_port()}/0") as (one, _):
        phone = await house.sign_in("priya")
        async with peer_at(one, phone) as pocket, peer_at(one, house.people["tom"]) as tom:
            await pocket.live()
            await tom.live()
            await house.sign_out(phone)
            await house.remove("tom")
            assert await pocket.closed() == 4401
            await tom.told("portal.left")


async def test_i6_a_store_that_was_away_is_caught_up_with(house: House) -> None:
    async with (
        running_hub(house.url, house.bell) as node,
        peer_at(node, house.people["priya"]) as priya,
        peer_at(node, house.people["ana"]) as idle,
    ):
        await priya.live()
        welcome = await idle.hello()
        async with _store_away(house):
            reply = await priya.command("message.send", portal=house.portal, text="cannot be kept")
            assert reply["error"]["code"] == "unavailable"
            await idle.send({"type": "resume", "cursor": welcome["cursor"]})
            assert await idle.closed() == 4005
        await house.say("ana", "after it came back")
        async with asyncio.timeout(HEALED_WITHIN_S):
            await priya.hears("after it came back")
        assert priya.texts == ["after it came back"]


async def _converse(house: House, priya: Peer, ana: Peer, times: int) -> None:
    """Both hear each other within the time that healing may take, once and in order."""
    for _ in range(times):
        count = len(priya.texts)
        await priya.command("message.send", portal=house.portal, text=f"question {count}")
        await ana.command("message.send", portal=house.portal, text=f"answer {count}")
        async with asyncio.timeout(HEALED_WITHIN_S):
            for peer in (priya, ana):
                await peer.hears(f"question {count}")
                await peer.hears(f"answer {count}")
    assert priya.texts == ana.texts, "I11: both logs hold them in the same order"
    assert len(set(priya.texts)) == len(priya.texts)


async def _listening(valkey: ValkeyServer, house: House, who: str) -> None:
    """Wait until a node hears the log of somebody."""
    channel = (LOG_CHANNEL + str(house.people[who].log)).encode()
    async with redis.Redis.from_url(valkey.url) as asker, asyncio.timeout(HEALED_WITHIN_S):
        while channel not in await asker.pubsub_channels():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def _store_away(house: House) -> AsyncIterator[None]:
    """Everybody is cut off from the database, and finds none of its name."""
    base, name = house.url.rsplit("/", 1)
    keeper = await asyncpg.connect(f"{base}/postgres")
    try:
        await keeper.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        await keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        await keeper.execute(f"ALTER DATABASE {name} RENAME TO {name}_away")
        yield
        await keeper.execute(f"ALTER DATABASE {name}_away RENAME TO {name}")
        await keeper.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
    finally:
        await keeper.close()
