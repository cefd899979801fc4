"""How a call to Bandwidth says who we are: Basic credentials, or a short-lived OAuth2 token got with them.

Source: Bandwidth API v1, ``POST /api/v1/oauth2/token`` (client credentials); Basic works on every call.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from msgspec import DecodeError, Struct, json

RENEW_BEFORE_EXPIRY_MS: Final = 60_000


class Answer(NamedTuple):
    """An HTTP answer, read whole."""

    status: int
    body: bytes


Post = Callable[[str, bytes, dict[str, str]], Awaitable[Answer]]


class SignInRefused(Exception):
    """The token endpoint would not give a token; ``status`` is what it answered."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the token endpoint answered {status}")
        self.status = status


class BasicSignIn:
    """The same header for every call."""

    def __init__(self, credentials: str) -> None:
        self._credentials = credentials

    async def authorization(self) -> str:
        """Answer the header."""
        return self._credentials

    def forget(self) -> bool:
        """Answer that there is nothing to forget: a refusal is final."""
        return False


class TokenSignIn:
    """A token, shared by all calls until a minute before it expires."""

    def __init__(self, post: Post, url: str, credentials: str, clock_ms: Callable[[], int]) -> None:
        self._post = post
        self._url = url
        self._credentials = credentials
        self._clock_ms = clock_ms
        self._token: str | None = None
        self._renew_at_ms = 0
        self._one_fetch = asyncio.Lock()

    async def authorization(self) -> str:
        """Answer the header, with a fresh token where the last one is near its end.

        Raises:
            SignInRefused: the endpoint answered anything but a token; transport errors pass through.
        """
        async with self._one_fetch:
            if self._token is None or self._clock_ms() >= self._renew_at_ms:
                await self._fetch()
            return f"Bearer {self._token}"

    def forget(self) -> bool:
        """Drop a token that was refused, and answer whether a new one is worth trying."""
        held, self._token = self._token, None
        return held is not None

    async def _fetch(self) -> None:
        headers = {"Authorization": self._credentials, "Content-Type": "application/x-www-form-urlencoded"}
        answer = await self._post(self._url, b"grant_type=client_credentials", headers)
        if answer.status != 200:
            raise SignInRefused(answer.status)
        try:
            grant = json.decode(answer.body, type=_Grant)
        except DecodeError:
            raise SignInRefused(answer.status) from None
        self._token = grant.access_token
        self._renew_at_ms = self._clock_ms() + grant.expires_in * 1000 - RENEW_BEFORE_EXPIRY_MS


class _Grant(Struct):
    access_token: str
    expires_in: int


def basic_authorization(username: str, password: str) -> str:
    """Write the value of an ``Authorization`` header (RFC 7617, UTF-8)."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii")
