"""Names: a person is a firm user or a contact, and elsewhere only an id."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from protocol.entities import Contact as ContactShape
from protocol.entities import User as UserShape
from protocol.types import Side
from storage.keys import derived_id
from storage.models import Contact, ContactEmail, ContactPhone, OptOut, User


@dataclass(frozen=True, slots=True)
class Named:
    """What others are shown of a person; ``email`` is for the firm's eyes."""

    name: str
    title: str
    side: Side
    email: str | None
    version: int


async def named(firm: UUID, people: Collection[UUID]) -> Mapping[UUID, Named]:
    """The names of these people; both kinds may be mixed."""
    found: dict[UUID, Named] = {}
    for user in await User.filter(firm_id=firm, id__in=list(people)):
        found[user.id] = Named(user.name, user.title, "firm", user.email, user.version)
    for contact in await Contact.filter(firm_id=firm, id__in=list(people)):
        found[contact.id] = Named(contact.name, "", "client", contact.sign_in_email, contact.version)
    return found


async def hold(firm: UUID, person: UUID) -> None:
    """Keep a person as it is until this transaction ends: a change of the name must find every stay.

    Take it before a portal's lock, as changes of people do.
    """
    await User.filter(id=person, firm_id=firm).select_for_update().first()
    await Contact.filter(id=person, firm_id=firm).select_for_update().first()


def user_shape(user: User) -> UserShape:
    """A firm user as everybody at the firm sees it."""
    return UserShape(
        id=str(user.id),
        version=user.version,
        name=user.name,
        title=user.title,
        email=user.email,
        role=user.role,  # type: ignore[arg-type]
        active=user.active,
    )


def opt_out_id(firm: UUID, phone: str) -> UUID:
    """The key of a number's opt-out."""
    return derived_id(firm, phone, "opt-out")


async def contact_shapes(firm: UUID, contacts: Collection[Contact]) -> list[ContactShape]:
    """Contacts with their cards, in the order given."""
    ids = [contact.id for contact in contacts]
    emails: dict[UUID, list[str]] = {id_: [] for id_ in ids}
    phones: dict[UUID, list[str]] = {id_: [] for id_ in ids}
    for email in await ContactEmail.filter(contact_id__in=ids).order_by("position"):
        emails[email.contact_id].append(email.address)
    for phone in await ContactPhone.filter(contact_id__in=ids).order_by("position"):
        phones[phone.contact_id].append(phone.phone)
    wanted = {contact.texting_phone for contact in contacts if contact.texting_phone}
    opted_out = {row.phone for row in await OptOut.filter(firm_id=firm, phone__in=wanted)}
    return [
        ContactShape(
            id=str(contact.id),
            version=contact.version,
            name=contact.name,
            emails=emails[contact.id],
            phones=phones[contact.id],
            sign_in_email=contact.sign_in_email,
            texting_phone=contact.texting_phone,
            opted_out=contact.texting_phone in opted_out,
            note=contact.note,
        )
        for contact in contacts
    ]
