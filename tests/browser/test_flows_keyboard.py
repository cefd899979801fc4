"""Everything at the firm without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cast import Case, answer_box, open_case, said
from tests.browser.demo import Demo
from tests.browser.screens import Screens


@pytest.fixture
def case(demo: Demo) -> Case:
    """A portal of this test's own: the newest, so the first in the list of those that wait."""
    return open_case(demo)


@pytest.fixture
def desk(screens: Screens, case: Case) -> Page:
    """The firm's list, with nothing open."""
    page = screens.firm()
    expect(page.get_by_role("link", name=case.name)).to_be_visible()
    return page


def test_w4_the_palette_goes_to_a_matter_a_person_and_a_place(desk: Page, case: Case) -> None:
    desk.keyboard.press("Control+k")
    find = desk.get_by_role("combobox", name="Go to")
    expect(find).to_be_focused()
    desk.keyboard.type(case.name)
    expect(desk.get_by_role("option", name=case.name).first).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=case.name)).to_be_visible()
    desk.keyboard.press("Control+k")
    expect(find).to_be_focused()
    desk.keyboard.type("Grace")
    expect(desk.get_by_role("option", name="Grace Adeyemi")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Grace Adeyemi")).to_be_visible()
    desk.keyboard.press("/")
    expect(find).to_be_focused()
    desk.keyboard.type("people at")
    expect(desk.get_by_role("option", name="People at the firm")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="People at the firm")).to_be_visible()


def test_w4_one_goes_through_the_list_replies_and_sends_without_a_mouse(desk: Page, case: Case) -> None:
    rows = desk.locator("a.row")
    first, second = rows.nth(0), rows.nth(1)
    desk.keyboard.press("j")
    expect(first).to_have_attribute("aria-current", "true")
    desk.keyboard.press("j")
    expect(second).to_have_attribute("aria-current", "true")
    desk.keyboard.press("k")
    expect(first).to_have_attribute("aria-current", "true")
    desk.get_by_role("link", name=case.name).focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=case.name)).to_be_visible()
    desk.keyboard.press("r")
    expect(answer_box(desk)).to_be_focused()
    desk.keyboard.type("Just keys: j k r / ?")
    expect(answer_box(desk)).to_have_value("Just keys: j k r / ?")
    desk.keyboard.press("Control+Enter")
    expect(said(desk, "Just keys: j k r / ?")).to_be_visible()


def test_w4_the_list_of_keys_opens_and_single_keys_can_be_turned_off(desk: Page) -> None:
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys.get_by_text("Go to a person, matter or place")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    desk.get_by_role("button", name="Priya Shah, account").press("Enter")
    desk.get_by_role("menuitem", name="Turn single-key shortcuts off").press("Enter")
    desk.keyboard.press("?")
    desk.keyboard.press("j")
    expect(desk.get_by_role("heading", name="Choose a conversation")).to_be_visible()
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("dialog", name="Go to")).to_be_visible()


def test_w4_focus_goes_into_a_dialog_stays_there_and_returns(desk: Page, case: Case) -> None:
    desk.get_by_role("link", name=case.name).click()
    opener = desk.get_by_role("button", name="Manage participants").first
    opener.press("Enter")
    dialog = desk.get_by_role("dialog", name="Participants")
    expect(dialog.get_by_role("button", name="Add someone")).to_be_focused()
    for _ in range(12):
        desk.keyboard.press("Tab")
        assert desk.evaluate(
            "!document.querySelector('dialog') || document.activeElement === document.body ||"
            " document.querySelector('dialog').contains(document.activeElement)"
        )
    dialog.get_by_role("button", name=f"Remove {case.client}").press("Enter")
    expect(
        desk.get_by_role("dialog", name=f"Remove {case.client}?").get_by_role("button", name="Cancel")
    ).to_be_focused()
    desk.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_w4_a_menu_is_walked_with_arrows_and_gives_the_focus_back(desk: Page, case: Case) -> None:
    desk.get_by_role("link", name=case.name).click()
    opener = desk.get_by_role("button", name="More actions")
    opener.press("Enter")
    items = desk.get_by_role("menu").locator("[role^=menuitem]")
    expect(items.first).to_be_focused()
    desk.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    desk.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_w4_tabs_are_moved_with_arrows(desk: Page, case: Case) -> None:
    desk.get_by_role("link", name=case.name).click()
    desk.get_by_role("tab", name="Messages", exact=True).press("ArrowRight")
    shared = desk.get_by_role("tab", name="Shared resources")
    expect(shared).to_be_focused()
    expect(shared).to_have_attribute("aria-selected", "true")
    expect(desk.get_by_role("heading", name="Nothing is shared yet")).to_be_visible()


def test_w4_a_screen_reader_hears_a_new_message_once(desk: Page, case: Case, screens: Screens) -> None:
    desk.get_by_role("link", name=case.name).click()
    expect(desk.get_by_role("region", name="Messages")).to_be_visible()
    phone = screens.client(case.email, case.client_path)
    answer_box(phone).fill("Can you hear me?")
    phone.get_by_role("button", name="Send").click()
    spoken = desk.locator("[aria-live=polite]")
    expect(spoken).to_have_text(f"{case.client}: Can you hear me?")
    expect(spoken).to_have_text("")
