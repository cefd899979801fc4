"""What is unread, on every browser of one person at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import Case, open_case, said, write
from tests.browser.demo import Demo
from tests.browser.screens import PHONE, Screens

UNREAD_AT_FIRST = 5
"""What the demo's clients have said to Priya before she comes."""


@pytest.fixture
def case(demo: Demo) -> Case:
    """A portal of this test's own."""
    return open_case(demo)


def test_u1_badges_agree_in_two_browsers_of_one_person_and_opening_clears_both(
    screens: Screens, case: Case
) -> None:
    office = screens.firm()
    home = screens.firm(viewport=PHONE)
    client = screens.client(case.email, case.client_path)
    write(client, "First")
    write(client, "Second")
    for screen in (office, home):
        expect(badge(screen, case)).to_have_text("2 unread")
        expect_total(screen, UNREAD_AT_FIRST + 2)
    office.get_by_role("link", name=case.name).click()
    expect(said(office, "Second")).to_be_visible()
    for screen in (office, home):
        expect(badge(screen, case)).to_have_count(0)
        expect_total(screen, UNREAD_AT_FIRST)


def test_u1_p5_deleting_what_was_not_read_takes_it_from_the_badge(screens: Screens, case: Case) -> None:
    office = screens.firm()
    client = screens.client(case.email, case.client_path)
    write(client, "A slip of the pen")
    expect(badge(office, case)).to_have_text("1 unread")
    tom = screens.demo.desk("tom")
    case.desk.do("participant.add", portal=case.matter, person=tom.me["id"])
    last = tom.ask("portal.get", portal=case.matter)["messages"][-1]
    tom.do("message.delete", message=last["id"])
    expect(badge(office, case)).to_have_count(0)


def test_r1_a_thread_opens_at_the_first_unread_and_reads_only_what_was_on_the_screen(
    screens: Screens, case: Case
) -> None:
    phone = screens.client(case.email, "", PHONE)
    for number in range(1, 31):
        case.desk.do("message.send", portal=case.matter, text=f"Point {number}.\n\nIt takes some lines.")
    expect(phone.get_by_role("button", name="Read 31 new messages")).to_be_visible()
    phone.get_by_role("button", name="Read 31 new messages").click()
    expect(phone.get_by_text("New,")).to_be_in_viewport()
    office = screens.firm(path=case.firm_path)
    expect(office.get_by_text("messages not read yet")).to_be_visible()
    phone.get_by_role("button", name="new messages").click()
    expect(said(phone, "Point 30.")).to_be_in_viewport()
    expect(office.get_by_text("Has read everything")).to_be_visible()


def badge(screen: Page, case: Case) -> Locator:
    """The number at a portal in the list."""
    return screen.get_by_role("link", name=case.name).locator(".badge")


def expect_total(screen: Page, count: int) -> None:
    """In the navigation and in the tab's title."""
    expect(screen.get_by_role("link", name="Inbox").locator("b:visible")).to_have_text(f"unread {count}")
    expect(screen).to_have_title(re.compile(rf"^\({count}\) "))
