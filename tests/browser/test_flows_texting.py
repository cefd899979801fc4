"""Texts between the firm's screens and the simulated phone, through the real webhook."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import new_contact, said
from tests.browser.demo import Demo
from tests.browser.screens import Screens

TAMIKA = "Tamika Ellis"
MARCUS = "Marcus Webb"
UNREACHABLE = "+14155550101"


def test_t1_f2_a_text_reaches_the_phone_and_its_life_is_told_to_the_end(screens: Screens) -> None:
    desk = thread(screens, TAMIKA)
    phone = phone_of(screens, TAMIKA)
    expect(desk.get_by_text("Not private. Everyone at the firm can see it")).to_be_visible()
    text(desk, "The hearing moved to 3:30.")
    expect(phone.get_by_role("log").get_by_text("The hearing moved to 3:30.")).to_be_visible()
    life = piece(desk, "The hearing moved to 3:30.").get_by_role("button", name="Delivered")
    expect(life).to_be_visible()
    life.click()
    steps = desk.get_by_role("menu").locator("li b")
    expect(steps).to_have_text(["Queued", "Sending", "Sent", "Delivered"])
    desk.keyboard.press("Escape")


def test_t2_u1_an_answer_is_live_everywhere_raises_the_badge_and_opening_clears_it(screens: Screens) -> None:
    desk = screens.firm(path="/texts")
    colleague = screens.firm("tom", "/texts")
    phone = phone_of(screens, MARCUS)
    begin(screens.demo, MARCUS)
    expect(phone.get_by_role("log").get_by_text("Good morning.")).to_be_visible()
    answer(phone, "Is the lease ready?")
    for screen in (desk, colleague):
        row = screen.get_by_role("link", name=MARCUS)
        expect(row.get_by_text("Is the lease ready?")).to_be_visible()
        expect(row.locator(".badge")).to_have_text("1 unread")
        expect(screen.get_by_role("tab", name="Text messages")).to_contain_text("1")
    desk.get_by_role("link", name=MARCUS).click()
    expect(said(desk, "Is the lease ready?")).to_be_visible()
    expect(desk.get_by_role("link", name=MARCUS).locator(".badge")).to_have_count(0)
    expect(colleague.get_by_role("link", name=MARCUS).locator(".badge")).to_have_text("1 unread")
    answer(phone, "And the keys?")
    expect(said(desk, "And the keys?")).to_be_visible()


def test_f1_a_text_that_fails_says_why_what_to_do_and_lets_one_try_again(screens: Screens) -> None:
    contact = new_contact(screens.demo, phones=[UNREACHABLE], texting_phone=UNREACHABLE)
    desk = screens.firm(path=f"/texts/{contact['id']}")
    text(desk, "Please call me back.")
    failed = piece(desk, "Please call me back.").first
    expect(failed).to_contain_text("Not delivered. The number could not be reached. Check that it is right")
    row = desk.get_by_role("link", name=contact["name"])
    expect(row).to_contain_text("Not delivered: number unreachable")
    failed.get_by_role("button", name="Try again").click()
    expect(piece(desk, "Please call me back.")).to_have_count(2)
    expect(piece(desk, "Please call me back.").last).to_contain_text("Not delivered.")
    failed.get_by_role("link", name="Check number").click()
    expect(desk.get_by_role("heading", name=contact["name"])).to_be_visible()


def test_t8_the_composer_counts_as_the_carrier_does(screens: Screens) -> None:
    desk = thread(screens, TAMIKA)
    box = desk.get_by_role("textbox", name="Text message")
    box.fill("a" * 161)
    expect(desk.get_by_text("161 of 306, 2 texts")).to_be_visible()
    box.fill("Schön 🎉")
    expect(desk.get_by_text("8 of 70, 1 text")).to_be_visible()
    expect(desk.get_by_text("Special characters shorten what fits in one text.")).to_be_visible()
    box.fill("")


def test_t9_stop_blocks_the_composer_and_start_opens_it_again(screens: Screens) -> None:
    joseph = "Joseph Okafor"
    desk = thread(screens, joseph)
    phone = phone_of(screens, joseph)
    expect(phone.get_by_role("log").get_by_text("the county moved our call")).to_be_visible()
    answer(phone, "STOP")
    expect(desk.get_by_text("Joseph opted out of texts by answering STOP.")).to_be_visible()
    expect(desk.get_by_role("textbox", name="Text message")).to_have_count(0)
    answer(phone, "START")
    expect(desk.get_by_role("textbox", name="Text message")).to_be_visible()


def test_t1_a_contact_without_a_texting_phone_cannot_be_texted_and_the_way_is_shown(screens: Screens) -> None:
    contact = new_contact(screens.demo, phones=["+15105550199"])
    desk = screens.firm(path=f"/texts/{contact['id']}")
    expect(desk.get_by_text("No phone is chosen for texting.").last).to_be_visible()
    desk.get_by_role("link", name="Edit the card").click()
    desk.get_by_role("button", name="Edit", exact=True).click()
    desk.get_by_label("Texts go here").check()
    desk.get_by_role("button", name="Save").click()
    desk.get_by_role("button", name="Text", exact=True).click()
    expect(desk.get_by_role("textbox", name="Text message")).to_be_visible()


def thread(screens: Screens, name: str) -> Page:
    """The firm's screen with all texts with a contact."""
    desk = screens.firm(path="/texts")
    desk.get_by_role("button", name="New").click()
    desk.get_by_text("To a contact’s phone.").click()
    desk.get_by_role("combobox", name="Contact").fill(name)
    desk.get_by_role("option", name=name).click()
    expect(desk.get_by_role("heading", name=name, exact=True)).to_be_visible()
    return desk


def begin(demo: Demo, name: str) -> None:
    """The firm's first text to a contact; only then can the contact text the firm (T2)."""
    contacts = demo.desk().ask("contact.list", find=name)["contacts"]
    demo.desk().do("text.send", contact=contacts[0]["id"], text="Good morning.")


def text(desk: Page, words: str) -> None:
    """Text the contact."""
    box = desk.get_by_role("textbox", name="Text message")
    box.fill(words)
    box.press("Control+Enter")


def piece(desk: Page, words: str) -> Locator:
    """A text with what became of it."""
    return desk.locator(".piece").filter(has_text=words)


def phone_of(screens: Screens, name: str) -> Page:
    """The simulated phone of a contact."""
    phone = screens.blank()
    phone.goto(f"{screens.demo.outside_url}/phone")
    phone.get_by_role("button", name=name).click()
    return phone


def answer(phone: Page, words: str) -> None:
    """Write a text on the phone."""
    phone.get_by_label("Text message").fill(words)
    phone.get_by_label("Text message").press("Enter")
