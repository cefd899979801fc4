"""Facts of a portal: what happened there, for the firm's eyes (R3)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from protocol.entities import Fact as FactShape
from protocol.entities import FactKind
from server.transaction import Transaction
from storage.models import Document, Fact, Portal


async def record_fact(
    change: Transaction,
    portal: Portal,
    kind: FactKind,
    *,
    person: UUID | None = None,
    upto: int | None = None,
    document: UUID | None = None,
) -> Fact:
    """Write a fact after the portal's last item and tell the firm. The portal must be locked."""
    portal.last_fact += 1
    await portal.save(update_fields=["last_fact"])
    fact = await Fact.create(
        firm_id=change.firm,
        portal_id=portal.id,
        number=portal.last_number,
        fact=portal.last_fact,
        kind=kind,
        actor_id=change.actor,
        at=change.now,
        person_id=person,
        upto=upto,
        document_id=document,
    )
    change.tell(kind, scope=portal.id, entity=fact.id, version=1, number=fact.number)
    return fact


async def fact_shapes(facts: Sequence[Fact]) -> list[FactShape]:
    """Facts with the names of their documents, in the order given; another name is another version."""
    documents = await Document.in_bulk({fact.document_id for fact in facts if fact.document_id}, "id")
    return [
        _fact_shape(fact, documents.get(fact.document_id) if fact.document_id else None) for fact in facts
    ]


def _fact_shape(fact: Fact, document: Document | None) -> FactShape:
    return FactShape(
        id=str(fact.id),
        version=1 if document is None else document.version,
        portal=str(fact.portal_id),
        number=fact.number,
        fact=fact.fact,
        kind=fact.kind,  # type: ignore[arg-type]
        actor=str(fact.actor_id),
        at=fact.at,
        person=None if fact.person_id is None else str(fact.person_id),
        upto=fact.upto,
        document=None if fact.document_id is None else str(fact.document_id),
        document_name=None if document is None else document.name,
    )
