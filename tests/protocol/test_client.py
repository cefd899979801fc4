from __future__ import annotations

import asyncio

import pytest

from protocol.client import Backoff, Client, Credential, Memory
from protocol.codec import Encoding
from protocol.frames import Bye
from tests.protocol.far_side import ME, OTHER, PORTAL, event, far_side, message, sent
from tests.protocol.near_side import DEADLINE_S, connected, eventually, holds, near_side, numbers, stopping


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_a_new_client_takes_a_snapshot_and_follows_from_its_cursor(encoding: Encoding) -> None:
    async with far_side() as far:
        await far.append(sent(1))
        async with connected(far, encoding=encoding) as client:
            assert numbers(client.state) == [1]
            await far.append(sent(2), sent(3))
            await holds(client, 1, 2, 3)
            assert client.state.cursor == "c3"
            assert client.state.unread.of(PORTAL) == [1, 2, 3]
    assert far.snapshots == ["/api/inbox.get"]


async def test_i6_what_was_missed_while_the_line_was_cut_arrives_once_and_in_order() -> None:
    async with far_side() as far, connected(far) as client:
        stream = client.events()
        await far.append(sent(1))
        await holds(client, 1)
        far.cut()
        far.events.append(sent(2))
        await far.append(sent(3))
        await holds(client, 1, 2, 3)
        assert [(await anext(stream))["body"]["number"] for _ in range(3)] == [1, 2, 3]
        assert far.hellos[-1].cursor == "c1"
        assert len(far.snapshots) == 1


async def test_i5_a_batch_that_begins_elsewhere_is_not_applied() -> None:
    async with far_side() as far, connected(far) as client:
        await far.append(sent(1))
        await holds(client, 1)
        await far.send({"type": "events", "after": "c5", "upto": "c6", "events": [sent(6)]})
        await client.until(lambda _: client.connections == 2)
        await far.append(sent(2))
        await holds(client, 1, 2)


async def test_an_empty_batch_moves_the_cursor() -> None:
    async with far_side() as far, connected(far) as client:
        far.mute = True
        far.events.append(event("of.another", None))
        await far.send({"type": "events", "after": "c0", "upto": "c1", "events": []})
        await client.until(lambda state: state.cursor == "c1")


async def test_kinds_and_frames_of_a_newer_server_are_ignored_but_the_cursor_moves() -> None:
    async with far_side() as far, connected(far) as client:
        await far.send({"type": "weather", "report": "rain"})
        await far.append(event("moon.rose", {"id": "x", "phase": "full"}), sent(1, sticker="owl"))
        await holds(client, 1)
        assert client.state.cursor == "c2"
        assert client.connections == 1


async def test_a_reset_replaces_the_state_and_says_so() -> None:
    async with far_side() as far, connected(far) as client:
        await far.append(sent(1))
        await holds(client, 1)
        stream = client.events()
        far.events[:] = [sent(7)]
        await far.reset("compacted")
        await holds(client, 7)
        assert await anext(stream) == {"kind": "reset", "reason": "compacted"}
        await far.append(sent(8))
        await holds(client, 7, 8)
        assert client.connections == 1


async def test_a_cursor_that_the_server_no_longer_knows_leads_to_a_snapshot() -> None:
    memory = Memory()
    async with far_side() as far:
        async with connected(far, memory=memory) as client:
            await far.append(sent(1))
            await holds(client, 1)
        far.forgotten.add("c1")
        far.events[:] = [sent(4)]
        async with connected(far, memory=memory) as client:
            await holds(client, 4)


async def test_a_later_client_resumes_where_an_earlier_one_ended() -> None:
    memory = Memory()
    async with far_side() as far:
        async with connected(far, memory=memory) as client:
            await client.command("message.send", portal=PORTAL, text="one")
            await far.append(sent(1))
            await holds(client, 1)
        far.events.append(sent(2))
        async with connected(far, memory=memory) as client:
            await holds(client, 1, 2)
            await client.command("message.send", portal=PORTAL, text="two")
    assert len(far.snapshots) == 1
    assert [command.id for command in far.commands] == [1, 2]
    assert far.hellos[0].device == far.hellos[1].device


async def test_silence_ends_a_connection_that_only_looks_alive() -> None:
    async with far_side(heartbeat_ms=50) as far, connected(far) as client:
        far.mute = True
        far.events.append(sent(1))
        await eventually(lambda: len(far.hellos) >= 2)
        far.mute = False
        await holds(client, 1)


async def test_a_pong_carries_the_applied_cursor() -> None:
    async with far_side() as far, connected(far) as client:
        await far.append(sent(1))
        await holds(client, 1)
        await far.ping()
        await eventually(lambda: len(far.pongs) == 1)
    assert (far.pongs[0].n, far.pongs[0].cursor) == (7, "c1")


async def test_signals_go_both_ways() -> None:
    async with far_side() as far, connected(far) as client:
        stream = client.signals()
        await client.signal("typing", PORTAL, ttl_ms=3_000)
        heard = await anext(stream)
    assert (heard["kind"], heard["scope"], heard["actor"], heard["ttl_ms"]) == (
        "typing",
        PORTAL,
        OTHER,
        3_000,
    )


@pytest.mark.parametrize("code", [1001, 1011, 1012, 4000, 4001, 4005, 4099])
async def test_codes_of_the_network_and_of_family_40_keep_the_cursor(code: int) -> None:
    async with far_side() as far, connected(far) as client:
        await far.append(sent(1))
        await holds(client, 1)
        await far.close(code)
        await client.until(lambda _: client.connections == 2)
        await far.append(sent(2))
        await holds(client, 1, 2)
    assert far.hellos[1].cursor == "c1"


