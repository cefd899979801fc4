"""Commands about the people whom the firm knows."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from protocol.types import Arguments, EmailAddress, Id, Name, PhoneNumber

Emails = Annotated[list[EmailAddress], Meta(max_length=10)]
Phones = Annotated[list[PhoneNumber], Meta(max_length=10)]
Note = Annotated[str, Meta(max_length=2_000)]


class CreateContact(Arguments, frozen=True, kw_only=True):
    """Emails and phones in order; without a choice the first email signs in and no phone texts."""

    name: Name
    emails: Emails = field(default_factory=list)
    phones: Phones = field(default_factory=list)
    sign_in_email: EmailAddress | None = None
    texting_phone: PhoneNumber | None = None
    note: Note = ""


class UpdateContact(Arguments, frozen=True, kw_only=True):
    """Changes what is given and leaves the rest."""

    contact: Id
    name: Name | UnsetType = UNSET
    emails: Emails | UnsetType = UNSET
    phones: Phones | UnsetType = UNSET
    sign_in_email: EmailAddress | UnsetType | None = UNSET
    texting_phone: PhoneNumber | UnsetType | None = UNSET
    note: Note | UnsetType = UNSET
