"""An SMTP listener that accepts mail for anybody and hands it to the mailbox.

A recipient whose name begins with ``bounce`` is refused for good and one that begins with ``defer`` for now,
so that what becomes of a mail can be looked at as well.
"""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Final, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from server.gateways.simulator.mailbox import Mailbox

MAX_MAIL_BYTES: Final = 5 * 1024 * 1024


class SmtpCatcher:
    """Listens while its context is open; ``port`` is the real one when 0 was asked for."""

    def __init__(self, mailbox: Mailbox, host: str = "127.0.0.1", port: int = 0) -> None:
        self._hooks = _Hooks(mailbox)
        self._host = host
        self.port = port
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        # aiosmtpd writes every command to its log, addresses and all.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(
                self._hooks, hostname="mail.causeway.test", data_size_limit=MAX_MAIL_BYTES, loop=loop
            ),
            self._host,
            self.port,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()


class _Hooks:
    """The steps of a delivery; their names are aiosmtpd's."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("bounce"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("defer"):
            return "451 4.2.1 Mailbox busy, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        caught = self._mailbox.catch(envelope.rcpt_tos, content if isinstance(content, bytes) else b"")
        return f"250 kept as {caught.id}"
