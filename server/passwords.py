"""Passwords of firm users, kept as argon2id hashes with the library's current parameters (RFC 9106)."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each hash takes 64 MiB and tens of milliseconds on purpose: two at a time bound the memory, and leave the
# event loop and the other cores to everybody who is signed in already.
_THREADS = 2
_MAX_WAITING = 64

_hasher = PasswordHasher()


class Busy(Exception):
    """So many passwords wait to be checked that another would only wait in vain."""


def hash_now(password: str) -> str:
    """Hash a password in this thread, which takes tens of milliseconds."""
    return _hasher.hash(password)


class Passwords:
    """Hashes and checks passwords in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
        self._waiting = 0
        # Checked where there is no account: the same work, and no match.
        self._of_nobody = _hasher.hash(secrets.token_urlsafe())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was hashed; without a hash it costs the same and is not.

        Raises:
            Busy: too many are waiting.
        """
        if self._waiting >= _MAX_WAITING:
            raise Busy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _verify, kept or self._of_nobody, password)
        finally:
            self._waiting -= 1


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
