"""What was deleted is gone from every path to a socket."""

from __future__ import annotations

import pytest

from storage import log
from tests.hub.house import House, HubNode
from tests.hub.peer import peer_at

SECRET = "the settlement is 125,000"


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_p5_the_bytes_of_a_deleted_message_never_reach_one_who_comes_back(
    house: House, node: HubNode, encoding: str
) -> None:
    own = str(house.firm)
    start = str((await log.heads(house.database, [own]))[own].cursor)
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
    from server.hub.doorbell import LocalDoorbell
    from tests.hub.house import running_hub
    from tests.hub.test_resume import SLEEPY

    async with running_hub(house.url, LocalDoorbell(), pace=SLEEPY) as deaf:
        async with peer_at(deaf, house.people["ana"]) as ana:
            await ana.live()
            message = await house.say("priya", SECRET)
            await house.do("priya", "message.delete", message=message)
            own = str(house.people["ana"].log)
            deaf.bell.ring({own: (await log.heads(house.database, [own]))[own].cursor})
            await ana.told("message.deleted")
            assert SECRET.encode() not in b"".join(ana.raw)
