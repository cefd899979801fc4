"""The simulator's pages in a real browser, against the real simulator and a webhook that can be away."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.mime.text import MIMEText

import httpx
import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from server.gateways.bandwidth_callbacks import Received, parse_callbacks
from server.gateways.simulator import Mailbox, Person, SmtpCatcher, create_simulator
from tests.browser.accessibility import violations
from tests.gateways.simulated import ANA, FIRM, options
from tests.servers import wait_until

JOSEPH = "+16285550164"
MARKUP = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


@dataclass
class Far:
    """What runs around the browser."""

    url: str = ""
    smtp_port: int = 0
    status: int = 204
    received: list[str] = field(default_factory=list)

    def text(self, to: str, text: str) -> None:
        """Text a phone, as the firm does."""
        message = {"applicationId": "app-1", "from": FIRM, "to": [to], "text": text}
        answer = httpx.post(
            f"{self.url}/api/v2/users/5500001/messages", json=message, auth=("causeway", "secret"), timeout=10
        )
        assert answer.status_code == 202

    def mail(self, subject: str, body: str, subtype: str = "plain") -> None:
        """Send a mail, as the firm does."""
        message = MIMEText(body, subtype)
        message["Subject"] = subject
        message["From"] = "Harlow & Reyes LLP <line@firm.example>"
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=10) as client:
            client.sendmail("line@firm.example", ["ana@client.example"], message.as_bytes())

    async def take(self, request: Request) -> Response:
        """The firm's webhook."""
        callbacks = parse_callbacks(await request.body())
        if self.status == 204:
            self.received += [callback.text for callback in callbacks if isinstance(callback, Received)]
        return Response(status_code=self.status)


@pytest.fixture
def far() -> Iterator[Far]:
    far = Far()
    mailbox = Mailbox()
    with serving(Starlette(routes=[Route("/{path:path}", far.take, methods=["POST"])]), Far()) as webhook:
        people = (Person("Ana Ruiz", ANA), Person("Joseph Okafor", JOSEPH))
        simulator = create_simulator(options(webhook.url, people=people), mailbox)
        with serving(simulator, far, mailbox):
            yield far


@contextlib.contextmanager
def serving(app: ASGIApp, far: Far, mailbox: Mailbox | None = None) -> Iterator[Far]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))

    async def serve() -> None:
        async with SmtpCatcher(mailbox or Mailbox()) as catcher:
            far.smtp_port = catcher.port
            await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    wait_until(lambda: server.started, 20, "the simulator to start")
    far.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield far
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def phone(page: Page, far: Far, page_errors: list[str]) -> Page:
    page.goto(f"{far.url}/phone")
    expect(page.get_by_text("(833) 555-0142")).to_be_visible()
    return page


def write(phone: Page, text: str) -> None:
    phone.get_by_label("Text message").fill(text)
    phone.get_by_label("Text message").press("Enter")


def test_w5_a_text_written_on_the_phone_reaches_the_firm_and_says_so(phone: Page, far: Far) -> None:
    write(phone, "Running late 🚌")
    log = phone.get_by_role("log")
    expect(log.get_by_text("Running late 🚌")).to_be_visible()
    expect(log.get_by_text("Delivered")).to_be_visible()
    assert far.received == ["Running late 🚌"]
    expect(phone.get_by_label("Text message")).to_have_value("")


def test_w5_the_firms_text_arrives_by_itself_with_its_links(phone: Page, far: Far) -> None:
    far.text(ANA, "Pay here: https://pay.example/b/1057.")
    link = phone.get_by_role("log").get_by_role("link")
    expect(link).to_have_attribute("href", "https://pay.example/b/1057")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_w5_a_text_that_fails_never_shows_on_the_phone_and_its_reason_beside_it(
    phone: Page, far: Far
) -> None:
    phone.get_by_label("Another number").fill("415 555 0110")
    phone.get_by_label("Another number").press("Enter")
    far.text("+14155550110", "Please bring the summary.")
    network = phone.get_by_role("tabpanel", name="Network")
    expect(network.get_by_text("4750 rejected by carrier")).to_be_visible()
    expect(phone.get_by_role("log").get_by_text("Please bring")).to_have_count(0)


def test_w5_a_firm_that_is_away_gets_the_text_when_it_returns(phone: Page, far: Far) -> None:
    far.status = 503
    write(phone, "Are you there?")
    expect(phone.get_by_role("log").get_by_text("does not take it yet")).to_be_visible()
    far.status = 204
    expect(phone.get_by_role("log").get_by_text("Delivered")).to_be_visible()
    assert far.received == ["Are you there?"]


