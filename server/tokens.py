"""Secrets that open something: 256 random bits behind a prefix for each kind; only their HMAC is kept.

A stolen database therefore opens nothing, and a secret that leaks into a file is known for what it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Literal

from storage.database import Database
from storage.vault import SERVER

Kind = Literal["session", "api", "link", "browser"]

_PREFIXES: dict[Kind, str] = {"session": "cs_", "api": "cw_", "link": "cl_", "browser": "cn_"}
_RANDOM_BYTES = 32
_RANDOM_PART = re.compile(r"[A-Za-z0-9_-]{43}\Z")

CODE_DIGITS = 8


def new_token(kind: Kind) -> str:
    """A secret of its kind."""
    return _PREFIXES[kind] + secrets.token_urlsafe(_RANDOM_BYTES)


def new_code() -> str:
    """A secret short enough to be typed; only good where tries are counted."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def is_token(kind: Kind, text: str) -> bool:
    """Whether a text has the form of such a secret; others need not be looked up."""
    prefix = _PREFIXES[kind]
    return text.startswith(prefix) and _RANDOM_PART.match(text, len(prefix)) is not None


async def digest(database: Database, purpose: str, *parts: str) -> str:
    """The HMAC under which a secret is kept and found; 64 hexadecimal digits, another for each purpose."""
    await database.vault.load(SERVER)
    key = database.vault.subkey(SERVER, purpose)
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
