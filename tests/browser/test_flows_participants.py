"""People come and go while everybody watches."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import GREETING, Case, answer_box, new_contact, open_case, said, write
from tests.browser.demo import CannotCall, Demo
from tests.browser.screens import Screens


@pytest.fixture
def case(demo: Demo) -> Case:
    """A portal of this test's own."""
    return open_case(demo)


def test_a1_a2_r3_somebody_is_added_from_now_on_while_everybody_watches(screens: Screens, case: Case) -> None:
    sister = new_contact(screens.demo)
    desk = screens.firm(path=case.firm_path)
    colleague = screens.firm("tom", "/")
    phone = screens.client(case.email, case.client_path)
    hers = screens.client(str(sister["sign_in_email"]))
    expect(hers.get_by_role("heading", name="No portal is open yet")).to_be_visible()

    add(desk, "Tom Becker")
    expect(colleague.get_by_role("link", name=case.name)).to_be_visible()
    dialog = choose(desk, sister["name"])
    expect(dialog.get_by_text("Earlier messages and shares stay hidden")).to_be_visible()
    expect(dialog.get_by_text("Adding sends nothing.")).to_be_visible()
    dialog.get_by_text("Only from now on").click()
    dialog.get_by_role("button", name=f"Add {sister['name']}").click()

    expect(hers.get_by_role("heading", name=case.name)).to_be_visible()
    expect(event(desk, f"Priya Shah added {sister['name']} to this portal")).to_be_visible()
    close_dialog(desk)
    write(desk, "Welcome to both.")
    hers.goto(screens.demo.portal_url + case.client_path)
    expect(said(hers, "Welcome to both.")).to_be_visible()
    expect(said(hers, GREETING)).to_have_count(0)
    phone.get_by_role("button", name="Who can see this").click()
    expect(phone.get_by_role("dialog").get_by_text(sister["name"])).to_be_visible()


def test_r3_events_stand_among_the_messages_and_vanish_with_the_toggle(screens: Screens, case: Case) -> None:
    case.desk.do("participant.add", portal=case.matter, person=user(screens.demo, "Tom Becker"))
    screens.client(case.email, case.client_path)
    desk = screens.firm(path=case.firm_path)
    added = event(desk, "Priya Shah added Tom Becker to this portal")
    read = event(desk, f"{case.client} read everything up to here")
    for line in (added, read):
        expect(line).to_be_visible()
        expect(line.locator("time")).to_have_attribute("datetime", re.compile(r"^\d{4}-\d\d-\d\dT"))
    toggle = desk.get_by_role("switch", name="Show all portal events")
    toggle.click()
    expect(added).to_have_count(0)
    expect(read).to_have_count(0)
    expect(said(desk, GREETING)).to_be_visible()
    desk.reload()
    expect(toggle).not_to_be_checked()
    toggle.click()
    expect(read).to_be_visible()


def test_r4_a_client_sees_no_event_and_no_receipt(screens: Screens, case: Case) -> None:
    phone = screens.client(case.email, case.client_path)
    write(phone, "Did you see this?")
    desk = screens.firm(path=case.firm_path)
    expect(event(desk, "Priya Shah read everything up to here")).to_be_visible()
    expect(said(phone, "Did you see this?")).to_be_visible()
    for word in ("Read by", "read everything", "added"):
        expect(phone.get_by_text(word)).to_have_count(0)


def test_a4_a_removed_client_is_told_at_once_and_receives_nothing_more(screens: Screens, case: Case) -> None:
    desk = screens.firm(path=case.firm_path)
    phone = screens.client(case.email, case.client_path)
    frames: list[bytes] = []
    answer_box(phone).fill("I was about to write")
    confirm = remove(desk, case.client)
    expect(confirm).to_contain_text(f"{case.client} stops receiving at once")
    confirm.get_by_role("button", name="Remove").click()
    expect(event(desk, f"Priya Shah removed {case.client} from this portal")).to_be_visible()
    expect(phone.get_by_role("heading", name="This portal is no longer open to you")).to_be_visible()
    expect(said(phone, GREETING)).to_have_count(0)
    close_dialog(desk)

    phone.reload()
    record_frames(phone, frames)
    phone.goto(f"{screens.demo.portal_url}{case.client_path}?again")
    expect(phone.get_by_role("heading", name="This portal is no longer open to you")).to_be_visible()
    write(desk, "Only among ourselves.")
    expect(said(desk, "Only among ourselves.")).to_be_visible()
    other = open_case(screens.demo)
    other.desk.do("participant.add", portal=other.matter, person=case.client_id)
    other.desk.do("message.send", portal=other.matter, text="This is for you.")
    phone.get_by_role("button", name="Your portals").click()
    expect(phone.get_by_role("heading", name="This is for you.")).to_be_visible()
    assert any(b"This is for you." in frame for frame in frames)
    assert not any(b"Only among ourselves." in frame for frame in frames)


