"""Sending texts through Bandwidth's messaging API, version 2.

The API has no idempotency key. So an outcome is one of three, and the third is not a failure: once a byte of
the request may have arrived and no answer came, the text may be on its way, and sending it again would text
the client twice (rule F3). Only a callback with the attempt's tag settles it.

Source: Bandwidth's messaging v2 specification; its API v1 for OAuth2 tokens.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Literal, NamedTuple, Self

import httpx
import structlog
from msgspec import DecodeError, Struct, json
from msgspec import field as json_field

from server.gateways.bandwidth_callbacks import milliseconds
from server.gateways.bandwidth_codes import BACKOFF, Failure, Reason, Retry, failure_of_status
from server.gateways.bandwidth_sign_in import (
    Answer,
    BasicSignIn,
    Post,
    SignInRefused,
    TokenSignIn,
    basic_authorization,
)

CONNECT_TIMEOUT_S: Final = 5.0
WRITE_TIMEOUT_S: Final = 10.0
ANSWER_TIMEOUT_S: Final = 20.0
POOL_TIMEOUT_S: Final = 5.0
CALL_TIMEOUT_S: Final = 40.0
"""A whole call: the timeouts above bound a step each, and a peer can drip steps."""
MAX_CONNECTIONS: Final = 8
MAX_ANSWER_BYTES: Final = 64 * 1024

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class BandwidthAccount:
    """Where and as whom to send; the URLs are roots, to which the paths of the API are added."""

    account_id: str
    username: str
    password: str = field(repr=False)
    application_id: str
    messaging_url: str = "https://messaging.bandwidth.com"
    api_url: str = "https://api.bandwidth.com"
    sign_in: Literal["basic", "oauth2"] = "basic"

    @property
    def messages_url(self) -> str:
        return f"{self.messaging_url.rstrip('/')}/api/v2/users/{self.account_id}/messages"

    @property
    def token_url(self) -> str:
        return f"{self.api_url.rstrip('/')}/api/v1/oauth2/token"


class Accepted(NamedTuple):
    """Bandwidth has the text and will report on it."""

    message_id: str
    segment_count: int
    time_ms: int


class Rejected(NamedTuple):
    """The text did not go, and will not unless it is sent again."""

    failure: Failure
    description: str
    status: int | None = None

    @property
    def reason(self) -> Reason:
        return self.failure.reason

    @property
    def retry(self) -> Retry:
        return self.failure.retry


class Ambiguous(NamedTuple):
    """The answer was lost: the text may have gone. Wait for a callback with its tag."""

    description: str


Outcome = Accepted | Rejected | Ambiguous


class Bandwidth:
    """A client of one account; open it once (``async with``) and share it."""

    def __init__(self, account: BandwidthAccount, clock_ms: Callable[[], int] | None = None) -> None:
        self._account = account
        self._http = _http_client()
        self._sign_in = _sign_in(account, self._post, clock_ms or _monotonic_ms)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send(self, from_: str, to: str, text: str, tag: str) -> Outcome:
        """Send one text to one number (both E.164); ``tag`` names the attempt and comes back in callbacks."""
        began_ms = _monotonic_ms()
        message = _Message(self._account.application_id, [to], from_, text, tag)
        outcome = await self._attempt(json.encode(message))
        if isinstance(outcome, Rejected) and outcome.status == 401 and self._sign_in.forget():
            # A 401 took nothing in, so a token that was revoked early may be replaced and the call repeated.
            outcome = await self._attempt(json.encode(message))
        log.info("bandwidth.send", outcome=_word(outcome), took_ms=_monotonic_ms() - began_ms)
        return outcome

    async def _attempt(self, body: bytes) -> Outcome:
        try:
            authorization = await self._sign_in.authorization()
        except SignInRefused as error:
            return Rejected(_failure_of_sign_in(error.status), str(error), error.status)
        except _LOST as error:
            return _not_sent(error)
        return await self._post_message(body, authorization)

    async def _post_message(self, body: bytes, authorization: str) -> Outcome:
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        try:
            return _outcome(await self._post(self._account.messages_url, body, headers))
        except _NEVER_SENT as error:
            return _not_sent(error)
        except _LOST as error:
            return Ambiguous(f"the answer was lost ({type(error).__name__})")

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        async with asyncio.timeout(CALL_TIMEOUT_S):
            async with self._http.stream("POST", url, content=body, headers=headers) as response:
                return Answer(response.status_code, await _read(response))


def _http_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=httpx.Timeout(
            connect=CONNECT_TIMEOUT_S, write=WRITE_TIMEOUT_S, read=ANSWER_TIMEOUT_S, pool=POOL_TIMEOUT_S
        ),
        limits=httpx.Limits(max_connections=MAX_CONNECTIONS),
        # A redirect would carry credentials to wherever it points.
        follow_redirects=False,
        # Proxies and .netrc come from the environment, which is nobody's setting.
        trust_env=False,
        headers={"User-Agent": "Causeway", "Accept": "application/json"},
    )


def _sign_in(account: BandwidthAccount, post: Post, clock_ms: Callable[[], int]) -> BasicSignIn | TokenSignIn:
    credentials = basic_authorization(account.username, account.password)
    if account.sign_in == "basic":
        return BasicSignIn(credentials)
    return TokenSignIn(post, account.token_url, credentials, clock_ms)


async def _read(response: httpx.Response) -> bytes:
    """Read an answer; one that does not end is cut off, and then makes no sense."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            break
    return bytes(body[:MAX_ANSWER_BYTES])


_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_LOST: Final = (httpx.RequestError, TimeoutError)


def _not_sent(error: Exception) -> Rejected:
    return Rejected(Failure("temporary", BACKOFF), f"could not connect ({type(error).__name__})")


def _failure_of_sign_in(status: int) -> Failure:
    """Judge a refused token: a client error of any kind means that our credentials are wrong."""
    return failure_of_status(status if status >= 500 or status in (408, 429) else 401)


class _Message(Struct, rename="camel"):
    application_id: str
    to: list[str]
    from_: str = json_field(name="from")
    text: str
    tag: str


class _Acceptance(Struct, rename="camel"):
    id: str
    time: str
    segment_count: int


class _FieldError(Struct, rename="camel"):
    field_name: str = ""


class _Complaint(Struct, rename="camel"):
    type: str = ""
    description: str = ""
    field_errors: list[_FieldError] = []


def _outcome(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return _accepted(answer)
    if answer.status in (502, 504):
        # A proxy's way to say that it lost Bandwidth's answer; the text may have been taken.
        return Ambiguous(f"a proxy answered {answer.status}")
    return _rejected(answer)


def _accepted(answer: Answer) -> Outcome:
    try:
        acceptance = json.decode(answer.body, type=_Acceptance)
        return Accepted(acceptance.id, acceptance.segment_count, milliseconds(acceptance.time))
    except ValueError:
        return Ambiguous(f"answered {answer.status} with a body that makes no sense")


def _rejected(answer: Answer) -> Rejected:
    try:
        complaint = json.decode(answer.body, type=_Complaint)
    except DecodeError:
        complaint = _Complaint()
    fields = {error.field_name for error in complaint.field_errors}
    description = complaint.description or complaint.type or f"answered {answer.status}"
    return Rejected(failure_of_status(answer.status, fields), description[:500], answer.status)


def _word(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Rejected) else type(outcome).__name__.lower()


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000
