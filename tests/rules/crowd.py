"""People who do whatever comes to mind, all at once, while their lines break: the same for the same dice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from protocol.client import CommandRefused
from tests.rules.world import Actor, RefusedByServer, Screen, World, send, within

EVERYBODY = ("priya", "tom", "ana", "marco")
REFUSALS = {"not_found", "conflict", "last_firm_participant", "too_many"}
"""What may happen to those who do not look what others do; anything else is a fault."""

Do = Callable[..., Awaitable[Any]]


@dataclass
class Crowd:
    """Four people, three portals, and what has come to stand in them."""

    world: World
    dice: Random
    portals: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    documents: dict[str, list[str]] = field(default_factory=dict)
    shares: list[str] = field(default_factory=list)
    done: int = 0

    @classmethod
    async def gather(cls, world: World, dice: Random) -> Crowd:
        """Open three portals, two of Ana's and one of Marco's, each with a document."""
        crowd = cls(world, dice, [world.matter])
        for client in ("ana", "marco"):
            crowd.portals.append(await world.add_matter(f"A case of {client}'s", client))
        for portal in crowd.portals:
            crowd.messages.append((await send(world.priya, portal))["message"])
            crowd.documents[portal] = [(await world.priya.upload(portal, "a.txt", b"a"))["id"]]
        return crowd

    async def act(self, who: Actor, screen: Screen, steps: int) -> None:
        """Do so many things, some over the screen's line and some past it, and lose the line at times."""
        for _ in range(steps):
            if self.dice.random() < 0.1:
                cut(screen)
            try:
                await self._something(who, self._way(who, screen))
                self.done += 1
            except RefusedByServer as refusal:
                assert refusal.code in REFUSALS, refusal  # noqa: PT017

    def _way(self, who: Actor, screen: Screen) -> Do:
        async def over_the_line(command: str, **args: Any) -> Any:
            try:
                return await within(screen.client.command(command, **args), f"the reply to {command}")
            except CommandRefused as refused:
                raise RefusedByServer(0, {"code": refused.code, "message": refused.message}) from None

        return over_the_line if self.dice.random() < 0.5 else who.do

    async def _something(self, who: Actor, do: Do) -> None:
        everybody = [self._say, self._say, self._read, self._begin, self._upload]
        firm = [self._delete, self._share, self._stop, self._rename, self._admit, self._dismiss, self._name]
        deed = self.dice.choice(everybody if who.role == "client" else [*everybody, *firm])
        await deed(who, self.dice.choice(self.portals), do)

    async def _say(self, _: Actor, portal: str, do: Do) -> None:
        attached = {"attachment": self._document(portal)} if self.dice.random() < 0.3 else {}
        sent = await do("message.send", portal=portal, text=f"words {self.dice.random()}", **attached)
        self.messages.append(sent["message"])

    async def _read(self, _: Actor, portal: str, do: Do) -> None:
        await do("portal.read", portal=portal, number=self.dice.randint(1, 30))

    async def _begin(self, _: Actor, portal: str, do: Do) -> None:
        await do("draft.save", scope=portal, channel="portal", text=self.dice.choice(["", "Dear", "Well,"]))

    async def _upload(self, who: Actor, portal: str, do: Do) -> None:
        document = await who.upload(portal, "b.txt", b"b")
        self.documents[portal].append(document["id"])
        await do("share.add", portal=portal, document=document["id"])

    async def _delete(self, _: Actor, __: str, do: Do) -> None:
        stop_share = self.dice.random() < 0.5
        await do("message.delete", message=self.dice.choice(self.messages), stop_share=stop_share)

    async def _share(self, _: Actor, portal: str, do: Do) -> None:
        self.shares.append((await do("share.add", portal=portal, document=self._document(portal)))["id"])

    async def _stop(self, _: Actor, __: str, do: Do) -> None:
        if self.shares:
            await do("share.stop", share=self.dice.choice(self.shares))

    async def _rename(self, _: Actor, portal: str, do: Do) -> None:
        document = self._document(portal)
        if self.dice.random() < 0.1:
            await do("document.delete", document=document)
        else:
            await do("document.rename", document=document, name=f"{self.dice.randint(1, 9)}.txt")

    async def _admit(self, _: Actor, portal: str, do: Do) -> None:
        history = self.dice.choice(["all", "from_now"])
        await do("participant.add", portal=portal, person=self._person().id, history=history)

    async def _dismiss(self, _: Actor, portal: str, do: Do) -> None:
        await do("participant.remove", portal=portal, person=self._person().id)

    async def _name(self, _: Actor, portal: str, do: Do) -> None:
        name = f"Name {self.dice.randint(1, 9)}"
        if self.dice.random() < 0.5:
            await do("matter.update", matter=portal, name=name)
        else:
            await do("contact.update", contact=self.world.ana.id, name=name)

    def _document(self, portal: str) -> str:
        return self.dice.choice(self.documents[portal])

    def _person(self) -> Actor:
        return self.world.people[self.dice.choice(EVERYBODY)]


def cut(screen: Screen) -> None:
    """Break the line, as a tunnel does: no goodbye on either side."""
    conversation = screen.client._conversation
    if conversation is not None:
        conversation._socket.transport.abort()
