"""What was deleted is gone from every path to a socket."""

from __future__ import annotations

import pytest

from server.hub.doorbell import LocalDoorbell
from tests.hub.house import SLEEPY, House, HubNode, running_hub
from tests.hub.peer import peer_at

SECRET = "the settlement is 125,000"


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_p5_the_bytes_of_a_deleted_message_never_reach_one_who_comes_back(
    house: House, node: HubNode, encoding: str
) -> None:
    start = str(await house.end_of_log("priya"))
    async with peer_at(node, house.people["priya"], encoding) as live:
        await live.live()
        message = await house.say("priya", SECRET)
        await live.hears(SECRET)  # so its bytes are in the tail
        await house.do("priya", "message.delete", message=message)
        await live.told("message.deleted")
        async with peer_at(node, house.people["priya"], encoding) as back:
            await back.hello(start)
            await back.told("message.deleted")
            assert all(event["tombstone"] for event in back.events if event["entity"] == message)
            assert SECRET.encode() not in b"".join(back.raw)


async def test_p5_a_socket_that_was_deaf_gets_a_tombstone_and_never_the_text(house: House) -> None:
    async with (
        running_hub(house.url, LocalDoorbell(), pace=SLEEPY) as deaf,
        peer_at(deaf, house.people["ana"]) as ana,
    ):
        await ana.live()
        message = await house.say("priya", SECRET)
        await house.do("priya", "message.delete", message=message)
        deaf.bell.ring({str(house.people["ana"].log): await house.end_of_log("ana")})
        await ana.told("message.deleted")
        assert SECRET.encode() not in b"".join(ana.raw)
