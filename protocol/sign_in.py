"""What travels when somebody signs in: over HTTP alone, since no session can open a socket yet."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.entities import Firm
from protocol.queries import Me
from protocol.types import Arguments, EmailAddress, Millis, Shape

FirmSlug = Annotated[str, Meta(min_length=1, max_length=60, description="a firm's short name in addresses")]
Secret = Annotated[str, Meta(min_length=1, max_length=200)]


class PasswordSignIn(Arguments, frozen=True, kw_only=True):
    """A firm user's address and password."""

    email: EmailAddress
    password: Secret


class LinkRequest(Arguments, frozen=True, kw_only=True):
    """A client's wish for an emailed link. The answer is the same whether or not the address is known."""

    firm: FirmSlug
    email: EmailAddress


class Redemption(Arguments, frozen=True, kw_only=True):
    """Two proofs out of three: the link's token, its code, the browser that asked for it (by its cookie).

    ``remember``: this phone or computer stays signed in for 30 days.
    """

    firm: FirmSlug
    token: Secret | None = None
    code: Secret | None = None
    remember: bool = False


class SignedIn(Shape, frozen=True, kw_only=True, omit_defaults=False):
    """Who is signed in, and the token that state-changing requests carry in ``X-Causeway-CSRF``."""

    me: Me
    firm: Firm
    csrf: str
    expires: Millis


class FirmName(Shape, frozen=True, kw_only=True):
    """What a sign-in page shows of a firm to somebody who is not signed in."""

    name: str
    slug: str