async def test_family_41_gets_a_new_credential_and_resumes() -> None:
    asked = 0

    async def renew() -> Credential:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise ConnectionRefusedError("the ticket office is closed")
        return Credential(ticket=f"ticket-{asked}")

    async with far_side() as far, connected(far, renew=renew) as client:
        far.greeting = Bye(code=4199, reason="unknown, but of the family", retry_ms=(0, 5))
        await far.close(4100)
        await eventually(lambda: asked >= 3)
        far.greeting = None
        await far.append(sent(1))
        await holds(client, 1)
    assert [hello.token for hello in far.hellos[:3]] == ["ticket-1", "ticket-1", "ticket-2"]


async def test_a_fault_in_what_was_handed_in_reaches_whoever_runs_the_client() -> None:
    async def renew() -> Credential:
        raise LookupError("a fault")

    async with far_side() as far:
        with pytest.raises(ExceptionGroup) as group:
            async with connected(far, renew=renew):
                await far.close(4100)
                await asyncio.Event().wait()
    assert group.group_contains(LookupError)


async def test_family_42_drops_the_cursor() -> None:
    async with far_side() as far, connected(far) as client:
        await far.append(sent(1))
        await holds(client, 1)
        await far.close(4200)
        await eventually(lambda: len(far.snapshots) == 2)
    assert far.hellos[1].cursor is None


@pytest.mark.parametrize("code", [4100, 4300, 4303, 4399, 4400, 4401, 4403, 4499])
async def test_families_43_and_44_stop_the_client_and_so_does_an_expiry_that_cannot_be_renewed(
    code: int,
) -> None:
    async with far_side() as far, connected(far) as client:
        stream = client.events()
        far.mute = True
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(stopping(client.command("draft.save", text="lost")))
            await eventually(lambda: len(far.commands) == 1)
            await far.close(code)
        assert waiting.result().code == code
        assert (await stopping(anext(stream))).code == code
        assert (await stopping(client.live())).code == code
        assert (await stopping(client.command("draft.save", text="later"))).code == code
    assert len(far.hellos) == 1


async def test_a_bye_is_heeded_before_the_close() -> None:
    async with far_side() as far:
        far.greeting = Bye(code=4402, reason="suspended", retry_ms=(0, 0))
        async with asyncio.timeout(DEADLINE_S), near_side(far) as client:
            stopped = await stopping(client.live())
    assert (stopped.code, stopped.reason) == (4402, "suspended")


async def test_a_snapshot_that_cannot_be_had_is_tried_again() -> None:
    async with far_side(snapshots_to_refuse=2) as far, connected(far) as client:
        assert client.connections == 3


async def test_a_cookie_comes_with_the_origin_of_the_servers_pages() -> None:
    async with far_side() as far:
        credential = Credential(cookie="session=abc", csrf="token-of-the-session")
        async with connected(far, credential=credential):
            pass
    headers = {name.lower(): value for name, value in far.headers[0].items()}
    assert headers["cookie"] == "session=abc"
    assert headers["origin"] == far.url.replace("ws://", "http://").removesuffix("/ws")
    assert far.hellos[0].csrf == "token-of-the-session"
    assert "abc" not in repr(credential)


async def test_a_programs_token_travels_in_the_handshake_alone() -> None:
    credential = Credential(token="program-1")
    assert "program-1" not in repr(credential)
    async with far_side() as far, connected(far, credential=credential):
        pass
    headers = {name.lower(): value for name, value in far.headers[0].items()}
    assert headers["authorization"] == "Bearer program-1"
    assert "origin" not in headers
    assert far.hellos[0].token is None


async def test_a_server_that_is_away_is_tried_until_it_is_there() -> None:
    async with far_side() as far:
        gone = far.url
    async with (
        asyncio.timeout(DEADLINE_S),
        Client(gone, credential=Credential(), fetch_snapshot=far.snapshot, backoff=Backoff(5, 10)) as client,
    ):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.live()


async def test_leaving_a_client_leaves_no_task_and_lets_errors_pass() -> None:
    before = asyncio.all_tasks()
    async with far_side() as far:
        with pytest.raises(LookupError):
            async with connected(far):
                raise LookupError("the body's own")
        async with connected(far) as client:
            stream = client.events()
    assert (await stopping(anext(stream))).code == 1000
    assert asyncio.all_tasks() == before


async def test_leaving_a_client_while_its_connection_ends_does_not_wait() -> None:
    for turns in range(25):
        async with far_side() as far, connected(far):
            await far.send({"type": "events", "after": "elsewhere", "upto": "c1", "events": []})
            for _ in range(turns):
                await asyncio.sleep(0)


async def test_own_messages_are_never_unread() -> None:
    async with far_side() as far, connected(far) as client:
        await far.append(event("message.sent", message(1, author=ME)), sent(2))
        await holds(client, 1, 2)
        assert client.state.unread.of(PORTAL) == [2]


def test_waits_are_random_below_a_bound_that_doubles_up_to_thirty_seconds() -> None:
    for _ in range(50):
        backoff = Backoff()
        waits = [backoff.next_ms() for _ in range(10)]
        bounds = [min(30_000, 1_000 * 2**failures) for failures in range(10)]
        assert all(0 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    backoff = Backoff()
    firsts = {backoff.next_ms() for _ in range(40)}
    assert len(firsts) == 40
    assert max(firsts) > 4_000
    backoff.reset()
    assert backoff.next_ms() <= 1_000
    assert 2_000 <= backoff.next_ms((2_000, 2_500)) <= 2_500
