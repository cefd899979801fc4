from __future__ import annotations

import asyncio
import dataclasses
import email
import email.policy
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st

from server.email_address import is_email_address
from server.gateways import smtp
from server.gateways.smtp import (
    Bounced,
    Deferred,
    Fate,
    Mail,
    Mailer,
    MailServer,
    Sent,
    compose,
    new_message_id,
)

MAIL = Mail(
    message_id=new_message_id("019a", "firm.example"),
    to="ana@client.example",
    subject="Sign in to Harlow & Réyes",
    text="Hello\n.\nFrom the firm: ünï\n",
    html="<p>Hello, <b>ünï</b></p>",
    from_name='Harlow, Réyes & "Söhne"',
    at_ms=1_795_316_800_250,
)


# The names of a listener's hooks are aiosmtpd's: ``handle_`` and the SMTP verb.
# ruff: noqa: N802


class Postbox:
    """What a listener accepted, and what it answers instead where a test says so."""

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.envelopes: list[Envelope] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("data", "250 kept as 1")
        if answer.startswith("250"):
            self.envelopes.append(envelope)
        return answer

    def message(self) -> EmailMessage:
        [envelope] = self.envelopes
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


@asynccontextmanager
async def listener(postbox: Postbox, **options: Any) -> AsyncIterator[MailServer]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(postbox, hostname="mail.example", loop=loop, **options), "127.0.0.1", 0
    )
    async with server:
        yield server_at(server.sockets[0].getsockname()[1])


