"""The demo firm: who works there, whom it knows, and what was said before you came.

Everything is done by the same commands that the screens use, at times before now.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from protocol.types import Role
from server.access import Person
from server.demo.paper import pdf
from server.dispatch import Dispatch, Request
from server.features.contents import Upload, receive
from server.transaction import Doorbell
from storage.blobs import Blobs
from storage.database import Database
from storage.keys import derived_id

FIRM_NAME = "Harlow & Reyes LLP"
FIRM_SLUG = "harlow-reyes"
FIRM_PHONE = "+18335550142"
TIME_ZONE = "America/Los_Angeles"
APPLICATION = "demo-application"
PASSWORD = "correct-horse-demo"


@dataclass(frozen=True, slots=True)
class Known:
    """A contact of the demo firm."""

    key: str
    name: str
    email: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A matter of the demo firm, with the words of its people."""

    key: str
    name: str
    number: str
    area: str
    client: str
    related: tuple[str, ...] = ()


PRIYA = ("Priya Shah", "Attorney", "priya@harlow-reyes.example")
TOM = ("Tom Becker", "Paralegal", "tom@harlow-reyes.example")

CONTACTS = (
    Known("ana", "Ana Ruiz", "ana.ruiz@mail.example", "+15105550139"),
    Known("marco", "Marco Ruiz", "marco.ruiz@mail.example"),
    Known("linh", "Linh Nguyen", "linh.nguyen@mail.example", "+15105550168"),
    Known("joseph", "Joseph Okafor", "joseph.okafor@mail.example", "+16285550164"),
    Known("rosa", "Rosa Delgado", "rosa.delgado@mail.example", "+19255550172"),
    Known("marcus", "Marcus Webb", "marcus.webb@mail.example", "+15105550188"),
    Known("tamika", "Tamika Ellis", "tamika.ellis@mail.example", "+15105550123"),
    Known("grace", "Grace Adeyemi", "grace.adeyemi@mail.example"),
)

MATTERS = (
    Case("ruiz", "Ruiz v. Meridian Property Group", "00482-Ruiz", "Personal injury", "ana", ("marco",)),
    Case("nguyen", "Estate of Walter Nguyen", "00391-Nguyen", "Probate", "linh"),
    Case("adoption", "In re Adoption of M.O.", "00466-Okafor", "Family", "joseph"),
    Case("okafor", "Okafor name change", "00470-Okafor", "Family", "joseph"),
    Case("delgado", "Delgado v. Northline Transit", "00377-Delgado", "Employment", "rosa"),
    Case("webb", "Webb lease dispute", "00459-Webb", "Real property", "marcus", ("tamika",)),
    Case("adeyemi", "Adeyemi trust amendment", "00481-Adeyemi", "Estate planning", "grace"),
)

PAPERS = {
    "agreement": ("Settlement agreement, draft 3.pdf", "Settlement agreement", "Draft 3, for review"),
    "engagement": ("Engagement letter.pdf", "Engagement letter", "Ruiz v. Meridian Property Group"),
    "statements": ("Bank statements 2024.pdf", "Bank statements 2024", "January to December"),
}


class Story:
    """Tells the demo firm's past: each step is one command, by one person, at one time."""

    def __init__(
        self, database: Database, bell: Doorbell, blobs: Blobs, dispatch: Dispatch, firm: UUID, now: int
    ) -> None:
        self._database = database
        self._bell = bell
        self._blobs = blobs
        self._dispatch = dispatch
        self._firm = firm
        self._now = now
        self._steps = 0
        self._ids: dict[str, UUID] = {}
        self._people: dict[str, Person] = {}

    def introduce(self, key: str, id_: UUID | str, role: Role | None = None) -> None:
        """Give somebody or something a word by which the story knows it; somebody has a role."""
        self._ids[key] = UUID(str(id_))
        if role is not None:
            self._people[key] = Person(self._ids[key], self._firm, role, derived_id("demo", key))

    def id(self, key: str) -> str:
        """The id behind a word."""
        return str(self._ids[key])

    async def do(self, who: str, ago_ms: int, command: str, **args: Any) -> dict[str, Any]:
        """One command, ``ago_ms`` before now; its result."""
        self._steps += 1
        request = Request(command, f"demo-step-{self._steps:04}", args)
        answer = await self._dispatch.execute(self._people[who], request, self._now - ago_ms)
        result: dict[str, Any] = answer.result
        return result

    async def write(
        self, who: str, ago_ms: int, matter: str, text: str, attachment: str | None = None
    ) -> None:
        """A message in a matter's portal."""
        await self.do(who, ago_ms, "message.send", portal=self.id(matter), text=text, attachment=attachment)

    async def read(self, who: str, ago_ms: int, matter: str, number: int) -> None:
        """Somebody has a portal's messages up to a number on the screen."""
        await self.do(who, ago_ms, "portal.read", portal=self.id(matter), number=number)

    async def add(self, who: str, ago_ms: int, matter: str, person: str) -> None:
        """Somebody is added to a portal."""
        await self.do(who, ago_ms, "participant.add", portal=self.id(matter), person=self.id(person))

    async def text(self, who: str, ago_ms: int, contact: str, text: str) -> None:
        """A text message to a contact."""
        await self.do(who, ago_ms, "text.send", contact=self.id(contact), text=text)

    async def upload(self, who: str, ago_ms: int, matter: str, paper: str) -> str:
        """One of the demo's papers becomes a document of a matter; its id."""
        name, heading, line = PAPERS[paper]
        content = pdf(heading, [line, "", "This is a paper of the demo firm."])
        upload = Upload(self._ids[matter], f"demo-{paper}", name, len(content), _once(content))
        document = await receive(
            self._database, self._bell, self._blobs, self._people[who], upload, self._now - ago_ms
        )
        return document.id


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def ago(*, days: int = 0, hours: int = 0, minutes: int = 0) -> int:
    """A time before now, in milliseconds."""
    return ((days * 24 + hours) * 60 + minutes) * 60_000
