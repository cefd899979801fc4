"""Who may do what: one row for each command, query and door for files, and the objects that rows speak of.

A row names those who are let in. Everybody else must be told what the rules of the house say: nothing is
known of somebody without a session, a role that a thing is not for is told so, and to all others the thing
does not exist.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from protocol.commands import COMMANDS
from protocol.queries import QUERIES
from server.clock import wall_clock
from storage.keys import new_id
from tests.rules.world import Actor, World, execute_at, send

Args = dict[str, Any]

CLIENTS = frozenset({"client", "removed", "stranger", "foreign_client"})
INSIDER = frozenset({"insider"})
PARTICIPANTS = INSIDER | {"client"}
FIRM = frozenset({"insider", "outsider", "admin"})
ADMINS = frozenset({"admin", "foreign_admin"})
USERS = FIRM | {"foreign_admin"}
EVERYBODY = CLIENTS | USERS
NOBODY_HERE = frozenset({"anonymous"})


@dataclass(frozen=True)
class Case:
    """One matter with its portal and what stands in it; ``ids`` by what they are called in rows."""

    ids: dict[str, str]

    def elsewhere(self, who: str) -> Case:
        """The same with ids of nothing; those who take part still speak of their portal."""
        nothing = {name: str(new_id()) for name in self.ids}
        return Case(nothing | ({"portal": self.ids["portal"]} if who in PARTICIPANTS else {}))


@dataclass(frozen=True)
class Row:
    """Arguments as names of a case's ids (``$portal``) or plain values, and who is let in.

    ``to_others`` is the refusal of those whose role would do. What a row that ``uses_up`` something does can
    be done once in a case.
    """

    name: str
    args: Args
    let_in: frozenset[str]
    to_others: str = "not_found"
    uses_up: bool = False

    def filled(self, case: Case) -> Args:
        """The arguments for one case."""
        return {name: _filled(value, case) for name, value in self.args.items()}

    def outcome(self, who: str) -> str:
        """What somebody must be told: ``ok`` or a code."""
        if who in NOBODY_HERE:
            return "not_signed_in"
        if who in self.let_in:
            return "ok"
        return self.to_others if _role(who) in _roles(self.name) else "forbidden"


def _filled(value: Any, case: Case) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return case.ids[value[1:]]
    return [_filled(each, case) for each in value] if isinstance(value, list) else value


def _role(who: str) -> str:
    if who in CLIENTS:
        return "client"
    return "admin" if who in ADMINS else "member"


def _roles(name: str) -> frozenset[str]:
    spec = COMMANDS.get(name) or QUERIES.get(name)
    return frozenset(spec.roles) if spec else frozenset({"client", "member", "admin"})


PASSWORD = "a sentence that is long enough"

ROWS = (
    Row("message.send", {"portal": "$portal", "text": "hi"}, PARTICIPANTS),
    Row("message.send", {"portal": "$portal", "attachment": "$document"}, INSIDER),
    Row("message.delete", {"message": "$message"}, INSIDER, uses_up=True),
    Row("portal.read", {"portal": "$portal", "number": 1}, PARTICIPANTS),
    Row("draft.save", {"scope": "$portal", "channel": "portal", "text": "hi"}, PARTICIPANTS),
    Row("draft.save", {"scope": "$contact", "channel": "text", "text": "hi"}, FIRM),
    Row(
        "participant.add",
        {"portal": "$portal", "person": "$colleague"},
        INSIDER | {"admin"},
        uses_up=True,
    ),
    Row("participant.add", {"portal": "$portal", "person": "$related"}, INSIDER, uses_up=True),
    Row(
        "participant.remove",
        {"portal": "$portal", "person": "$contact"},
        INSIDER,
        uses_up=True,
    ),
    Row("document.rename", {"document": "$document", "name": "other.txt"}, FIRM),
    Row("document.delete", {"document": "$document"}, FIRM, uses_up=True),
    Row("share.add", {"portal": "$portal", "document": "$document"}, INSIDER),
    Row("share.add", {"portal": "$portal", "document": "$upload"}, PARTICIPANTS),
    Row("share.stop", {"share": "$share"}, INSIDER, uses_up=True),
    Row("text.send", {"contact": "$contact", "text": "hi"}, FIRM),
    Row("text.retry", {"text": "$text"}, FIRM, uses_up=True),
    Row("thread.read", {"contact": "$contact", "number": 1}, FIRM),
    Row("contact.create", {"name": "Somebody"}, USERS),
    Row("contact.update", {"contact": "$contact", "note": "a note"}, FIRM),
    Row("matter.create", {"name": "A case", "client": "$contact"}, FIRM, to_others="invalid"),
    Row("matter.update", {"matter": "$portal", "area": "Torts"}, FIRM),
    Row("matter.update", {"matter": "$portal", "related": ["$related"]}, FIRM),
    Row("user.create", {"name": "New", "email": "$address", "password": PASSWORD}, ADMINS, uses_up=True),
    Row("user.update", {"user": "$colleague", "title": "Partner"}, frozenset({"admin"})),
    Row("session.end", {"session": "$session"}, frozenset({"client"}), uses_up=True),
    Row("session.get", {}, EVERYBODY),
    Row("inbox.get", {}, EVERYBODY),
    Row("portal.get", {"portal": "$portal"}, PARTICIPANTS),
    Row("portal.get", {"portal": "$portal", "before": 2}, PARTICIPANTS),
    Row("thread.get", {"contact": "$contact"}, FIRM),
    Row("contact.list", {}, USERS),
    Row("contact.list", {"after": "$contact"}, FIRM),
    Row("contact.get", {"contact": "$contact"}, FIRM),
    Row("matter.list", {}, USERS),
    Row("matter.list", {"after": "$portal"}, FIRM),
    Row("matter.get", {"matter": "$portal"}, FIRM),
    Row("user.list", {}, USERS),
    Row("session.list", {}, EVERYBODY),
    Row("quarantine.list", {}, ADMINS),
    Row("document.upload", {"portal": "$portal"}, FIRM | {"client"}),
    Row("document.download", {"document": "$document"}, FIRM | {"client"}),
    Row("document.download", {"document": "$upload"}, FIRM | {"client"}),
    Row("document.download", {"document": "$internal"}, FIRM),
)


@dataclass(frozen=True)
class Cast:
    """Two firms and everybody who stands in some relation to the cases of the first."""

    world: World
    people: dict[str, Actor]

    @classmethod
    async def gather(cls, world: World, other: World) -> Cast:
        """Let Tom open portals, and everybody else be who he is."""
        for firm in (world, other):
            await firm.open_line()
        nora = await world.add_contact("nora", "Nora Lind")
        await send(world.priya, await world.add_matter("Nora's own case", "nora"))
        await send(other.priya, other.matter)
        people = {
            "anonymous": replace(
                world.ana, headers={"Origin": world.node.url, "X-Causeway-Firm": world.slug}
            ),
            "client": world.ana,
            "removed": world.marco,
            "stranger": nora,
            "insider": world.tom,
            "outsider": await world.add_user("olga", "Olga Outside"),
            "admin": world.priya,
            "foreign_admin": other.priya,
            "foreign_client": other.ana,
        }
        return cls(world, people)

    async def new_case(self) -> Case:
        """A portal of Tom and Ana, from which Marco was removed, with one of everything in it."""
        world, tom, ana = self.world, self.world.tom, self.world.ana
        matter = (await self._do(world.priya, "matter.create", name="A case", client=ana.id))["id"]
        document, internal = [
            (await tom.upload(matter, f"{name}.txt", b"content"))["id"] for name in ("agreement", "internal")
        ]
        sent = await self._do(tom, "message.send", portal=matter, attachment=document)
        upload = (await ana.upload(matter, "photo.txt", b"a photo"))["id"]
        for command in ("participant.add", "participant.remove"):
            await self._do(tom, command, portal=matter, person=world.marco.id)
        share = (await tom.ask("portal.get", portal=matter))["shares"][0]["id"]
        related = await self._do(tom, "contact.create", name="Rita Related")
        colleague = await world.add_user(secrets.token_hex(4), "Carl Colleague")
        return Case(
            {
                "portal": matter,
                "document": document,
                "internal": internal,
                "upload": upload,
                "message": sent["message"],
                "share": share,
                "contact": ana.id,
                "related": related["id"],
                "colleague": colleague.id,
                "address": world.email(secrets.token_hex(4)),
                "session": await world.spare_session(ana),
                "text": await self._failed_text(),
            }
        )

    async def _failed_text(self) -> str:
        """A text to Ana that failed: the firm has no carrier."""
        phone = "+14155550139"
        world, ana = self.world, self.world.ana
        await self._do(world.tom, "contact.update", contact=ana.id, phones=[phone], texting_phone=phone)
        sent = await world.tom.do("text.send", contact=ana.id, text="hello")
        await world.text_failed(ana.id, sent["text"])
        return str(sent["text"])

    async def _do(self, who: Actor, command: str, **args: Any) -> Any:
        """Past the doors, which count how often somebody asks."""
        return await execute_at(self.world, who, wall_clock(), command, **args)