@asynccontextmanager
async def speaking(
    dialogue: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[MailServer]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await dialogue(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server_at(server.sockets[0].getsockname()[1])


def server_at(port: int, **fields: Any) -> MailServer:
    return MailServer("127.0.0.1", port, "line@firm.example", **{"security": "none", **fields})


async def send(mail: Mail, answers: dict[str, str]) -> Fate:
    async with listener(Postbox(answers)) as server:
        return await Mailer(server).send(mail)


async def test_an_accepted_mail_is_sent_to_one_recipient_in_both_forms() -> None:
    postbox = Postbox()
    async with listener(postbox) as server:
        assert await Mailer(server).send(MAIL) == Sent("kept as 1")
    assert postbox.envelopes[0].mail_from == "line@firm.example"
    assert postbox.envelopes[0].rcpt_tos == ["ana@client.example"]
    message = postbox.message()
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content().rstrip() == MAIL.html
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")


async def test_e5_the_headers_are_those_promised() -> None:
    postbox = Postbox()
    mail = dataclasses.replace(MAIL, thread_root="<root@firm.example>", reply_to="reply+1@firm.example")
    async with listener(postbox) as server:
        await Mailer(server).send(mail)
    message = postbox.message()
    assert message["Message-ID"] == "<019a@firm.example>"
    assert message["In-Reply-To"] == message["References"] == "<root@firm.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Reply-To"] == "reply+1@firm.example"
    assert message["Subject"] == MAIL.subject
    assert message["From"].addresses[0].display_name == MAIL.from_name
    assert message["From"].addresses[0].addr_spec == "line@firm.example"
    assert message["Date"].datetime.timestamp() == MAIL.at_ms // 1000
    assert message["List-Unsubscribe"] is None


async def test_a_bounce_address_goes_on_the_envelope_alone() -> None:
    postbox = Postbox()
    async with listener(postbox) as server:
        await Mailer(server).send(dataclasses.replace(MAIL, envelope_sender="bounce+77@firm.example"))
    assert postbox.envelopes[0].mail_from == "bounce+77@firm.example"
    assert "bounce+77" not in str(postbox.message())


@pytest.mark.parametrize(
    ("answers", "fate"),
    [
        ({"rcpt": "550 5.1.1 No such user"}, Bounced("recipient", "550 5.1.1 No such user")),
        ({"rcpt": "451 4.2.1 Try later"}, Deferred("recipient_busy", "451 4.2.1 Try later")),
        ({"rcpt": "452 4.2.2 Mailbox full"}, Deferred("recipient_busy", "452 4.2.2 Mailbox full")),
        ({"mail": "553 5.7.1 Not you"}, Bounced("sender", "553 5.7.1 Not you")),
        ({"mail": "421 4.3.2 Closing"}, Deferred("server_busy", "421 4.3.2 Closing")),
        ({"data": "554 5.7.1 Spam"}, Bounced("content", "554 5.7.1 Spam")),
        ({"data": "451 4.3.0 Greylisted"}, Deferred("server_busy", "451 4.3.0 Greylisted")),
    ],
)
async def test_e5_4xx_waits_and_5xx_bounces(answers: dict[str, str], fate: Fate) -> None:
    assert await send(MAIL, answers) == fate


async def test_e5_nobody_listening_defers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        fate = await Mailer(server_at(closed.getsockname()[1])).send(MAIL)
    assert isinstance(fate, Deferred)
    assert fate.reason == "connection"


@pytest.mark.parametrize("greeting", [b"554 5.7.1 Blocked\r\n", b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_e5_a_server_that_refuses_us_judges_no_mail(greeting: bytes) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()

    async with speaking(refuse) as server:
        assert isinstance(await Mailer(server).send(MAIL), Deferred)


@pytest.mark.parametrize("last", [b"MAIL", b"RCPT", b"DATA", b"."])
async def test_e5_a_connection_dropped_at_any_step_defers(last: bytes) -> None:
    async def drop_after(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        in_content = False
        while not (line := await reader.readline()).startswith(last) or (last == b"." and line != b".\r\n"):
            if not in_content:
                writer.write(b"354 go\r\n" if line.startswith(b"DATA") else b"250 OK\r\n")
            in_content = in_content or line.startswith(b"DATA")

    async with speaking(drop_after) as server:
        fate = await Mailer(server).send(MAIL)
    assert isinstance(fate, Deferred)
    assert fate.reason == "connection"


async def test_e5_a_connection_dropped_at_the_goodbye_is_sent_all_the_same() -> None:
    class Rude(Postbox):
        async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            server.transport.abort()  # type: ignore[union-attr]
            return "221 Bye"

    async with listener(Rude()) as server:
        assert isinstance(await Mailer(server).send(MAIL), Sent)


async def test_e5_silence_defers_after_the_named_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "COMMAND_TIMEOUT_S", 0.1)

    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with speaking(stay_silent) as server:
        fate = await Mailer(server).send(MAIL)
    assert isinstance(fate, Deferred)
    assert fate.reason == "timeout"


async def test_a_server_that_drips_ends_at_the_timeout_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "SEND_TIMEOUT_S", 0.2)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.transport.is_closing():
            writer.write(b"220-still\r\n")
            await asyncio.sleep(0.01)

    async with speaking(drip) as server:
        fate = await Mailer(server).send(MAIL)
    assert isinstance(fate, Deferred)
    assert fate.reason == "timeout"


async def test_mail_never_goes_in_the_clear_where_tls_was_asked_for() -> None:
    postbox = Postbox()
    async with listener(postbox) as server:
        fate = await Mailer(dataclasses.replace(server, security="starttls")).send(MAIL)
    assert isinstance(fate, Deferred)
    assert fate.reason == "not_offered"
    assert postbox.envelopes == []


async def test_a_wrong_password_defers_and_blames_no_recipient() -> None:
    def refuse(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    async with listener(Postbox(), authenticator=refuse, auth_require_tls=False) as server:
        signed_in = dataclasses.replace(server, username="line", password="wrong")
        fate = await Mailer(signed_in).send(MAIL)
    assert isinstance(fate, Deferred)
    assert fate.reason == "sign_in"


INJECTIONS = [
    "a@b.example, c@d.example",
    "a@b.example\r\nRCPT TO:<c@d.example>",
    "a@b.example\n",
    "a@b.example\r\nBcc: c@d.example",
    "<a@b.example>",
    "Ana <a@b.example>",
    '"a b"@c.example',
    "a@b.example SIZE=1",
    "a(comment)@b.example",
    "a@[127.0.0.1]",
    "a@127.0.0.1",
    "a@localhost",
    "a@b.example.",
    "a@-b.example",
    "a@b..example",
    ".a@b.example",
    "a..b@c.example",
    "a@b@c.example",
    "ä@b.example",
    "a@bücher.example",
    "a@b.example\x00",
    "a;b@c.example",
    "@b.example",
    "a@",
    "",
    "a" * 65 + "@b.example",
    "a@" + "b" * 64 + ".example",
    "a@" + ".".join(["b" * 60] * 5) + ".example",
]


@pytest.mark.parametrize("address", INJECTIONS)
async def test_anything_but_one_plain_address_bounces_before_a_connection_is_made(address: str) -> None:
    postbox = Postbox()
    async with listener(postbox) as server:
        fate = await Mailer(server).send(dataclasses.replace(MAIL, to=address))
    assert fate == Bounced("address", "not an address")
    assert postbox.envelopes == []


@pytest.mark.parametrize(
    "address",
    [
        "ana@client.example",
        "ana.ruiz+portal@mail.client.example",
        "o'neil@client.example",
        "a@xn--bcher-kva.example",
        "a" * 64 + "@b.example",
        "x!#$%&'*+/=?^_`{|}~-@b.example",
    ],
)
def test_plain_addresses_are_accepted(address: str) -> None:
    assert is_email_address(address)


@given(st.text(max_size=80))
def test_no_name_or_subject_makes_a_header_of_its_own(words: str) -> None:
    mail = dataclasses.replace(MAIL, subject=words, from_name=words)
    composed = compose(mail, "line@firm.example").as_bytes(policy=email.policy.SMTP)
    headers = composed.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    names = [line.split(b":")[0].decode() for line in headers if not line.startswith((b" ", b"\t"))]
    assert names == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
        *("MIME-Version", "Content-Type"),
    ]
    parsed = email.message_from_bytes(composed, policy=email.policy.default)
    assert [address.addr_spec for address in parsed["From"].addresses] == ["line@firm.example"]
    assert [address.addr_spec for address in parsed["To"].addresses] == ["ana@client.example"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"message_id": "019a"},
        {"message_id": "<a@b.example>\r\nBcc: x@y.example"},
        {"thread_root": "<a b@c.example>"},
        {"reply_to": "a@b.example, c@d.example"},
        {"envelope_sender": "a@b.example\n"},
    ],
)
def test_a_mail_that_we_made_ill_is_a_bug_and_raises(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not"):
        compose(dataclasses.replace(MAIL, **wrong), "line@firm.example")  # type: ignore[arg-type]


def test_a_server_needs_a_plain_sender_and_never_shows_its_password() -> None:
    with pytest.raises(ValueError, match="sender"):
        MailServer("127.0.0.1", 25, "Causeway <line@firm.example>")
    assert "secret" not in repr(server_at(25, password="secret"))
