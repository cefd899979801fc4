from __future__ import annotations

import asyncio

import pytest

from protocol.client import CommandRefused, Outbox
from protocol.frames import Problem
from tests.protocol.far_side import OTHER, PORTAL, far_side
from tests.protocol.near_side import connected, eventually


async def test_i9_a_lost_reply_is_asked_for_again_with_the_same_key_and_number() -> None:
    async with far_side(replies_to_lose=2) as far, connected(far) as client:
        result = await client.command("message.send", portal=PORTAL, text="Once")
        assert result == {"effect": 1}
    assert len(far.commands) == 3
    assert len({(command.id, command.key) for command in far.commands}) == 1
    assert len(far.effects) == 1


async def test_i10_commands_are_sent_in_order_and_repeated_in_order() -> None:
    async with far_side() as far, connected(far) as client:
        far.mute = True
        async with asyncio.TaskGroup() as tasks:
            for number in range(5):
                tasks.create_task(client.command("message.send", portal=PORTAL, text=str(number)))
            await eventually(lambda: len(far.commands) == 5)
            far.mute = False
            far.cut()
    assert [command.id for command in far.commands] == [1, 2, 3, 4, 5] * 2
    assert [command.args["text"] for command in far.commands] == list("01234") * 2


async def test_no_more_commands_are_in_flight_than_the_server_allows() -> None:
    async with far_side(commands_in_flight=2) as far, connected(far) as client:
        far.mute = True
        async with asyncio.TaskGroup() as tasks:
            for number in range(5):
                tasks.create_task(client.command("draft.save", text=str(number)))
            await eventually(lambda: len(far.commands) == 2)
            await client.signal("typing", PORTAL)
            await eventually(lambda: len(far.signals) == 1)
            assert len(far.commands) == 2
            far.mute = False
            far.cut()
    assert len(far.effects) == 5


async def test_a_refusal_is_raised_with_its_code_and_may_be_tried_again_under_its_key() -> None:
    async with far_side() as far, connected(far) as client:
        far.refuse = Problem(code="too_many", message="Wait.", temporary=True, retry_after_ms=40)
        with pytest.raises(CommandRefused) as refused:
            await client.command("text.send", contact=OTHER, text="Hello")
        assert (refused.value.code, refused.value.temporary, refused.value.retry_after_ms) == (
            "too_many",
            True,
            40,
        )
        far.refuse = None
        await client.command("text.send", key=refused.value.key, contact=OTHER, text="Hello")
    assert len({command.key for command in far.commands}) == 1
    assert [command.id for command in far.commands] == [1, 2]


async def test_a_command_given_while_the_line_is_cut_is_sent_when_it_returns() -> None:
    async with far_side() as far, connected(far) as client:
        far.cut()
        assert await client.command("contact.create", name="Grace") == {"effect": 1}
    assert far.commands[-1].args == {"name": "Grace"}


async def test_cancelling_the_wait_does_not_take_the_command_back() -> None:
    async with far_side() as far, connected(far) as client:
        far.mute = True
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await client.command("draft.save", text="Never mind")
        far.mute = False
        far.cut()
        await eventually(lambda: len(far.effects) == 1)


async def test_an_outbox_settles_a_command_once() -> None:
    outbox = Outbox()
    kept = outbox.add("draft.save", {})
    outbox.settle({"id": 1, "ok": True, "result": 1})
    outbox.settle({"id": 1, "ok": True, "result": 2})
    outbox.settle({"id": 99, "ok": True})
    assert await kept.reply == 1
    assert len(outbox) == 0
