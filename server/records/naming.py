"""What follows when a name changes: it is told wherever it stands."""

from __future__ import annotations

from uuid import UUID

from server.records.portals import tell_clients_who_takes_part
from server.transaction import Transaction
from storage.models import Participant, Portal, Thread


async def tell_person_changed(change: Transaction, person: UUID) -> None:
    """Tell a person's name, title or address anew in every portal of present or former part."""
    for stay in await Participant.filter(person_id=person).order_by("portal_id"):
        stay.version += 1
        await stay.save(update_fields=["version"])
        change.tell("participant.changed", scope=stay.portal_id, entity=stay.id, version=stay.version)
        await tell_clients_who_takes_part(change, await Portal.get(id=stay.portal_id))


async def tell_thread_changed(change: Transaction, contact: UUID) -> None:
    """Tell a contact's thread anew, if there is one: its name, number, consent or matters changed."""
    thread = await Thread.filter(id=contact).select_for_update().first()
    if thread is None:
        return
    thread.version += 1
    await thread.save(update_fields=["version"])
    change.tell("thread.changed", scope=contact, entity=contact, version=thread.version)
