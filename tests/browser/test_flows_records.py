"""Contacts, matters and people are made and changed on the screens; mistakes are told in helpful words."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from server.demo.story import PASSWORD
from tests.browser.cast import new_contact, new_matter
from tests.browser.screens import PHONE, Screens, live

NEW_PASSWORD = "seven green boats sail"


def test_base_records_a_contact_is_made_and_every_mistake_says_what_is_wrong(screens: Screens) -> None:
    desk = screens.firm(path="/contacts")
    desk.get_by_role("link", name="New").click()
    save = desk.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    desk.get_by_label("Name").fill("Vera Lindqvist")
    for email, phone, complaint in (
        ("vera at mail", "", "“vera at mail” is not an email address."),
        ("ana.ruiz@mail.example", "", "Ana Ruiz signs in with ana.ruiz@mail.example already."),
        ("vera@mail.example", "555 01", "“555 01” is not a telephone number"),
        ("vera@mail.example", "+44 20 7946 0018", "North American"),
    ):
        desk.get_by_role("textbox", name="Email address 1").fill(email)
        desk.get_by_role("textbox", name="Phone number 1").fill(phone)
        desk.get_by_label("Texts go here").check()
        save.click()
        expect(desk.get_by_role("alert")).to_contain_text(complaint)
        expect(desk.get_by_label("Name")).to_have_value("Vera Lindqvist")
    desk.get_by_role("textbox", name="Phone number 1").fill("510 555 0177")
    save.click()
    expect(desk.get_by_role("heading", name="Vera Lindqvist")).to_be_visible()
    expect(desk.get_by_text("(510) 555-0177")).to_be_visible()
    expect(desk.get_by_text("Texting", exact=True)).to_be_visible()
    expect(desk.get_by_role("link", name="Vera Lindqvist")).to_be_visible()


def test_a3_another_address_on_the_card_is_chosen_to_sign_in_and_the_session_ends(screens: Screens) -> None:
    contact = new_contact(screens.demo)
    matter = new_matter(screens.demo, contact["id"])
    screens.demo.desk().do("message.send", portal=matter["id"], text="Welcome.")
    client = screens.client(str(contact["sign_in_email"]))
    desk = screens.firm(path=f"/contacts/{contact['id']}")
    desk.get_by_role("button", name="Edit").click()
    expect(desk.get_by_text("ends this contact’s sessions, and both addresses are told")).to_be_visible()
    desk.get_by_role("button", name="Add an email address").click()
    desk.get_by_role("textbox", name="Email address 2").fill("second.address@mail.example")
    desk.get_by_label("Signs in with this").nth(1).check()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Signs in with it")).to_be_visible()
    expect(client.get_by_text("You were signed out.")).to_be_visible()
    assert screens.demo.mail_to("second.address@mail.example")
    desk.goto(f"{screens.demo.url}/portals/{matter['id']}")
    expect(desk.get_by_text(f"changed the sign-in email of {contact['name']}")).to_be_visible()


def test_base_records_a_matter_is_made_changed_and_its_portal_started(screens: Screens) -> None:
    desk = screens.firm(path="/matters")
    contact = new_contact(screens.demo)
    relative = new_contact(screens.demo)
    desk.get_by_role("link", name="New").click()
    save = desk.get_by_role("button", name="Save")
    desk.get_by_label("Name of the matter").fill("Lindqvist v. Harbor Board")
    expect(save).to_be_disabled()
    pick(desk, "Choose the client", contact["name"])
    save.click()
    expect(desk.get_by_role("heading", name="Lindqvist v. Harbor Board")).to_be_visible()
    expect(desk.get_by_text("Not opened yet. The first message opens it.")).to_be_visible()

    desk.get_by_role("button", name="Edit").click()
    desk.get_by_label("Area of law").fill("Maritime")
    desk.get_by_role("group", name="Related contacts").get_by_role("button").first.click()
    desk.get_by_role("combobox").fill(relative["name"])
    desk.get_by_role("option", name=relative["name"]).click()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Maritime")).to_be_visible()
    expect(desk.locator(".facts").get_by_role("link", name=relative["name"])).to_be_visible()

    desk.get_by_role("button", name="Start the portal").click()
    expect(desk.get_by_text(f"invites {contact['name']} by email")).to_be_visible()
    desk.get_by_role("textbox", name="Message").fill("Dear friend, the first word.")
    desk.get_by_role("button", name="Send").click()
    expect(desk.get_by_role("region", name="Messages").get_by_text("the first word")).to_be_visible()


def test_base_records_lists_are_searched_and_an_empty_search_says_so(screens: Screens) -> None:
    desk = screens.firm(path="/contacts")
    find = desk.get_by_role("searchbox", name="Find a contact")
    find.fill("oka")
    expect(desk.get_by_role("link", name="Joseph Okafor")).to_be_visible()
    expect(desk.get_by_role("link", name="Ana Ruiz")).to_have_count(0)
    find.fill("nobody at all")
    expect(desk.get_by_text("Nobody of that name")).to_be_visible()


def test_base_records_an_admin_adds_a_colleague_who_signs_in_and_is_let_go_again(screens: Screens) -> None:
    desk = screens.firm(path="/people")
    desk.get_by_role("button", name="Add a person").click()
    dialog = desk.get_by_role("dialog", name="Add a person")
    dialog.get_by_label("Name").fill("Una Marsh")
    add = dialog.get_by_role("button", name="Add a person")
    for email, password, complaint in (
        ("una", NEW_PASSWORD, "“una” is not an email address."),
        ("una@harlow-reyes.example", "short", "15 characters"),
        ("tom@harlow-reyes.example", NEW_PASSWORD, "Somebody signs in with this address already."),
    ):
        dialog.get_by_label("Email address").fill(email)
        dialog.get_by_label("Password").fill(password)
        add.click()
        expect(dialog.get_by_role("alert")).to_contain_text(complaint)
    dialog.get_by_label("Email address").fill("una@harlow-reyes.example")
    dialog.get_by_label("Password").fill(PASSWORD)
    add.click()
    expect(dialog).to_have_count(0)
    una = screens.firm("una@harlow-reyes.example", "/people")
    expect(una.get_by_text("Una Marsh (you)")).to_be_visible()

    desk.get_by_role("button", name="Edit: Una Marsh").click()
    desk.get_by_label("May sign in").uncheck()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Not active")).to_be_visible()
    expect(una.get_by_role("button", name="Sign in")).to_be_visible()


def test_base_records_only_admins_change_who_works_there(screens: Screens) -> None:
    tom = screens.firm("tom", "/people")
    expect(tom.get_by_text("Only admins can change who works here.")).to_be_visible()
    expect(tom.get_by_text("Priya Shah")).to_be_visible()
    expect(tom.get_by_role("button", name="Add a person")).to_have_count(0)
    expect(tom.get_by_role("button", name=re.compile("^Edit"))).to_have_count(0)


def test_base_records_the_last_admin_stays_one_and_the_screen_says_why(screens: Screens) -> None:
    desk = screens.firm(path="/people")
    desk.get_by_role("button", name="Edit: Priya Shah").click()
    dialog = desk.get_by_role("dialog", name="Priya Shah")
    dialog.get_by_text("Works in portals, texts, contacts and matters.").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("admin")


def test_a5_every_session_is_listed_and_can_be_ended_from_another(screens: Screens) -> None:
    lost = screens.firm("tom", viewport=PHONE)
    desk = screens.firm("tom")
    desk.get_by_role("button", name="Tom Becker, account").click()
    desk.get_by_role("menuitem", name="Where you are signed in").click()
    dialog = desk.get_by_role("dialog", name="Where you are signed in")
    expect(dialog.get_by_text("This browser")).to_be_visible()
    for button in reversed(dialog.get_by_role("button", name="Sign out").all()):
        button.click()
    expect(lost.get_by_role("alert")).to_have_text("You were signed out.")
    live(desk)


def pick(desk: Page, label: str, name: str) -> None:
    """Choose a contact in a form."""
    desk.get_by_role("button", name=label).click()
    desk.get_by_role("combobox").fill(name)
    desk.get_by_role("option", name=name).click()