def test_a4_a_removed_colleague_is_told_at_once_and_may_be_added_again(screens: Screens, case: Case) -> None:
    tom = user(screens.demo, "Tom Becker")
    case.desk.do("participant.add", portal=case.matter, person=tom)
    colleague = screens.firm("tom", case.firm_path)
    expect(said(colleague, GREETING)).to_be_visible()
    case.desk.do("participant.remove", portal=case.matter, person=tom)
    expect(colleague.get_by_role("heading", name="This portal is not open to you")).to_be_visible()
    expect(colleague.get_by_role("link", name=case.name)).to_have_count(0)
    case.desk.do("participant.add", portal=case.matter, person=tom)
    expect(said(colleague, GREETING)).to_be_visible()


def test_p9_the_last_of_the_firm_cannot_be_removed_and_the_screen_says_why(
    screens: Screens, case: Case
) -> None:
    desk = screens.firm(path=case.firm_path)
    desk.get_by_role("button", name="Manage participants").first.click()
    dialog = desk.get_by_role("dialog", name="Participants")
    expect(dialog.get_by_role("button", name="Remove Priya Shah")).to_be_disabled()
    expect(dialog.get_by_text("A portal keeps at least one person of the firm.")).to_be_visible()


def test_p9_an_admin_sees_that_a_portal_is_open_and_may_cover_it(screens: Screens, case: Case) -> None:
    tom = screens.demo.desk("tom")
    matter = tom.do("matter.create", name="Tom’s own case", client=case.client_id)
    tom.do("message.send", portal=matter["id"], text="Tom writes alone.")
    with pytest.raises(CannotCall, match="not_found"):
        case.desk.ask("portal.get", portal=matter["id"])
    desk = screens.firm(path=f"/portals/{matter['id']}")
    expect(desk.get_by_role("heading", name="There is nothing here for you")).to_be_visible()
    expect(desk.get_by_text("Tom writes alone.")).to_have_count(0)
    desk.get_by_role("button", name="Add myself").click()
    expect(said(desk, "Tom writes alone.")).to_be_visible()
    expect(event(desk, "Priya Shah joined this portal")).to_be_visible()


def add(desk: Page, name: str) -> None:
    """Add a colleague."""
    choose(desk, name).get_by_role("button", name=f"Add {name}").click()
    expect(desk.get_by_role("dialog", name="Participants").get_by_text(name)).to_be_visible()


def choose(desk: Page, name: str) -> Locator:
    """The last question before somebody is added."""
    if not desk.get_by_role("dialog").is_visible():
        desk.get_by_role("button", name="Manage participants").first.click()
    desk.get_by_role("button", name="Add someone").click()
    desk.get_by_role("combobox", name="Add someone").fill(name)
    desk.get_by_role("option", name=name).click()
    return desk.get_by_role("dialog", name=f"Add {name}")


def remove(desk: Page, name: str) -> Locator:
    """The question before somebody is removed."""
    desk.get_by_role("button", name="Manage participants").first.click()
    desk.get_by_role("button", name=f"Remove {name}").click()
    return desk.get_by_role("dialog", name=f"Remove {name}?")


def close_dialog(page: Page) -> None:
    """Leave a dialog as one does with the keyboard."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def event(page: Page, text: str) -> Locator:
    """A line between the messages."""
    return page.locator("p.event").filter(has_text=text)


def user(demo: Demo, name: str) -> str:
    """A colleague's id."""
    users = demo.desk().ask("user.list")["users"]
    return str(next(each["id"] for each in users if each["name"] == name))


def record_frames(page: Page, frames: list[bytes]) -> None:
    """Keep all that comes over the page's sockets from its next opening on."""

    def keep(payload: str | bytes) -> None:
        frames.append(payload.encode() if isinstance(payload, str) else payload)

    page.on("websocket", lambda socket: socket.on("framereceived", keep))