def test_w5_every_phone_has_its_own_texts_and_its_own_draft(phone: Page, far: Far) -> None:
    phone.get_by_label("Text message").fill("For Ana’s phone")
    far.text(JOSEPH, "Hi Joseph")
    joseph = phone.get_by_role("button", name="Joseph Okafor")
    expect(joseph).to_contain_text("Hi Joseph")
    joseph.click()
    expect(phone.get_by_label("Text message")).to_have_value("")
    expect(phone.get_by_role("log").get_by_text("Hi Joseph")).to_be_visible()
    phone.get_by_role("button", name="Ana Ruiz").click()
    expect(phone.get_by_label("Text message")).to_have_value("For Ana’s phone")


def test_w5_a_phone_has_an_address_and_keeps_its_texts(phone: Page, far: Far) -> None:
    far.text(JOSEPH, "Hi Joseph")
    phone.goto(f"{far.url}/phone#{JOSEPH}")
    phone.reload()
    expect(phone.get_by_role("log").get_by_text("Hi Joseph")).to_be_visible()


def test_w5_trouble_is_ordered_with_a_switch_and_used_up_by_one_text(phone: Page, far: Far) -> None:
    phone.get_by_role("tab", name="Trouble").click()
    switch = phone.get_by_role("switch", name="Reports that come twice")
    switch.click()
    expect(switch).to_be_checked()
    far.text(ANA, "Hi")
    expect(switch).not_to_be_checked()


def test_text_is_only_ever_text(phone: Page, far: Far) -> None:
    far.text(ANA, MARKUP)
    far.mail(MARKUP, MARKUP)
    expect(phone.get_by_role("log").get_by_text("onerror")).to_be_visible()
    assert phone.title() == "Simulated phones"
    phone.goto(f"{far.url}/mail")
    phone.get_by_role("button", name="onerror").click()
    expect(phone.get_by_role("heading", name="onerror")).to_be_visible()
    assert phone.title() == "Caught mail"


def test_w5_mail_arrives_by_itself_and_its_link_opens(page: Page, far: Far, context: BrowserContext) -> None:
    page.goto(f"{far.url}/mail")
    expect(page.get_by_text("No mail yet")).to_be_visible()
    link = f"{far.url}/phone#token-1"
    far.mail("Sign in", f"<head></head><a href='{link}'>Open the page</a>", "html")
    page.get_by_role("button", name="ana@client.example").click()
    with context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Open the page").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == link
    assert opened.value.title() == "Simulated phones"


def test_a_mail_runs_no_script_and_loads_nothing(page: Page, far: Far) -> None:
    loaded: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    hostile = f"<script>top.document.title='x'</script><img src='{far.url}/pixel'><p>Read me</p>"
    far.mail("Hostile", hostile, "html")
    page.goto(f"{far.url}/mail")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/pixel")):
        page.get_by_role("button", name="ana@client.example").click()
    expect(page.frame_locator("iframe").get_by_text("Read me")).to_be_visible()
    assert page.title() == "Caught mail"
    assert [url for url in loaded if url.endswith("/html")]
    assert not [url for url in loaded if url.endswith("/pixel")]


@pytest.mark.parametrize("width", [1440, 390])
def test_w4_the_pages_are_accessible(phone: Page, far: Far, width: int) -> None:
    far.text(ANA, "Pay here: https://pay.example/b/1057")
    far.text("+14155550110", "Hi")
    write(phone, "Thanks")
    far.mail("Sign in", "https://firm.example/")
    phone.set_viewport_size({"width": width, "height": 900})
    expect(phone.get_by_role("log").get_by_text("Delivered")).to_be_visible()
    assert violations(phone) == []
    phone.goto(f"{far.url}/mail")
    phone.get_by_role("button", name="ana@client.example").click()
    assert violations(phone) == []


@pytest.mark.parametrize("width", [1440, 1100, 800, 390, 320])
def test_w4_no_page_scrolls_sideways(phone: Page, far: Far, width: int) -> None:
    far.text(ANA, "A very long word: " + "x" * 200)
    phone.set_viewport_size({"width": width, "height": 800})
    expect(phone.get_by_role("log").get_by_text("A very long word")).to_be_visible()
    for path in ("/phone", "/mail"):
        phone.goto(far.url + path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= width
