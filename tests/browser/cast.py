"""People and cases that belong to one test, and what everybody does on any screen."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.browser.demo import Demo, Desk

_NAMES = itertools.cycle(("Nora", "Omar", "Paula", "Quentin", "Rita", "Samuel", "Teresa", "Ulrich"))
_count = itertools.count(1)

CONVERSATION = re.compile("^(Messages|Text messages with )")
GREETING = "This is your private portal for the case."


@dataclass(frozen=True)
class Case:
    """A matter with an open portal: Priya takes part, and its client."""

    desk: Desk
    matter: str
    name: str
    client: str
    client_id: str
    email: str

    @property
    def first_name(self) -> str:
        """What the screens call the client."""
        return self.client.split()[0]

    @property
    def firm_path(self) -> str:
        """The portal at the firm."""
        return f"/portals/{self.matter}"

    @property
    def client_path(self) -> str:
        """The client's messages."""
        return f"/{self.matter}/messages"


def new_contact(demo: Demo, **card: object) -> dict[str, str]:
    """Somebody whom nobody else in this module knows."""
    number = next(_count)
    first = next(_NAMES)
    given = {"name": f"{first} Case{number}", "emails": [f"{first.lower()}.{number}@mail.example"]}
    made: dict[str, str] = demo.desk().do("contact.create", **(given | card))
    return made


def new_matter(demo: Demo, client: str) -> dict[str, str]:
    """A case whose portal is not open yet."""
    made: dict[str, str] = demo.desk().do("matter.create", name=f"Case v. City {next(_count)}", client=client)
    return made


def open_case(demo: Demo) -> Case:
    """A case with a new client, in which Priya has said the first word."""
    contact = new_contact(demo)
    matter = new_matter(demo, contact["id"])
    desk = demo.desk()
    desk.do("message.send", portal=matter["id"], text=GREETING)
    return Case(
        desk, matter["id"], matter["name"], contact["name"], contact["id"], str(contact["sign_in_email"])
    )


def answer_box(page: Page) -> Locator:
    """Where one writes."""
    return page.get_by_role("textbox", name="Message")


def said(page: Page, text: str) -> Locator:
    """Words in the open conversation; the same words stand in the list and are spoken to screen readers."""
    return page.get_by_role("region", name=CONVERSATION).get_by_text(text)


def write(page: Page, text: str) -> None:
    """Write and send without the mouse."""
    answer_box(page).fill(text)
    answer_box(page).press("Control+Enter")
