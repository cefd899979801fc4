"""The people whom the firm knows: their cards, the address that signs in, the number that is texted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from msgspec import UNSET

from protocol.commands.contacts import CreateContact, UpdateContact
from protocol.entities import Contact as ContactShape
from protocol.errors import Refused
from protocol.queries import ContactCard, ContactQuery, Contacts, Search
from server import access, sessions
from server.access import Person
from server.dispatch import CommandFunction, QueryFunction
from server.email_address import is_email_address
from server.phone_number import check_texting_number, stored_number
from server.records import mail, matters, naming
from server.records.facts import record_fact
from server.records.people import contact_shapes
from server.render import BodyFunction, by_entity
from server.transaction import Transaction
from storage import log
from storage.database import Database
from storage.models import Contact, ContactEmail, ContactPhone, Firm, Participant, Portal, Thread


async def create_contact(change: Transaction, who: Person, args: CreateContact) -> ContactShape:
    """Make a card; without a choice the first address signs in, and no number is texted.

    Raises:
        Refused: ``invalid``, ``conflict``.
    """
    contact_id = change.derived_id("contact")
    made = await Contact.get_or_none(id=contact_id)
    if made is not None:  # repeated after its answer was forgotten: still not a second card
        return (await contact_shapes(who.firm, [made]))[0]
    emails, phones = _addresses(args.emails), _numbers(args.phones)
    contact = Contact(id=contact_id, firm_id=who.firm, name=args.name.strip(), note=args.note)
    contact.sign_in_email = _chosen_email(emails, args.sign_in_email)
    contact.texting_phone = _chosen_phone(phones, args.texting_phone)
    await _check_free(contact)
    await contact.save(force_create=True)
    await log.create(change.database, who.firm, contact.id)
    await _write_card(contact, emails, phones)
    _tell_changed(change, contact)
    return (await contact_shapes(who.firm, [contact]))[0]


async def update_contact(change: Transaction, who: Person, args: UpdateContact) -> ContactShape:
    """Change a card; another sign-in address ends the contact's sessions and tells both addresses (A3).

    Raises:
        Refused: ``not_found``, ``invalid``, ``conflict``.
    """
    contact = await Contact.filter(id=args.contact, firm_id=who.firm).select_for_update().first()
    if contact is None:
        raise Refused("not_found")
    shape = (await contact_shapes(who.firm, [contact]))[0]
    emails = shape.emails if args.emails is UNSET else _addresses(args.emails)
    phones = shape.phones if args.phones is UNSET else _numbers(args.phones)
    chosen_email = contact.sign_in_email if args.sign_in_email is UNSET else args.sign_in_email
    chosen_phone = contact.texting_phone if args.texting_phone is UNSET else args.texting_phone
    if args.sign_in_email is UNSET and chosen_email not in emails:
        chosen_email = None  # its address left the card: the first of those that are left signs in
    if args.texting_phone is UNSET and chosen_phone not in phones:
        chosen_phone = None
    old_email, old_name, old_phone = contact.sign_in_email, contact.name, contact.texting_phone
    contact.sign_in_email = _chosen_email(emails, chosen_email)
    contact.texting_phone = _chosen_phone(phones, chosen_phone)
    contact.name = contact.name if args.name is UNSET else args.name.strip()
    contact.note = contact.note if args.note is UNSET else args.note
    await _check_free(contact)
    contact.version += 1
    await contact.save()
    await _write_card(contact, emails, phones)
    _tell_changed(change, contact)
    if contact.sign_in_email != old_email:
        await _sign_in_moved(change, contact, old_email)
    if contact.name != old_name or contact.sign_in_email != old_email:
        await naming.tell_person_changed(change, contact.id, to_clients=contact.name != old_name)
    if (contact.name, contact.texting_phone) != (old_name, old_phone):
        await naming.tell_thread_changed(change, contact.id)
    return (await contact_shapes(who.firm, [contact]))[0]


async def contact_list(_: Database, who: Person, args: Search) -> Contacts:
    """Contacts by name, those that contain the words asked for."""
    found, more = await matters.page_by_name(Contact, who.firm, args)
    return Contacts(contacts=await contact_shapes(who.firm, found), more=more)


async def contact_card(_: Database, who: Person, args: ContactQuery) -> ContactCard:
    """One contact with the matters that it has a part in.

    Raises:
        Refused: ``not_found``.
    """
    contact = await access.of_firm(Contact, who, UUID(args.contact))
    return ContactCard(
        contact=(await contact_shapes(who.firm, [contact]))[0],
        matters=await matters.matter_shapes(await matters.matters_of(contact.id)),
        has_thread=await Thread.exists(id=contact.id),
    )


async def _sign_in_moved(change: Transaction, contact: Contact, old: str | None) -> None:
    await sessions.end_sessions(change, contact.id, "client")
    stays = await Participant.filter(person_id=contact.id, left_at=None)
    for portal in (
        await Portal.filter(id__in=[stay.portal_id for stay in stays]).order_by("id").select_for_update()
    ):
        await record_fact(change, portal, "email.changed", person=contact.id)
    firm = await Firm.get(id=change.firm)
    content = {"firm": firm.name, "old": old or "", "new": contact.sign_in_email or ""}
    for address in {old, contact.sign_in_email} - {None}:
        await mail.post(change, str(address), "address_changed", content)


def _addresses(typed: Sequence[str]) -> list[str]:
    """Addresses as they are stored, each once, in the order given."""
    addresses = list(dict.fromkeys(address.strip().lower() for address in typed))
    for address in addresses:
        if not is_email_address(address):
            raise Refused("invalid", f"“{address}” is not an email address.")
    return addresses


def _numbers(typed: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(stored_number(number) for number in typed))


def _chosen_email(emails: Sequence[str], chosen: str | None) -> str | None:
    if chosen is None:
        return emails[0] if emails else None
    address = chosen.strip().lower()
    if address not in emails:
        raise Refused("invalid", "The address that signs in must be one of those on the card.")
    return address


def _chosen_phone(phones: Sequence[str], chosen: str | None) -> str | None:
    if chosen is None:
        return None
    number = stored_number(chosen)
    if number not in phones:
        raise Refused("invalid", "The number for texting must be one of those on the card.")
    check_texting_number(number)
    return number


async def _check_free(contact: Contact) -> None:
    """An address signs in to one contact of a firm: a link to two could open the wrong one's matters."""
    if contact.sign_in_email is None:
        return
    await Firm.filter(id=contact.firm_id).select_for_update().first()  # two who choose it at once wait here
    taken = await Contact.filter(firm_id=contact.firm_id, sign_in_email=contact.sign_in_email).exclude(
        id=contact.id
    )
    if taken:
        raise Refused("conflict", f"{taken[0].name} signs in with {contact.sign_in_email} already.")


async def _write_card(contact: Contact, emails: Sequence[str], phones: Sequence[str]) -> None:
    await ContactEmail.filter(contact_id=contact.id).delete()
    await ContactPhone.filter(contact_id=contact.id).delete()
    for position, address in enumerate(emails):
        await ContactEmail.create(
            firm_id=contact.firm_id, contact_id=contact.id, position=position, address=address
        )
    for position, phone in enumerate(phones):
        await ContactPhone.create(
            firm_id=contact.firm_id, contact_id=contact.id, position=position, phone=phone
        )


def _tell_changed(change: Transaction, contact: Contact) -> None:
    change.tell("contact.changed", scope=change.firm, entity=contact.id, version=contact.version)


async def _contacts(ids: Collection[str]) -> list[ContactShape]:
    found = await Contact.filter(id__in=list(ids))
    return await contact_shapes(found[0].firm_id, found) if found else []


COMMANDS: Mapping[str, CommandFunction] = {"contact.create": create_contact, "contact.update": update_contact}
QUERIES: Mapping[str, QueryFunction] = {"contact.list": contact_list, "contact.get": contact_card}
BODIES: Mapping[str, BodyFunction] = {"contact.changed": by_entity(_contacts)}
