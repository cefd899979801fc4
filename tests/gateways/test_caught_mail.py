from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import json
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from server.gateways.letters import sign_in_letter
from server.gateways.simulator import Mailbox, SmtpCatcher
from server.gateways.smtp import Bounced, Deferred, Mail, Mailer, MailServer, Sent
from tests.gateways.far_side import answering, far_side
from tests.gateways.simulated import ANA, options, simulator

LETTER = sign_in_letter(
    "Harlow & Reyes LLP", "http://127.0.0.1:8000/portal/harlow/sign-in#token-1", "12345678"
)
MAIL = Mail(
    message_id="<019a@firm.example>",
    to="ana@client.example",
    subject=LETTER.subject,
    text=LETTER.text,
    html=LETTER.html,
    from_name="Harlow & Reyes LLP",
    at_ms=1_795_316_800_250,
)


def mailer(port: int) -> Mailer:
    return Mailer(MailServer("127.0.0.1", port, "line@firm.example", security="none"))


async def test_w5_mail_is_caught_as_its_recipient_would_see_it() -> None:
    mailbox = Mailbox()
    async with SmtpCatcher(mailbox) as catcher:
        assert isinstance(await mailer(catcher.port).send(MAIL), Sent)
    [caught] = mailbox.mails
    assert (caught.to, caught.subject) == (["ana@client.example"], "Sign in to Harlow & Reyes LLP")
    assert caught.sender == "Harlow & Reyes LLP <line@firm.example>"
    assert caught.text.replace("\r\n", "\n") == LETTER.text
    assert caught.html.replace("\r\n", "\n").rstrip() == LETTER.html.rstrip()


@pytest.mark.parametrize(("name", "fate"), [("bounce", Bounced), ("defer", Deferred)])
async def test_e5_some_recipients_show_what_becomes_of_a_mail(name: str, fate: type) -> None:
    mailbox = Mailbox()
    async with SmtpCatcher(mailbox) as catcher:
        sent = await mailer(catcher.port).send(dataclasses.replace(MAIL, to=f"{name}.ana@client.example"))
    assert isinstance(sent, fate)
    assert mailbox.mails == []


async def test_w5_the_page_gets_what_is_there_and_then_every_new_mail(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.catch(["ana@client.example"], b"Subject: First\r\n\r\nHello")
    async with (
        SmtpCatcher(mailbox) as catcher,
        simulator(options("http://127.0.0.1:9"), mailbox) as url,
        connect(url.replace("http", "ws") + "/mail/live") as page,
    ):
        assert [mail["subject"] for mail in json.decode(await page.recv())["mails"]] == ["First"]
        await mailer(catcher.port).send(MAIL)
        assert json.decode(await page.recv())["mail"]["subject"] == LETTER.subject
    assert [mail.subject for mail in Mailbox(tmp_path).mails] == ["First", LETTER.subject]


async def test_a_mail_is_shown_where_it_can_do_nothing() -> None:
    mailbox = Mailbox()
    caught = mailbox.catch(["a@b.example"], b"Content-Type: text/html\r\n\r\n<head></head><script>x</script>")
    async with simulator(options("http://127.0.0.1:9"), mailbox) as url, httpx.AsyncClient() as page:
        shown = await page.get(f"{url}/mail/{caught.id}/html")
        missing = await page.get(f"{url}/mail/unknown/html")
    policy = shown.headers["content-security-policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert '<head><base target="_blank">' in shown.text
    assert missing.status_code == 404


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"Subject: =?bad?=\r\nContent-Type: text/html; charset=no\r\n\r\n<p>"]
)
def test_a_mail_that_is_hardly_one_is_kept_all_the_same(content: bytes) -> None:
    mailbox = Mailbox()
    mailbox.catch(["a@b.example"], content)
    assert len(mailbox.mails) == 1


def test_only_the_last_mails_are_kept() -> None:
    mailbox = Mailbox()
    for number in range(203):
        mailbox.catch(["a@b.example"], f"Subject: {number}\r\n\r\n".encode())
    assert [mail.subject for mail in mailbox.mails] == [str(number) for number in range(3, 203)]


@pytest.mark.parametrize("subject", ["phone", "mail"])
async def test_another_sites_page_cannot_watch(subject: str) -> None:
    async with simulator(options("http://127.0.0.1:9")) as url:
        page = connect(f"{url.replace('http', 'ws')}/{subject}/live", origin=Origin("https://evil.example"))
        with pytest.raises(InvalidStatus):
            await page


async def test_a_page_that_does_not_keep_up_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.gateways.simulator.live.MAX_WAITING", 3)
    mailbox = Mailbox()
    async with (
        simulator(options("http://127.0.0.1:9"), mailbox) as url,
        connect(url.replace("http", "ws") + "/mail/live") as page,
    ):
        await page.recv()
        for _ in range(10):
            mailbox.catch(["a@b.example"], b"Subject: x\r\n\r\n")
        await page.wait_closed()
    assert page.close_code == 1013


async def test_w5_the_phone_sees_its_text_move() -> None:
    async with (
        far_side(answering(204)) as webhook,
        simulator(options(webhook.url)) as url,
        connect(url.replace("http", "ws") + "/phone/live") as page,
        httpx.AsyncClient() as browser,
    ):
        snapshot = json.decode(await page.recv())
        await browser.post(f"{url}/phone/texts", json={"phone": ANA, "text": "Hi"})
        states: list[Any] = []
        while "delivered" not in states:
            states.append(json.decode(await page.recv())["text"]["state"])
    assert snapshot["firm"] == {"name": "Harlow & Reyes LLP", "number": "+18335550142"}
    assert snapshot["people"] == [{"name": "Ana Ruiz", "number": ANA}]
    assert states == ["sending", "delivered"]


@pytest.mark.parametrize("path", ["/phone", "/mail", "/control/faults", "/nowhere", "/static/phone.js"])
async def test_every_answer_carries_the_strict_headers(path: str) -> None:
    async with simulator(options("http://127.0.0.1:9")) as url, httpx.AsyncClient() as page:
        headers = (await page.get(url + path)).headers
    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert "require-trusted-types-for 'script'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_the_pages_hold_nothing_that_the_policy_forbids() -> None:
    async with simulator(options("http://127.0.0.1:9")) as url, httpx.AsyncClient() as page:
        for name in ("/phone", "/mail"):
            markup = (await page.get(url + name)).text
            assert " style=" not in markup
            assert "<style" not in markup
            assert "<script>" not in markup
            assert "innerHTML" not in markup
