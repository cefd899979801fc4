"""Messages are deleted and shares end, on every screen and for every link."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import Case, open_case, said, write
from tests.browser.demo import Demo
from tests.browser.screens import Screens

PAPER = "Settlement agreement.pdf"
PDF = b"%PDF-1.4\n%%EOF\n"
TOMBSTONE = "This message was deleted"
REFUSED = 404


@pytest.fixture
def case(demo: Demo) -> Case:
    """A portal in which Priya has sent a document."""
    opened = open_case(demo)
    document = opened.desk.upload(opened.matter, PAPER, PDF)
    opened.desk.do(
        "message.send", portal=opened.matter, text="The agreement is attached.", attachment=document["id"]
    )
    return opened


def test_p5_a_deleted_message_is_a_tombstone_on_both_screens_and_its_document_stays_shared(
    screens: Screens, case: Case
) -> None:
    desk, phone = both(screens, case)
    dialog = ask_to_delete(desk, "The agreement is attached.")
    expect(dialog).to_contain_text("Everybody sees at once that a message was deleted")
    dialog.get_by_role("button", name="Delete").click()
    for screen in (desk, phone):
        expect(said(screen, TOMBSTONE)).to_be_visible()
        expect(screen.get_by_text("The agreement is attached.")).to_have_count(0)
    phone.get_by_role("link", name="Back").click()
    phone.get_by_role("link", name="Documents").click()
    assert content(phone, PAPER) == PDF
    desk.get_by_role("tab", name="Shared resources").click()
    expect(desk.get_by_role("link", name=f"Download {PAPER}")).to_be_visible()


def test_p5_d3_the_same_prompt_may_end_the_share_and_an_open_link_is_refused_from_then_on(
    screens: Screens, case: Case
) -> None:
    desk, phone = both(screens, case)
    link = phone.get_by_role("link", name=f"Download {PAPER}")
    address = str(link.get_attribute("href"))
    assert phone.request.get(screens.demo.url + address).ok
    dialog = ask_to_delete(desk, "The agreement is attached.")
    dialog.get_by_label(f"Also stop sharing “{PAPER}”").check()
    dialog.get_by_role("button", name="Delete").click()
    for screen in (desk, phone):
        expect(said(screen, TOMBSTONE)).to_be_visible()
        expect(screen.get_by_role("link", name=f"Download {PAPER}")).to_have_count(0)
    assert phone.request.get(screens.demo.url + address).status == REFUSED
    desk.get_by_role("tab", name="Shared resources").click()
    expect(desk.get_by_role("heading", name="Nothing is shared yet")).to_be_visible()


def test_p5_a_deletion_can_be_thought_better_of(screens: Screens, case: Case) -> None:
    desk, _ = both(screens, case)
    dialog = ask_to_delete(desk, "The agreement is attached.")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(said(desk, "The agreement is attached.")).to_be_visible()


def test_p5_a_client_whose_answer_was_deleted_is_waiting_again(screens: Screens, case: Case) -> None:
    desk, phone = both(screens, case)
    write(phone, "Which page do I sign?")
    expect(among(desk, "Needs your reply", case)).to_be_visible()
    write(desk, "Page 7.")
    expect(among(desk, "Waiting on the client", case)).to_contain_text("You: Page 7.")
    ask_to_delete(desk, "Page 7.").get_by_role("button", name="Delete").click()
    expect(among(desk, "Needs your reply", case)).to_contain_text("Which page do I sign?")
    desk.goto(screens.demo.url)
    expect(among(desk, "Needs your reply", case)).to_be_visible()


def test_p6_d3_sharing_is_stopped_in_the_second_tab_and_the_message_keeps_only_the_name(
    screens: Screens, case: Case
) -> None:
    desk, phone = both(screens, case)
    desk.get_by_role("tab", name="Shared resources").click()
    desk.get_by_role("button", name=f"Actions for {PAPER}").click()
    desk.get_by_role("menuitem", name="Stop sharing").click()
    dialog = desk.get_by_role("dialog", name=f"Stop sharing “{PAPER}”?")
    expect(dialog).to_contain_text("Clients lose access at once, also on screens that are open now.")
    dialog.get_by_role("button", name="Stop sharing").click()
    expect(desk.get_by_text(f"“{PAPER}” is no longer shared")).to_be_visible()
    expect(phone.get_by_text("No longer shared")).to_be_visible()
    expect(phone.get_by_role("link", name=PAPER)).to_have_count(0)


def test_d3_a_document_shared_twice_stays_open_by_its_other_share_and_the_screen_says_so(
    screens: Screens, case: Case
) -> None:
    document = case.desk.ask("matter.get", matter=case.matter)["documents"][0]["id"]
    case.desk.do("share.add", portal=case.matter, document=document)
    desk, phone = both(screens, case)
    desk.get_by_role("tab", name="Shared resources").click()
    desk.get_by_role("button", name=f"Actions for {PAPER}").first.click()
    desk.get_by_role("menuitem", name="Stop sharing").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("It is shared more than once; the other share still gives access.")
    dialog.get_by_role("button", name="Stop sharing").click()
    expect(desk.get_by_text(f"That share ended, but another still gives access to “{PAPER}”")).to_be_visible()
    assert content(phone, PAPER) == PDF


def test_d2_d5_a_document_is_shared_by_itself_and_the_screen_says_first_who_will_see_it(
    screens: Screens, case: Case
) -> None:
    case.desk.upload(case.matter, "Letter of engagement.pdf", PDF)
    desk, phone = both(screens, case)
    desk.get_by_role("tab", name="Shared resources").click()
    desk.get_by_role("button", name="Share a document").click()
    desk.get_by_role("button", name="Choose a document of the matter").click()
    desk.get_by_role("option", name="Letter of engagement.pdf").click()
    dialog = desk.get_by_role("dialog", name="Share a document")
    expect(dialog).to_contain_text(f"{case.client} will be able to download it.")
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(desk.get_by_role("link", name="Download Letter of engagement.pdf")).to_be_visible()
    assert content(phone, "Letter of engagement.pdf") == PDF
    expect(desk.get_by_text(f"Opened by {case.first_name}")).to_be_visible()


def test_d4_a_client_gives_several_documents_at_once(screens: Screens, case: Case, tmp_path: Path) -> None:
    desk, phone = both(screens, case)
    phone.get_by_role("link", name="Back").click()
    phone.get_by_role("link", name="Documents").click()
    files = [tmp_path / f"Photo {number}.png" for number in range(1, 4)]
    for file in files:
        file.write_bytes(b"\x89PNG\r\n\x1a\n" + file.name.encode())
    with phone.expect_file_chooser() as chooser:
        phone.get_by_role("button", name="Add documents").click()
    chooser.value.set_files(files)
    for file in files:
        expect(phone.get_by_role("link", name=file.name)).to_be_visible()
        expect(said(desk, file.name)).to_be_visible()


def test_d1_documents_of_a_matter_are_uploaded_renamed_and_deleted_with_their_shares(
    screens: Screens, case: Case, tmp_path: Path
) -> None:
    phone = screens.client(case.email, case.client_path)
    desk = screens.firm(path=f"/matters/{case.matter}")
    paper = tmp_path / "Notes.txt"
    paper.write_text("Notes")
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("button", name="Upload").click()
    chooser.value.set_files(paper)
    act(desk, "Notes.txt", "Rename")
    dialog = desk.get_by_role("dialog", name="Rename the document")
    dialog.get_by_label("Name").fill("Notes of the hearing.txt")
    dialog.get_by_role("button", name="Rename").click()
    expect(desk.get_by_role("link", name="Notes of the hearing.txt")).to_be_visible()
    act(desk, PAPER, "Delete")
    dialog = desk.get_by_role("dialog", name=f"Delete “{PAPER}”?")
    expect(dialog).to_contain_text("every share of it stops at once")
    dialog.get_by_role("button", name="Delete").click()
    expect(phone.get_by_text("No longer shared")).to_be_visible()


def both(screens: Screens, case: Case) -> tuple[Page, Page]:
    """The firm's desktop and the client's phone, both looking at the portal."""
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    for screen in (desk, phone):
        expect(said(screen, "The agreement is attached.")).to_be_visible()
    return desk, phone


def among(desk: Page, section: str, case: Case) -> Locator:
    """The portal's row in a part of the list."""
    return desk.locator(f"h2:has-text('{section}') + ul").get_by_role("link", name=case.name)


def ask_to_delete(desk: Page, text: str) -> Locator:
    """The question before a message is deleted."""
    piece = desk.locator(".piece").filter(has_text=text)
    piece.hover()
    piece.get_by_role("button", name="Actions for the message of Priya Shah").click()
    desk.get_by_role("menuitem", name="Delete message").click()
    return desk.get_by_role("dialog", name="Delete this message?")


def act(desk: Page, document: str, what: str) -> None:
    """Choose from the menu of a matter's document."""
    desk.get_by_role("button", name=f"Actions for {document}").click()
    desk.get_by_role("menuitem", name=what).click()


def content(page: Page, name: str) -> bytes:
    """What comes when the link of a document is followed."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).first.click()
    return Path(download.value.path()).read_bytes()
