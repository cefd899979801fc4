"""When somebody leaves the firm, no client is left writing to nobody (P9)."""

from __future__ import annotations

from uuid import UUID

from server.records.facts import record_fact
from server.records.portals import join
from server.transaction import Transaction
from storage.models import Participant, Portal, User


async def cover(change: Transaction, leaver: UUID, admin: UUID) -> None:
    """Let an admin take part wherever only somebody who no longer works at the firm was left of it.

    The change of the leaver must have been saved; each portal is locked, so a removal there waits or is seen.
    """
    stays = await Participant.filter(person_id=leaver, side="firm", left_at=None).order_by("portal_id")
    for stay in stays:
        portal = await Portal.filter(id=stay.portal_id).select_for_update().get()
        if not await _staffed(portal.id):
            await join(change, portal, admin, "firm")
            await record_fact(change, portal, "participant.added", person=admin)


async def _staffed(portal: UUID) -> bool:
    stays = await Participant.filter(portal_id=portal, side="firm", left_at=None)
    return await User.exists(id__in=[stay.person_id for stay in stays], active=True)
