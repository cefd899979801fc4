"""Commands about the firm's own people and sessions."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from protocol.types import Arguments, EmailAddress, Id, Line, Name

Password = Annotated[str, Meta(min_length=15, max_length=200, description="at least 15 characters")]


class CreateUser(Arguments, frozen=True, kw_only=True):
    """A new member or admin, who signs in with this address and password."""

    name: Name
    email: EmailAddress
    password: Password
    role: Literal["member", "admin"] = "member"
    title: Line = ""


class UpdateUser(Arguments, frozen=True, kw_only=True):
    """Changes what is given; a new password, another role or ``active: false`` ends the user's sessions."""

    user: Id
    name: Name | UnsetType = UNSET
    title: Line | UnsetType = UNSET
    role: Literal["member", "admin"] | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    password: Password | UnsetType = UNSET


class EndSession(Arguments, frozen=True, kw_only=True):
    """Signs one of the person's own browsers or phones out."""

    session: Id
