"""Sending email, one recipient an envelope, and saying truthfully what became of it.

A mail server judges a mail only by what it answers to MAIL, RCPT and DATA; a refused connection, greeting or
password judges us, and the mail waits. A retry repeats the Message-ID, so after an answer that was lost the
recipient's mail system can tell that the second copy is the first one (rule E5).
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Final, Literal, NamedTuple

import aiosmtplib
import structlog

from server.email_address import is_email_address

COMMAND_TIMEOUT_S: Final = 20.0
SEND_TIMEOUT_S: Final = 90.0

DeferReason = Literal["connection", "timeout", "not_offered", "sign_in", "server_busy", "recipient_busy"]
BounceReason = Literal["address", "recipient", "sender", "content"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and in whose name; ``security`` is never lowered to what is offered."""

    host: str
    port: int
    from_address: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"

    def __post_init__(self) -> None:
        if not is_email_address(self.from_address):
            raise ValueError("the sender's address is not a plain email address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One letter to one person; ``message_id`` is stored before the first attempt and stays the same."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    from_name: str
    at_ms: int
    thread_root: str | None = None
    reply_to: str | None = None
    envelope_sender: str | None = None


class Sent(NamedTuple):
    """The server has the mail and answers for it from now on."""

    answer: str


class Deferred(NamedTuple):
    """Not now: try again, with the same Message-ID."""

    reason: DeferReason
    answer: str


class Bounced(NamedTuple):
    """Never: nothing about this mail will change by trying again."""

    reason: BounceReason
    answer: str


Fate = Sent | Deferred | Bounced


class Mailer:
    """Hands mail to one server, with a connection for each mail."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    @property
    def domain(self) -> str:
        """What the Message-IDs of mail from here end in."""
        return self._server.from_address.rpartition("@")[2]

    async def send(self, mail: Mail) -> Fate:
        """Send one mail and answer its fate; only a mail that is ill made raises (ValueError)."""
        began_ns = time.monotonic_ns()
        fate = await self._try(mail) if is_email_address(mail.to) else Bounced("address", "not an address")
        log.info(
            "smtp.send",
            fate=type(fate).__name__.lower(),
            reason=getattr(fate, "reason", None),
            took_ms=(time.monotonic_ns() - began_ns) // 1_000_000,
        )
        return fate

    async def _try(self, mail: Mail) -> Fate:
        message = compose(mail, self._server.from_address)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                return await self._hand_over(mail, message.as_bytes(policy=SMTP_POLICY))
        except aiosmtplib.SMTPException as error:
            return _fate_of(error)
        except TimeoutError:
            return Deferred("timeout", f"no end after {SEND_TIMEOUT_S:.0f} s")
        except OSError as error:
            return Deferred("connection", type(error).__name__)

    async def _hand_over(self, mail: Mail, content: bytes) -> Sent:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            # Otherwise the library asks the resolver, blocking.
            local_hostname=self.domain,
            timeout=COMMAND_TIMEOUT_S,
        )
        async with client:
            _, answer = await client.sendmail(mail.envelope_sender or server.from_address, [mail.to], content)
            return Sent(_one_line(answer))


def compose(mail: Mail, from_address: str) -> EmailMessage:
    """Write a mail as plain text with an HTML alternative.

    Raises:
        ValueError: an address or the Message-ID is not in its strict form; a programming error, not a fate.
    """
    for address in filter(None, (mail.reply_to, mail.envelope_sender)):
        if not is_email_address(address):
            raise ValueError("an address of the firm's own is not a plain email address")
    for message_id in filter(None, (mail.message_id, mail.thread_root)):
        if not _MESSAGE_ID.fullmatch(message_id):
            raise ValueError("a Message-ID is not of the form <token@domain>")
    message = EmailMessage(policy=SMTP_POLICY)
    for name, value in _headers(mail, from_address):
        message[name] = value
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


def new_message_id(token: str, domain: str) -> str:
    """Make a Message-ID from something random and unique; store it before sending."""
    return f"<{token}@{domain}>"


_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=-]{1,128}@[A-Za-z0-9.-]{1,100}>")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _headers(mail: Mail, from_address: str) -> list[tuple[str, str | Address | datetime]]:
    headers: list[tuple[str, str | Address | datetime]] = [
        ("From", Address(_one_line(mail.from_name), addr_spec=from_address)),
        ("To", Address(addr_spec=mail.to)),
        ("Subject", _one_line(mail.subject)),
        ("Date", datetime.fromtimestamp(mail.at_ms / 1000, UTC)),
        ("Message-ID", mail.message_id),
        # These tell autoresponders to stay silent. There is no List-Unsubscribe: this mail is not optional.
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    if mail.reply_to:
        headers.append(("Reply-To", Address(addr_spec=mail.reply_to)))
    if mail.thread_root:
        headers += [("In-Reply-To", mail.thread_root), ("References", mail.thread_root)]
    return headers


def _one_line(text: str) -> str:
    """Keep a name out of the headers below it: a line end in a header begins the next one."""
    return _CONTROLS.sub(" ", text).strip()[:200]


def _fate_of(error: aiosmtplib.SMTPException) -> Deferred | Bounced:
    """Judge a refusal: who was refused decides the reason, the first digit decides whether for ever."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refused, *_]):
            return _judged(refused, "recipient_busy", "recipient")
        case aiosmtplib.SMTPSenderRefused():
            return _judged(error, "server_busy", "sender")
        case aiosmtplib.SMTPDataError():
            return _judged(error, "server_busy", "content")
    return _not_judged(error)


def _not_judged(error: aiosmtplib.SMTPException) -> Deferred:
    """Say what stood between us and the server's judgement of the mail."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return Deferred("sign_in", _words(error))
        case aiosmtplib.SMTPResponseException():
            return Deferred("server_busy", _words(error))
        case aiosmtplib.SMTPTimeoutError():
            return Deferred("timeout", f"no answer in {COMMAND_TIMEOUT_S:.0f} s")
        case aiosmtplib.SMTPServerDisconnected() | aiosmtplib.SMTPConnectError():
            return Deferred("connection", _one_line(error.message))
    # The server has not the TLS, or not the way to sign in, that the settings ask for.
    return Deferred("not_offered", _one_line(error.message))


def _judged(
    error: aiosmtplib.SMTPResponseException, deferred: DeferReason, bounced: BounceReason
) -> Deferred | Bounced:
    return Bounced(bounced, _words(error)) if error.code >= 500 else Deferred(deferred, _words(error))


def _words(error: aiosmtplib.SMTPResponseException) -> str:
    return f"{error.code} {_one_line(error.message)}"
