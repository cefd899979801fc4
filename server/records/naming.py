"""What follows when a name changes: it is told wherever it stands."""

from __future__ import annotations

from uuid import UUID

from server.records.portals import tell_clients_who_takes_part
from server.transaction import Transaction
from storage.models import Participant, Portal, Thread


async def tell_person_changed(change: Transaction, person: UUID, *, to_clients: bool) -> None:
    """Tell anew who a person is, in every portal of present or former part.

    An address alone is for the firm: clients would learn from the telling that something changed (R4).
    """
    ids = await Participant.filter(person_id=person).distinct().values_list("portal_id", flat=True)
    for portal in await Portal.filter(id__in=list(ids)).order_by("id").select_for_update():
        for stay in await Participant.filter(portal_id=portal.id, person_id=person).order_by("id"):
            if to_clients:
                stay.version += 1
                await stay.save(update_fields=["version"])
            change.tell("participant.changed", scope=portal.id, entity=stay.id, version=stay.version)
        if to_clients:
            await tell_clients_who_takes_part(change, portal)


async def tell_thread_changed(change: Transaction, contact: UUID) -> None:
    """Tell a contact's thread anew, if there is one: its name, number, consent or matters changed."""
    thread = await Thread.filter(id=contact).select_for_update().first()
    if thread is None:
        return
    thread.version += 1
    await thread.save(update_fields=["version"])
    change.tell("thread.changed", scope=contact, entity=contact, version=thread.version)
