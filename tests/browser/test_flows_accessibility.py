"""Every screen, wide and narrow, light and dark: axe finds nothing, and nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.accessibility import violations
from tests.browser.cast import new_contact, new_matter
from tests.browser.demo import Demo
from tests.browser.screens import CUT_OFF, DESKTOP, NOT_THERE, PHONE, Screens, live

RUIZ = "Ruiz v. Meridian Property Group"
ANA = "ana.ruiz@mail.example"

sizes = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def ruiz(demo: Demo) -> str:
    """The demo's richest portal, with a tombstone and a share that has ended."""
    desk = demo.desk()
    matter = str(desk.ask("matter.list", find="Ruiz")["matters"][0]["id"])
    slip = desk.do("message.send", portal=matter, text="A slip")["message"]
    desk.do("message.delete", message=slip)
    paper = desk.upload(matter, "Old draft.pdf", b"%PDF-1.4\n%%EOF\n")
    desk.do("message.send", portal=matter, text="See the old draft.", attachment=paper["id"])
    shares = desk.ask("portal.get", portal=matter)["shares"]
    desk.do("share.stop", share=next(share["id"] for share in shares if share["document"] == paper["id"]))
    return matter


@pytest.fixture(scope="module")
def failed_text(demo: Demo) -> str:
    """A thread whose last text cannot arrive; its contact."""
    contact = new_contact(demo, phones=["+14155550101"], texting_phone="+14155550101")
    demo.desk().do("text.send", contact=contact["id"], text="Please call me back.")
    return contact["id"]


@sizes
def test_w4_the_firms_conversations_are_accessible(
    screens: Screens, size: ViewportSize, ruiz: str, failed_text: str
) -> None:
    desk = screens.firm(path="/", viewport=size)
    check(desk)
    for path, sign in (
        (f"/portals/{ruiz}", "See the old draft."),
        (f"/portals/{ruiz}/shared", "Share a document"),
        ("/texts", "number unreachable" if size == PHONE else "Choose a conversation"),
        (f"/texts/{failed_text}", "Not delivered."),
    ):
        show(desk, path, sign)
        check(desk)


@sizes
def test_w4_the_firms_records_are_accessible(screens: Screens, size: ViewportSize, ruiz: str) -> None:
    desk = screens.firm(path="/", viewport=size)
    contact = screens.demo.desk().ask("contact.list", find="Ana")["contacts"][0]["id"]
    unopened = new_matter(screens.demo, contact)["id"]
    for path, sign in (
        ("/contacts", "Tamika Ellis"),
        (f"/contacts/{contact}", "Signs in with it"),
        ("/contacts/new", "Add an email address"),
        ("/matters", "Webb lease dispute"),
        (f"/matters/{ruiz}", "Open, and you take part."),
        ("/matters/new", "Choose the client"),
        ("/people", "Add a person"),
        (f"/portals/{unopened}", "Open a client portal"),
    ):
        show(desk, path, sign)
        check(desk)


@sizes
def test_w4_the_firms_dialogs_are_accessible(screens: Screens, size: ViewportSize, ruiz: str) -> None:
    desk = screens.firm(path=f"/portals/{ruiz}", viewport=size)
    for dialog in dialogs(desk):
        expect(desk.get_by_role("dialog", name=dialog)).to_be_visible()
        check(desk)
        desk.keyboard.press("Escape")


@sizes
def test_w4_doors_and_closed_doors_are_accessible(screens: Screens, size: ViewportSize) -> None:
    screens.forgive(*CUT_OFF, NOT_THERE)
    page = screens.blank(size)
    page.goto(screens.demo.url)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)
    page.goto(screens.demo.portal_url)
    page.get_by_label("Your email address").fill("marco.ruiz@mail.example")
    check(page)
    page.get_by_role("button", name="Email me a link").click()
    expect(page.get_by_label("The 8-digit code from the email")).to_be_visible()
    check(page)
    page.goto(f"{screens.demo.portal_url}/sign-in#cl_not-a-link")
    page.get_by_role("button", name="Open the portal").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)
    desk = screens.firm("tom", "/portals/00000000-0000-7000-8000-000000000000", size)
    expect(desk.get_by_role("heading", name="There is nothing here for you")).to_be_visible()
    check(desk)
    desk.context.set_offline(True)
    expect(desk.get_by_text("No connection.")).to_be_visible()
    check(desk)


@sizes
def test_w4_the_clients_portal_is_accessible(screens: Screens, size: ViewportSize, ruiz: str) -> None:
    page = screens.client(ANA, f"/{ruiz}", size)
    expect(page.get_by_role("heading", name=RUIZ)).to_be_visible()
    check(page)
    page.get_by_role("link", name="Documents").click()
    expect(page.get_by_role("link", name="Engagement letter.pdf")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Messages").click()
    expect(page.get_by_role("region", name="Messages").get_by_text("See the old draft.")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Who can see this").click()
    check(page)
    page.goto(f"{screens.demo.portal_url}/00000000-0000-7000-8000-000000000000")
    expect(page.get_by_role("heading", name="This portal is no longer open to you")).to_be_visible()
    check(page)


def dialogs(desk: Page) -> Iterator[str]:
    """Opens one dialog after the other; the names under which they must stand."""
    desk.keyboard.press("Control+k")
    yield "Go to"
    desk.keyboard.press("?")
    yield "Keyboard shortcuts"
    manage(desk)
    yield "Participants"
    manage(desk)
    desk.get_by_role("button", name="Add someone").click()
    yield "Add someone"
    manage(desk)
    desk.get_by_role("button", name="Add someone").click()
    desk.get_by_role("option", name="Grace Adeyemi").click()
    yield "Add Grace Adeyemi"
    leave_participants(desk)
    manage(desk)
    desk.get_by_role("button", name="Remove Marco Ruiz").click()
    yield "Remove Marco Ruiz?"
    leave_participants(desk)
    desk.get_by_role("button", name="Actions for the message of Priya Shah").last.click()
    desk.get_by_role("menuitem", name="Delete message").click()
    yield "Delete this message?"
    desk.get_by_role("button", name="Actions for the message of Priya Shah").last.click()
    desk.get_by_role("menuitem", name="Who has read this").click()
    yield "Who has read this"
    desk.get_by_role("tab", name="Shared resources").click()
    desk.get_by_role("button", name="Share a document").click()
    yield "Share a document"


def manage(desk: Page) -> None:
    """Open the list of participants; on a phone it is in the menu alone."""
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("menuitem", name="Manage participants").click()


def leave_participants(desk: Page) -> None:
    """Each question about somebody leads back to the list."""
    expect(desk.get_by_role("dialog", name="Participants")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_have_count(0)


def show(page: Page, path: str, sign: str) -> None:
    """Go to a place of the same origin, and wait for words that stand there."""
    page.goto(page.evaluate("location.origin") + path)
    live(page)
    expect(page.locator("main, aside.list").get_by_text(sign).locator("visible=true").first).to_be_visible()


def check(page: Page) -> None:
    """The screen as it stands."""
    where = page.evaluate("location.pathname + ' ' + document.title")
    found = violations(page)
    assert not found, f"{where}\n" + "\n".join(found)
    size = page.viewport_size
    for width in {390, 320} if size == PHONE else {1440, 1100}:
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{where} is {wide} px wide on a screen of {width}"
    assert size
    page.set_viewport_size(size)
