"""What somebody may not know never comes near them: in no frame, in no answer, in no header (P9)."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from protocol.codec import Encoding
from protocol.commands import COMMANDS
from protocol.queries import QUERIES
from tests.rules.life import Life
from tests.rules.wire import Wire, open_wire
from tests.rules.world import Actor, World, open_world, send

_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ENCODINGS: tuple[Encoding, ...] = ("json", "msgpack")


@dataclass
class Recorder:
    """Every byte that reaches one person: two lines, one in each encoding, and every answer asked for."""

    who: Actor
    own: dict[str, str]
    """Ids for the arguments of queries, by name."""
    wires: list[Wire]
    answers: list[bytes] = field(default_factory=list)

    async def ask_for_everything(self, of: dict[str, str]) -> None:
        """Ask every query, of one's own things or of somebody else's."""
        for name, spec in QUERIES.items():
            wanted = {arg: of[arg] for arg in spec.args.__struct_fields__ if arg in of}
            await self._ask(f"/api/{name}", wanted)
        await self._ask(f"/api/documents/{of['document']}/content", {})

    async def _ask(self, path: str, params: dict[str, str]) -> None:
        answer = await self.who.http.get(self.who.node.url + path, params=params, headers=self.who.headers)
        self.answers += [answer.content, str(answer.headers).encode()]

    @property
    def everything(self) -> bytes:
        """All of it."""
        return b"\n".join([*self.answers, *[wire.everything for wire in self.wires]])


@contextlib.asynccontextmanager
async def recording(who: Actor, own: dict[str, str]) -> AsyncIterator[Recorder]:
    """Listen to everything that reaches somebody."""
    async with contextlib.AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(open_wire(who, encoding=each)) for each in ENCODINGS]
        yield Recorder(who, own, wires)


async def live(life: Life) -> None:
    """Let everything happen that can."""
    done = {command async for command in life()}
    assert done >= set(COMMANDS)


async def things_of(world: World) -> dict[str, str]:
    """The ids of a firm's own things, as queries call them."""
    document = await world.priya.upload(world.matter, "own.txt", b"own")
    return {
        "portal": world.matter,
        "matter": world.matter,
        "contact": world.ana.id,
        "document": document["id"],
    }


async def ids_in(world: World) -> set[bytes]:
    """Every id that the firm's own people find anywhere in it."""
    found: set[bytes] = set()
    for who in (world.priya, world.ana):
        for query in ("inbox.get", f"portal.get?portal={world.matter}", "contact.list", "matter.list"):
            answer = await who.http.get(f"{who.node.url}/api/{query}", headers=who.headers)
            found |= set(_ID.findall(answer.content))
    return found


async def test_p9_of_another_firm_nobody_ever_receives_a_byte(world: World) -> None:
    mark = f"canary{secrets.token_hex(8)}"
    async with open_world(world.node) as other, contextlib.AsyncExitStack() as stack:
        for firm in (world, other):
            await firm.open_line()
        await send(other.priya, other.matter, "our own affairs")
        own = await things_of(other)
        recorders = [
            await stack.enter_async_context(recording(who, own))
            for who in (other.priya, other.tom, other.ana)
        ]
        await send(world.priya, world.matter, mark)
        theirs = await things_of(world)
        await live(Life(world, mark, mark))
        await send(other.priya, other.matter, "the last word among ourselves")
        for recorder in recorders:
            if recorder.who is not other.tom:  # he takes no part
                for wire in recorder.wires:
                    await wire.hears("message.sent")
            for things in (own, theirs):
                await recorder.ask_for_everything(things)
            assert mark.encode() not in recorder.everything, recorder.who.name
            assert world.slug.encode() not in recorder.everything, recorder.who.name
            foreign = await ids_in(world) & set(_ID.findall(recorder.everything))
            assert foreign == set(), recorder.who.name


async def test_p9_of_a_portal_nobody_outside_it_receives_a_word(world: World) -> None:
    secret = f"canary{secrets.token_hex(8)}"
    await world.open_line()
    nora = await world.add_contact("nora.other", "Nora of another case")
    olga = await world.add_user("olga", "Olga Outside")
    boss = await world.add_user("boss", "Bea Boss", "admin")
    other = await world.add_matter("Nora's own case", "nora.other")
    await send(olga, other, "Dear Nora")
    own = {"portal": other, "matter": other, "contact": nora.id}
    own["document"] = (await olga.upload(other, "own.txt", b"own"))["id"]
    async with contextlib.AsyncExitStack() as stack:
        recorders = [await stack.enter_async_context(recording(who, own)) for who in (nora, olga, boss)]
        await send(world.priya, world.matter, secret)
        theirs = await things_of(world)
        await live(Life(world, secret=secret))
        await send(olga, other, "the last word")
        for recorder in recorders:
            await world.settle(recorder.who)
            for wire in recorder.wires:
                await wire.hears("session.ended")
            for things in (own, theirs):
                await recorder.ask_for_everything(things)
            assert secret.encode() not in recorder.everything, recorder.who.name
            told = [event for wire in recorder.wires for event in wire.events]
            assert not [event["kind"] for event in told if _is_of(world.matter, event)], recorder.who.name


async def test_a4_of_what_came_after_the_removal_the_removed_receive_nothing(world: World) -> None:
    before, after = (f"canary{secrets.token_hex(8)}" for _ in range(2))
    await world.open_line()
    await send(world.priya, world.matter, before)
    things = await things_of(world)
    people = (world.ana, world.tom)
    await world.priya.do("participant.add", portal=world.matter, person=world.tom.id)
    async with contextlib.AsyncExitStack() as stack:
        recorders = [await stack.enter_async_context(recording(who, things)) for who in people]
        for who in people:
            await world.priya.do("participant.remove", portal=world.matter, person=who.id)
        await send(world.priya, world.matter, after)
        gone = await send(world.priya, world.matter, f"more {after}")
        await world.priya.do("message.delete", message=gone["message"])
        for recorder in recorders:
            await world.settle(recorder.who)
            for wire in recorder.wires:
                await wire.hears("session.ended")
            await recorder.ask_for_everything(things)
            assert after.encode() not in recorder.everything, recorder.who.name
            assert before.encode() not in b"\n".join(recorder.answers), recorder.who.name


def _is_of(portal: str, event: dict[str, Any]) -> bool:
    """Whether an event tells of what goes on in a portal, and not of the matter that everybody may see."""
    return bool(event["scope"] == portal and event["kind"] != "document.changed")
