"""A firm's texting number, and how the carrier that reports on it proves itself."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from storage.models import Line

# Checked before it meets the database: a NUL in a filter matches every row on SQLite.
PATH_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where and as whom the carrier reports. All three are random, so one hash of the password is enough."""

    path: str
    user: str
    password: str = field(repr=False)

    @classmethod
    def random(cls) -> Self:
        """A new one that nobody can guess."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(12), secrets.token_urlsafe(32))


async def open_line(firm: UUID, phone: str, application: str, webhook: Webhook) -> Line:
    """Give a firm its number (E.164) of the carrier's application; inside a transaction."""
    return await Line.create(
        firm_id=firm,
        phone=phone,
        application=application,
        webhook_path=webhook.path,
        webhook_user=webhook.user,
        webhook_password_hash=_hash(webhook.password),
    )


def proves(line: Line | None, user: str, password: str) -> bool:
    """Whether these credentials are the line's; takes as long where there is no such line."""
    known_user = line.webhook_user if line else ""
    known_hash = line.webhook_password_hash if line else _hash("")
    same_user = secrets.compare_digest(user.encode(), known_user.encode())
    same_password = secrets.compare_digest(_hash(password), known_hash)
    return line is not None and same_user and same_password


def _hash(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
