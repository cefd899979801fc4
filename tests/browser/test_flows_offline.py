"""The network goes away and returns; the server dies and comes back. Nothing is lost, nothing comes twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import GREETING, Case, answer_box, open_case, said, write
from tests.browser.demo import Demo
from tests.browser.screens import CUT_OFF, PHONE, Screens

BANNER = "No connection. What you write is kept and sent when it returns."
RETURN_TIMEOUT_MS = 60_000
"""A client that has found the server away waits up to 30 s before it asks again."""


@pytest.fixture
def case(demo: Demo) -> Case:
    """A portal of this test's own."""
    return open_case(demo)


def test_p8_what_is_written_offline_survives_a_closed_tab_and_is_sent_once_in_order(
    screens: Screens, case: Case
) -> None:
    screens.forgive(*CUT_OFF)
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    browser = desk.context
    browser.set_offline(True)
    words = [f"Written on the train, {number}." for number in range(1, 5)]
    for word in words:
        write(desk, word)
        expect(said(desk, word)).to_be_visible()
    answer_box(desk).fill("Not finished yet")
    expect(desk.get_by_text(BANNER)).to_be_visible()
    expect(desk.get_by_text("Waiting for the connection")).to_have_count(len(words))
    desk.close()

    browser.set_offline(False)
    desk = browser.new_page()
    desk.goto(screens.demo.url + case.firm_path)
    for screen in (desk, phone):
        expect(bubbles(screen)).to_have_text([GREETING, *words])
    expect(answer_box(desk)).to_have_value("Not finished yet")
    expect(desk.get_by_text("Waiting for the connection")).to_have_count(0)
    expect(desk.get_by_text(BANNER)).to_have_count(0)


def test_i1_what_others_said_meanwhile_comes_with_the_network(screens: Screens, case: Case) -> None:
    screens.forgive(*CUT_OFF)
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    phone.context.set_offline(True)
    write(phone, "From the tunnel.")
    for number in range(1, 4):
        write(desk, f"Meanwhile {number}.")
    expect(phone.get_by_text(BANNER)).to_be_visible()
    phone.context.set_offline(False)
    expected = [GREETING, "Meanwhile 1.", "Meanwhile 2.", "Meanwhile 3.", "From the tunnel."]
    for screen in (desk, phone):
        expect(bubbles(screen)).to_have_text(expected)


def test_p7_a_server_that_dies_amid_messages_and_returns_has_each_of_them_once(
    screens: Screens, case: Case
) -> None:
    screens.forgive(*CUT_OFF)
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    words = [f"Paragraph {number}." for number in range(1, 13)]
    for word in words[:8]:
        write(desk, word)
    screens.demo.kill()
    for word in words[8:]:
        write(desk, word)
    write(phone, "Are you still there?")
    expect(desk.get_by_text(BANNER)).to_be_visible()
    screens.demo.start_again()
    for screen in (desk, phone):
        expect(bubbles(screen)).to_have_count(len(words) + 2, timeout=RETURN_TIMEOUT_MS)
        expect(screen.get_by_text(BANNER)).to_have_count(0)
    told = bubbles(desk).all_inner_texts()
    assert [word for word in told if word.startswith("Paragraph")] == words
    assert bubbles(phone).all_inner_texts() == told
    desk.reload()
    expect(bubbles(desk)).to_have_text(told)


def test_p8_drafts_belong_to_their_thread_and_follow_the_person(screens: Screens, case: Case) -> None:
    other = open_case(screens.demo)
    office = screens.firm(path=case.firm_path)
    home = screens.firm(path="/", viewport=PHONE)
    answer_box(office).fill("Dear Nora, as to")
    office.get_by_role("link", name=other.name).click()
    expect(office.get_by_role("heading", name=other.name)).to_be_visible()
    expect(answer_box(office)).to_have_value("")
    answer_box(office).fill("Something else")
    office.get_by_role("link", name=case.name).click()
    expect(answer_box(office)).to_have_value("Dear Nora, as to")
    office.reload()
    expect(answer_box(office)).to_have_value("Dear Nora, as to")

    row = home.get_by_role("link", name=case.name)
    expect(row).to_contain_text("Draft Dear Nora, as to")
    row.click()
    expect(answer_box(home)).to_have_value("Dear Nora, as to")
    answer_box(home).fill("Dear Nora, as to the lease: yes.")
    expect(answer_box(office)).to_have_value("Dear Nora, as to the lease: yes.")
    home.get_by_role("button", name="Send").click()
    expect(answer_box(office)).to_have_value("")
    expect(said(office, "Dear Nora, as to the lease: yes.")).to_be_visible()
    expect(office.locator(".list").get_by_role("link", name=case.name)).not_to_contain_text("Draft")


def test_p8_a_client_keeps_a_draft_too(screens: Screens, case: Case) -> None:
    phone = screens.client(case.email, case.client_path)
    answer_box(phone).fill("I wonder whether")
    phone.get_by_role("link", name="Back").click()
    phone.get_by_role("link", name="Messages").click()
    expect(answer_box(phone)).to_have_value("I wonder whether")
    tablet = screens.client(case.email, case.client_path)
    expect(answer_box(tablet)).to_have_value("I wonder whether")


def bubbles(page: Page) -> Locator:
    """Every message in the open conversation, from the first to the last."""
    return page.locator(".bubble")
