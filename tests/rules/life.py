"""A firm's life: everything that people can do in Causeway, each at least once, by those who may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from tests.rules.world import Actor, World

PHONE, OTHER_PHONE = "+14155550139", "+14155550172"


@dataclass
class Life:
    """What happens in one firm.

    ``mark`` stands in every word that the firm knows, ``secret`` in those for the participants of one portal.
    """

    world: World
    mark: str = ""
    secret: str = ""

    async def __call__(self) -> AsyncIterator[str]:
        """Let it happen; tells each command after it was done."""
        for chapter in (self._portal, self._documents, self._participants, self._records, self._texts):
            async for command in chapter():
                yield command

    def words(self, text: str) -> str:
        """What everybody at the firm may read."""
        return f"{text} {self.mark}".strip()

    def private(self, text: str) -> str:
        """What only those in the portal may read."""
        return f"{text} {self.secret}".strip()

    async def _portal(self) -> AsyncIterator[str]:
        world, matter = self.world, self.world.matter
        await world.priya.do("draft.save", scope=matter, channel="portal", text=self.private("Dear Ana"))
        yield "draft.save"
        first = await self._send(world.priya, "Dear Ana, welcome")
        yield "message.send"
        answer = await self._send(world.ana, "Thank you")
        yield "message.send"
        await world.ana.do("portal.read", portal=matter, number=2)
        yield "portal.read"
        await world.priya.do("portal.read", portal=matter, number=2)
        yield "portal.read"
        await world.priya.do("draft.save", scope=matter, channel="portal", text="")
        await world.ana.do("draft.save", scope=matter, channel="portal", text=self.private("One more"))
        yield "draft.save"
        await world.priya.do("message.delete", message=first["message"])
        yield "message.delete"
        await world.priya.do("message.delete", message=answer["message"], stop_share=True)
        yield "message.delete"

    async def _documents(self) -> AsyncIterator[str]:
        world, matter = self.world, self.world.matter
        agreement, photo, memo = [
            (await who.upload(matter, self.words(f"{name}.txt"), self.words(name).encode()))["id"]
            for who, name in ((world.tom, "agreement"), (world.ana, "photo"), (world.priya, "memo"))
        ]
        carrier = await self._send(world.priya, "", attachment=agreement)
        yield "message.send"
        alone = await world.priya.do("share.add", portal=matter, document=agreement)
        await world.ana.do("share.add", portal=matter, document=photo)
        yield "share.add"
        await world.ana.download(agreement)
        await world.priya.download(photo)
        yield "document.download"
        await world.tom.do("document.rename", document=agreement, name=self.words("final.txt"))
        yield "document.rename"
        await world.priya.do("share.stop", share=alone["id"])
        yield "share.stop"
        await world.priya.do("message.delete", message=carrier["message"], stop_share=True)
        yield "message.delete"
        await self._send(world.priya, "Here is a memo", attachment=memo)
        await world.priya.do("document.delete", document=memo)
        yield "document.delete"

    async def _participants(self) -> AsyncIterator[str]:
        world, matter = self.world, self.world.matter
        for person, more in ((world.tom, {}), (world.marco, {"history": "from_now"})):
            await world.priya.do("participant.add", portal=matter, person=person.id, **more)
            yield "participant.add"
        await self._send(world.marco, "I am new here")
        await world.tom.do("portal.read", portal=matter, number=99)
        await world.ana.do("draft.save", scope=matter, channel="portal", text=self.private("Hello Marco"))
        yield "draft.save"
        for person in (world.ana, world.tom):
            await world.priya.do("participant.remove", portal=matter, person=person.id)
            yield "participant.remove"
        await self._send(world.priya, "Among ourselves")
        await world.priya.do("participant.add", portal=matter, person=world.ana.id)
        yield "participant.add"
        await self._send(world.priya, "Welcome back")
        yield "message.send"

    async def _records(self) -> AsyncIterator[str]:
        world = self.world
        contact = await world.tom.do(
            "contact.create", name=self.words("Nora Lind"), emails=[world.email("nora")], phones=[PHONE]
        )
        yield "contact.create"
        await world.tom.do("contact.update", contact=contact["id"], texting_phone=PHONE)
        await world.priya.do("contact.update", contact=world.marco.id, name=self.words("Marco R."))
        yield "contact.update"
        matter = await world.tom.do("matter.create", name=self.words("Lind"), client=contact["id"])
        yield "matter.create"
        await world.priya.do("matter.update", matter=world.matter, name=self.words("Ruiz settlement"))
        await world.priya.do("matter.update", matter=matter["id"], related=[world.ana.id])
        yield "matter.update"
        user = await world.priya.do(
            "user.create",
            name=self.words("Sam Ode"),
            email=world.email("sam"),
            password="a sentence that is long enough",
        )
        yield "user.create"
        await world.priya.do("user.update", user=user["id"], active=False)
        await world.priya.do("user.update", user=world.tom.id, title=self.words("Partner"))
        yield "user.update"
        for who in (world.ana, world.priya):
            await who.do("session.end", session=await world.spare_session(who))
            yield "session.end"

    async def _texts(self) -> AsyncIterator[str]:
        world = self.world
        found = await world.priya.ask("contact.list", find="Nora")
        nora = found["contacts"][0]["id"]
        sent = await world.priya.do("text.send", contact=nora, text=self.words("Can you call me?"))
        await world.text_failed(nora, sent["text"])
        yield "text.send"
        again = await world.tom.do("text.retry", text=sent["text"])
        await world.text_failed(nora, again["text"])
        yield "text.retry"
        await world.tom.do("thread.read", contact=nora, number=2)
        yield "thread.read"
        await world.tom.do("draft.save", scope=nora, channel="text", text=self.words("Nora,"))
        yield "draft.save"
        await world.tom.do("contact.update", contact=nora, phones=[OTHER_PHONE], texting_phone=OTHER_PHONE)
        yield "contact.update"

    async def _send(self, who: Actor, text: str, **more: Any) -> dict[str, Any]:
        words = self.private(text) if text else ""
        return await who.do("message.send", portal=self.world.matter, text=words, **more)
