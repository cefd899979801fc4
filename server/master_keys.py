"""The keys that wrap every firm's data keys: their written form, and the file of an embedded server."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from pathlib import Path

import structlog

KEY_BYTES = 32

log = structlog.get_logger()


class MalformedKeys(ValueError):
    """The written master keys cannot be read. The message says what to do and never repeats a key."""


def parse(text: str) -> dict[int, bytes]:
    """Keys by id from `id:key` entries, separated by commas or white space.

    A key is 32 bytes in base64url, with or without padding. The highest id comes first: it is the newest,
    and the one that wraps.

    Raises:
        MalformedKeys: an entry is not of that form, or an id stands twice.
    """
    keys: dict[int, bytes] = {}
    for position, entry in enumerate(re.split(r"[,\s]+", text.strip()), start=1):
        identifier, colon, encoded = entry.partition(":")
        if not (colon and identifier.isascii() and identifier.isdigit() and int(identifier) > 0):
            raise MalformedKeys(f"entry {position} is not of the form id:key with a whole number as id")
        if int(identifier) in keys:
            raise MalformedKeys(f"id {identifier} stands twice: give each key its own number")
        keys[int(identifier)] = _decode(int(identifier), encoded)
    return dict(sorted(keys.items(), reverse=True))


def read_or_create(path: Path) -> dict[int, bytes]:
    """The keys in the file, which is made with one new key where there is none yet.

    Raises:
        MalformedKeys: the file cannot be read, or others than its owner may read it.
    """
    if not path.exists():
        _create(path)
    try:
        if path.stat().st_mode & 0o077:
            raise MalformedKeys(f"{path} can be read by others: run chmod 600 on it")
        return parse(path.read_text("ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedKeys(f"{path} cannot be read: {type(error).__name__}") from error


def _create(path: Path) -> None:
    """Writes the file whole or not at all: half a key would lock the firm out of its own records."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"1:{base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where the name exists, so of two first starts at once both read the same key.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    log.warning("master_key_created", path=str(path), advice="back it up: without it no record can be read")


def _decode(identifier: int, encoded: str) -> bytes:
    bare = encoded.rstrip("=")
    padding = "=" * (-len(bare) % 4)
    try:
        key = base64.b64decode(bare + padding, b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise MalformedKeys(f"key {identifier} is not base64url") from None
    if len(key) != KEY_BYTES:
        raise MalformedKeys(f"key {identifier} has {len(key)} bytes: it needs {KEY_BYTES}")
    return key
