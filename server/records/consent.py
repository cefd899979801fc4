"""Whether a number wants texts: opting out by a word of its own, and undoing it (T9).

The words count only as a whole message. The carrier keeps to the same words for toll-free numbers and sends
the confirmation itself, so nothing is answered here.

Source: CTIA Messaging Principles; FCC 24-24 (2024) for the list of words.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from server.records import naming
from server.records.people import opt_out_id
from server.transaction import Transaction
from storage.models import Contact, ContactPhone, OptOut

Wish = Literal["stop", "start"]

_STOP_WORDS = frozenset(
    {"stop", "stopall", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe"}
)
_START_WORDS = frozenset({"start", "unstop"})


def wish_in(text: str) -> Wish | None:
    """What a text says about wanting texts, if it says nothing else; case, spaces and a last mark aside."""
    words = " ".join(text.lower().split()).rstrip(".!").rstrip()
    if words in _STOP_WORDS:
        return "stop"
    return "start" if words in _START_WORDS else None


async def has_opted_out(firm: UUID, phone: str) -> bool:
    """Whether a number wants no texts from this firm."""
    return await OptOut.exists(id=opt_out_id(firm, phone))


async def follow(change: Transaction, phone: str, wish: Wish) -> None:
    """Do as the holder of a number wishes, from this moment; a wish said twice changes nothing."""
    key = opt_out_id(change.firm, phone)
    if (wish == "stop") == await OptOut.exists(id=key):
        return
    if wish == "stop":
        await OptOut.create(id=key, firm_id=change.firm, phone=phone, at=change.now)
    else:
        await OptOut.filter(id=key).delete()
    await _tell(change, phone)


async def _tell(change: Transaction, phone: str) -> None:
    """State anew the contacts who are texted at this number, and their threads."""
    holders = await ContactPhone.filter(firm_id=change.firm, phone=phone).values_list("contact_id", flat=True)
    contacts = await Contact.filter(id__in=holders, texting_phone=phone).order_by("id").select_for_update()
    for contact in contacts:
        contact.version += 1
        await contact.save(update_fields=["version"])
        change.tell("contact.changed", scope=contact.id, entity=contact.id, version=contact.version)
        await naming.tell_thread_changed(change, contact.id)
