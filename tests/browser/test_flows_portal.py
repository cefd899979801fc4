"""A portal as its people live it: the firm writes from a desktop, the client answers from a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import JSHandle, Locator, Page, expect

from server.demo.story import PASSWORD
from tests.browser.cast import Case, answer_box, open_case, said, write
from tests.browser.demo import Demo
from tests.browser.screens import PHONE, Screens, live

PDF = b"%PDF-1.4\n%%EOF\n"
SLOW_BYTES_PER_S = 100_000


@pytest.fixture
def case(demo: Demo) -> Case:
    """A portal of this test's own, in which nothing stands but Priya's greeting."""
    return open_case(demo)


def test_w5_the_demo_prints_addresses_that_lead_where_they_say(screens: Screens) -> None:
    page = screens.blank()
    printed = re.findall(r"^  (The \w+|Outgoing mail) +(http://\S+)", screens.demo.said(), re.MULTILINE)
    headings = {
        "The firm": "Sign in",
        "The client": "Sign in to your client portal",
        "The phone": "Phones in place of real ones",
        "Outgoing mail": "Mail caught before it left",
    }
    assert [what for what, _ in printed] == list(headings)
    for what, address in printed:
        page.goto(address)
        expect(page.get_by_role("heading", name=headings[what])).to_be_visible()


def test_a5_a_firm_user_signs_in_and_a_wrong_password_is_told_in_plain_words(screens: Screens) -> None:
    page = screens.blank()
    page.goto(screens.demo.url)
    page.get_by_label("Email address").fill("priya@harlow-reyes.example")
    page.get_by_label("Password", exact=True).fill("not the right one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The address or the password is not right.")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    live(page)
    expect(page.get_by_role("heading", name="Communications")).to_be_visible()
    page.get_by_role("button", name="Priya Shah, account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a5_a_client_signs_in_by_the_emailed_link_and_its_button(screens: Screens) -> None:
    phone = screens.blank(PHONE)
    phone.goto(screens.demo.portal_url)
    expect(phone.get_by_text("Harlow & Reyes LLP")).to_be_visible()
    phone.get_by_label("Your email address").fill("nobody")
    phone.get_by_role("button", name="Email me a link").click()
    expect(phone.get_by_role("alert")).to_have_text("That does not look like an email address.")
    phone.get_by_label("Your email address").fill("ana.ruiz@mail.example")
    phone.get_by_role("button", name="Email me a link").click()
    expect(phone.get_by_role("heading", name="Look in your email")).to_be_visible()
    link = link_on_the_mail_page(screens, "ana.ruiz@mail.example")
    phone.goto(link)
    expect(phone.get_by_role("heading", name="Open your client portal")).to_be_visible()
    phone.get_by_text("Remember this phone for 30 days").click()
    phone.get_by_role("button", name="Open the portal").click()
    live(phone)
    expect(phone.get_by_role("heading", name="Ruiz v. Meridian Property Group")).to_be_visible()


def test_a5_in_another_browser_the_link_needs_the_code_from_the_mail(screens: Screens) -> None:
    asking = screens.blank(PHONE)
    asking.goto(screens.demo.portal_url)
    asking.get_by_label("Your email address").fill("linh.nguyen@mail.example")
    asking.get_by_role("button", name="Email me a link").click()
    link = link_on_the_mail_page(screens, "linh.nguyen@mail.example")
    other = screens.blank()
    other.goto(link)
    other.get_by_role("button", name="Open the portal").click()
    code = other.get_by_label("The 8-digit code from the email")
    code.fill("0000 0000")
    other.get_by_role("button", name="Open the portal").click()
    expect(other.get_by_role("alert")).to_contain_text("That code is not right")
    code.fill(screens.demo.code_mailed_to("linh.nguyen@mail.example"))
    other.get_by_role("button", name="Open the portal").click()
    live(other)
    expect(other.get_by_role("heading", name="Estate of Walter Nguyen")).to_be_visible()


def test_p3_r2_what_the_firm_writes_is_on_the_phone_at_once_and_its_reading_on_the_desktop(
    screens: Screens, case: Case
) -> None:
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    write(desk, "The draft is ready.\nPlease read section 7.")
    expect(answer_box(desk)).to_have_value("")
    expect(said(phone, "Please read section 7.")).to_be_visible()
    expect(desk.get_by_role("button", name=f"Read by {case.first_name}").last).to_be_visible()
    expect(desk.get_by_text(f"{case.client} read everything up to here").last).to_be_visible()
    write(phone, "I have read it. Thank you.")
    expect(said(desk, "I have read it. Thank you.")).to_be_visible()
    expect(phone.get_by_text(re.compile(r"^Sent, "))).to_be_visible()
    expect(desk.get_by_role("heading", name="Needs your reply")).to_be_visible()


def test_p2_p4_a_document_is_uploaded_with_progress_sent_and_downloaded(
    screens: Screens, case: Case, tmp_path: Path
) -> None:
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    paper = tmp_path / "Settlement agreement.pdf"
    paper.write_bytes(PDF)
    attach(desk, paper)
    expect(desk.get_by_text("ready to send")).to_be_visible()
    write(desk, "The agreement is attached.")
    card = phone.get_by_role("link", name="Download Settlement agreement.pdf")
    with phone.expect_download() as download:
        card.click()
    assert Path(download.value.path()).read_bytes() == PDF
    expect(desk.get_by_text(f"{case.client} opened Settlement agreement.pdf")).to_be_visible()


def test_d6_a_slow_upload_shows_how_far_it_is_and_can_be_cancelled(
    screens: Screens, case: Case, tmp_path: Path
) -> None:
    desk = screens.firm(path=case.firm_path)
    slow_uploads(desk)
    film = tmp_path / "Scene.mov"
    film.write_bytes(bytes(8_000_000))
    attach(desk, film)
    expect(desk.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"[1-9]"))
    expect(desk.get_by_role("button", name="Send")).to_be_disabled()
    desk.get_by_role("button", name="Cancel the upload").click()
    expect(desk.get_by_text("Scene.mov")).to_have_count(0)
    write(desk, "It goes without the film.")
    expect(said(desk, "It goes without the film.")).to_be_visible()
    assert case.desk.ask("matter.get", matter=case.matter)["documents"] == []


def test_p2_a_file_is_dropped_or_pasted_and_a_second_one_is_refused(screens: Screens, case: Case) -> None:
    desk = screens.firm(path=case.firm_path)
    box = answer_box(desk)
    box.dispatch_event("drop", {"dataTransfer": carried(desk, "Dropped.txt")})
    expect(desk.get_by_text("Dropped.txt")).to_be_visible()
    expect(desk.get_by_text("ready to send")).to_be_visible()
    paste(box, carried(desk, "Pasted.txt"))
    expect(desk.get_by_text("A message takes one document. Send this one first.")).to_be_visible()
    expect(desk.get_by_text("Pasted.txt")).to_have_count(0)
    desk.get_by_role("button", name="Remove the document").click()
    paste(box, carried(desk, "Pasted.txt"))
    expect(desk.get_by_text("ready to send")).to_be_visible()
    desk.get_by_role("button", name="Send").click()
    expect(desk.get_by_role("link", name="Download Pasted.txt").first).to_be_visible()


def test_p4_a_file_of_more_than_100_mib_is_refused_before_a_byte_is_sent(
    screens: Screens, case: Case, tmp_path: Path
) -> None:
    desk = screens.firm(path=case.firm_path)
    film = tmp_path / "Too long.mov"
    with film.open("wb") as file:
        file.truncate(104_857_601)
    attach(desk, film)
    expect(desk.get_by_role("alert")).to_have_text(
        "This file is larger than 100 MB, the most that can be sent."
    )
    desk.get_by_role("button", name="Remove the document").click()
    expect(desk.get_by_text("Too long.mov")).to_have_count(0)


def test_r5_the_client_learns_that_the_team_types_and_the_firm_who_does(screens: Screens, case: Case) -> None:
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    answer_box(desk).press_sequentially("Dear")
    expect(phone.get_by_text("Your legal team is typing")).to_be_visible()
    answer_box(phone).press_sequentially("Hello")
    expect(desk.get_by_text(f"{case.first_name} is typing")).to_be_visible()


def test_a_client_reads_the_portal_in_spanish_and_it_stays_so(screens: Screens, case: Case) -> None:
    phone = screens.client(case.email, "")
    phone.get_by_role("button", name="Account and settings").click()
    phone.get_by_role("menuitem", name="Español").click()
    expect(phone.get_by_role("link", name="Mensajes")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("link", name="Mensajes")).to_be_visible()
    expect(phone.locator("html")).to_have_attribute("lang", re.compile("^es"))


def carried(page: Page, name: str) -> JSHandle:
    """A file as it hangs on the pointer or lies on the clipboard."""
    return page.evaluate_handle(
        "name => { const held = new DataTransfer(); held.items.add(new File(['x'], name)); return held }",
        name,
    )


def paste(box: Locator, held: JSHandle) -> None:
    """Press Ctrl+V with a file on the clipboard."""
    box.evaluate(
        "(box, held) => box.dispatchEvent("
        "new ClipboardEvent('paste', { clipboardData: held, bubbles: true, cancelable: true }))",
        held,
    )


def link_on_the_mail_page(screens: Screens, address: str) -> str:
    """The link as somebody finds it who opens the newest mail to an address."""
    mail = screens.blank()
    mail.goto(f"{screens.demo.outside_url}/mail")
    mail.get_by_role("button", name=address).first.click()
    href = mail.frame_locator("iframe").get_by_role("link", name="Open").get_attribute("href")
    assert href
    return href


def attach(desk: Page, file: Path) -> None:
    """Choose a file from this device for the message."""
    desk.get_by_role("button", name="Document").click()
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("menuitem", name="From this device").click()
    chooser.value.set_files(file)


def slow_uploads(page: Page) -> None:
    """Let uploads crawl, as on a train."""
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW_BYTES_PER_S},
    )
