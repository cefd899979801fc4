"""Commands over a socket: one after another, each to its end, each answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from protocol.commands.portals import Done, SaveDraft
from protocol.frames import COMMANDS_BURST, MAX_COMMANDS_IN_FLIGHT, CommandFrame, Reply
from server.access import Person
from server.clock import wall_clock
from server.hub.commands import Commands
from server.transaction import Transaction
from storage.models import Message
from tests.hub.house import House, HubNode, comes_true, running_hub
from tests.hub.peer import Peer, peer_at


class Held:
    """A command that runs until the test lets it go on, and keeps count."""

    def __init__(self) -> None:
        self.began = 0
        self.ended = 0
        self.go = asyncio.Event()

    async def save(self, change: Transaction, who: Person, args: SaveDraft) -> Done:
        """Stands in for ``draft.save``."""
        self.began += 1
        await self.go.wait()
        self.ended += 1
        return Done(id=args.scope, version=1)


async def _ask_to_save(peer: Peer, house: House) -> int:
    return await peer.ask("draft.save", scope=house.portal, channel="portal", text="x")


async def test_a_reply_covers_the_commands_last_event(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.live()
        reply = await priya.command("message.send", portal=house.portal, text="hello")
        event = await priya.hears("hello")
        assert reply["ok"]
        assert reply["result"]["message"] == event["entity"]
        assert reply["upto"] == priya.cursor


async def test_i10_commands_of_one_connection_run_one_after_another(house: House) -> None:
    held = Held()
    async with (
        running_hub(house.url, house.bell, commands={"draft.save": held.save}) as node,
        peer_at(node, house.people["priya"]) as priya,
    ):
        await priya.hello()
        first = await _ask_to_save(priya, house)
        second = await priya.ask("message.send", portal=house.portal, text="behind it")
        await comes_true(lambda: held.began == 1)
        await priya.settle()
        assert priya.others == []
        held.go.set()
        answers = [(await priya.frame("reply"))["id"] for _ in range(2)]
        assert answers == [first, second]


async def test_i10_an_overtaken_command_is_refused(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.hello()
        await priya.ask("message.send", portal=house.portal, text="lost on the way")  # number 1
        assert (await priya.frame("reply"))["ok"]
        priya._number -= 1
        reply = await priya.command("message.send", portal=house.portal, text="an old one")
        assert reply["error"]["code"] == "out_of_order"
        assert reply["error"]["temporary"]


async def test_i9_one_key_has_one_effect(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.live()
        first = await priya.command("message.send", key="same-key", portal=house.portal, text="once")
        again = await priya.command("message.send", key="same-key", portal=house.portal, text="once")
        other = await priya.command("message.send", key="same-key", portal=house.portal, text="twice")
        assert again["result"] == first["result"]
        assert again["repeated"]
        assert other["error"]["code"] == "key_reused"
        assert await _messages(house) == 2  # with the one that opened the portal


async def test_i1_a_command_goes_on_when_its_socket_is_gone(house: House) -> None:
    held = Held()
    async with running_hub(house.url, house.bell, commands={"draft.save": held.save}) as node:
        async with peer_at(node, house.people["priya"]) as priya:
            await priya.hello()
            await _ask_to_save(priya, house)
            await priya.ask("message.send", portal=house.portal, text="said and gone")
            await comes_true(lambda: held.began == 1)
            await priya.settle()
            priya.websocket.transport.abort()
        await comes_true(lambda: not node.hub._connections)
        held.go.set()
        async with asyncio.timeout(5):
            while await _messages(house) < 2:
                await asyncio.sleep(0.005)
        assert held.ended == 1


async def test_i8_what_a_revoked_session_had_asked_for_does_not_begin(house: House) -> None:
    held = Held()
    async with running_hub(house.url, house.bell, commands={"draft.save": held.save}) as node:
        phone = await house.sign_in("priya")
        async with peer_at(node, phone) as priya:
            await priya.hello()
            await _ask_to_save(priya, house)
            await _ask_to_save(priya, house)
            await comes_true(lambda: held.began == 1)
            await priya.settle()
            # The held command has SQLite's only writer, so the end of the session cannot come by the log.
            next(iter(node.hub._connections)).end("session_revoked")
            held.go.set()
            assert await priya.closed() == 4401
        await comes_true(lambda: not node.hub._commands)
        assert held.began == held.ended == 1


async def test_more_than_32_in_flight_are_told_to_wait(house: House) -> None:
    held = Held()
    async with (
        running_hub(house.url, house.bell, commands={"draft.save": held.save}) as node,
        peer_at(node, house.people["priya"]) as priya,
    ):
        await priya.hello()
        for _ in range(MAX_COMMANDS_IN_FLIGHT):
            await _ask_to_save(priya, house)
        one_more = await _ask_to_save(priya, house)
        reply = await priya.frame("reply")
        assert reply["id"] == one_more
        assert reply["error"]["code"] == "too_many"
        assert reply["error"]["temporary"]
        assert reply["error"]["retry_after_ms"] > 0
        held.go.set()
        for _ in range(MAX_COMMANDS_IN_FLIGHT):
            assert (await priya.frame("reply"))["ok"]


async def test_as_many_as_are_allowed_may_come_in_one_moment(house: House) -> None:
    """All are read before the first begins to run, which must not be counted twice for it."""
    begun: list[Coroutine[Any, Any, None]] = []
    told: list[Reply] = []
    commands = Commands(
        house.dispatch, house.people["priya"], "one-device", told.append, begun.append, wall_clock, wall_clock
    )
    for number in range(MAX_COMMANDS_IN_FLIGHT):
        commands.ask(CommandFrame(id=number, key=f"key-{number:04}", name="draft.save", args={}))
    assert told == []
    commands.ask(CommandFrame(id=32, key="one-too-many", name="draft.save", args={}))
    assert [reply.id for reply in told] == [32]
    for work in begun:
        work.close()


async def test_more_than_twenty_a_second_are_told_to_wait_and_how_long(house: House, node: HubNode) -> None:
    async with peer_at(node, house.people["priya"]) as priya:
        await priya.hello()
        asked = 0
        while True:
            reply = await priya.command("matter.nothing")
            asked += 1
            if reply["error"]["code"] == "too_many":
                break
            assert reply["error"]["code"] == "unknown_command"
        assert asked > COMMANDS_BURST
        assert 0 < reply["error"]["retry_after_ms"] <= 50
        node.hands.move_on(reply["error"]["retry_after_ms"])
        assert (await priya.command("matter.nothing"))["error"]["code"] == "unknown_command"


async def test_a_bug_is_answered_with_a_reference_and_the_connection_lives(house: House, capsys: Any) -> None:
    async def broken(*_: object) -> Done:
        raise ZeroDivisionError("the client's secret")

    async with (
        running_hub(house.url, house.bell, commands={"draft.save": broken}) as node,
        peer_at(node, house.people["priya"]) as priya,
    ):
        await priya.live()
        number = await _ask_to_save(priya, house)
        reply = await priya.frame("reply")
        assert reply["id"] == number
        assert reply["error"]["code"] == "internal"
        assert "secret" not in reply["error"]["message"]
        assert (await priya.command("message.send", portal=house.portal, text="and on"))["ok"]
    said = capsys.readouterr().out
    assert said.count("command.failed") == 1
    reference = reply["error"]["message"].split("(")[1].split(")")[0]
    assert reference in said


async def test_commands_in_flight_finish_before_the_node_ends(house: House) -> None:
    held = Held()
    async with running_hub(house.url, house.bell, commands={"draft.save": held.save}) as node:
        async with peer_at(node, house.people["priya"]) as priya, asyncio.TaskGroup() as tasks:
            await priya.hello()
            await _ask_to_save(priya, house)
            await comes_true(lambda: held.began == 1)
            draining = tasks.create_task(node.hub.drain())
            assert await priya.closed() == 4001
            assert not draining.done()
            held.go.set()
        assert held.ended == 1


async def _messages(house: House) -> int:
    async with house.database.snapshot(house.firm):
        return await Message.filter(portal_id=house.portal).count()
