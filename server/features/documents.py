"""A matter's documents and where they are shared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from protocol.commands.documents import AddShare, DeleteDocument, RenameDocument, ShareStopped, StopShare
from protocol.entities import Document as DocumentShape
from protocol.entities import Share as ShareShape
from protocol.errors import Refused
from server import access
from server.access import Person
from server.dispatch import CommandFunction
from server.file_names import tidy_name
from server.records import documents, portals
from server.render import BodyFunction, by_entity
from server.transaction import Transaction
from storage.models import Document, Fact, Portal, Share


async def rename_document(change: Transaction, who: Person, args: RenameDocument) -> DocumentShape:
    """Rename a document wherever it is told: in its matter, its shares and the messages that carry it.

    Raises:
        Refused: ``not_found``.
    """
    document = await _document_of(who, UUID(args.document))
    document.name = tidy_name(args.name)
    document.version += 1
    await document.save(update_fields=["name", "version"])
    _tell_changed(change, document)
    await _tell_renamed(change, document)
    return (await documents.document_shapes([document]))[0]


async def delete_document(change: Transaction, who: Person, args: DeleteDocument) -> DocumentShape:
    """Take a document out of its matter; its shares stop with it.

    Raises:
        Refused: ``not_found``.
    """
    document = await _document_of(who, UUID(args.document))
    document.deleted_at = change.now
    document.version += 1
    await document.save(update_fields=["deleted_at", "version"])
    _tell_changed(change, document)
    clients = await access.clients_in(document.matter_id)
    for share in await Share.filter(document_id=document.id, stopped_at=None):
        await documents.stop_share(change, share, clients)
    return (await documents.document_shapes([document]))[0]


async def add_share(change: Transaction, who: Person, args: AddShare) -> ShareShape:
    """Make a document of the matter visible in its portal; the first share opens it (P1).

    Raises:
        Refused: ``not_found``.
    """
    portal, _ = await portals.enter_or_open(change, who, UUID(args.portal))
    document = await documents.standing(portal, UUID(args.document))
    if document is None or not access.may_share(who, document):
        raise Refused("not_found", "This document is not among those of the matter.")
    made = await Share.get_or_none(id=documents.share_id(change, document))
    if made is not None:  # repeated after its answer was forgotten: still not a second share
        return (await documents.share_shapes([made]))[0]
    number = await portals.next_number(portal)
    clients = await access.clients_in(portal.id)
    share = await documents.share_document(change, portal, document, clients, number, None)
    return (await documents.share_shapes([share]))[0]


async def stop_share(change: Transaction, who: Person, args: StopShare) -> ShareStopped:
    """End one share, from a portal or from the matter's documents alike (D3).

    Raises:
        Refused: ``not_found``.
    """
    share = await Share.get_or_none(id=args.share, firm_id=who.firm)
    if share is None:
        raise Refused("not_found")
    await access.enter(who, share.portal_id)
    await share.refresh_from_db()  # another may have stopped it while we waited for the portal
    await documents.stop_share(change, share, await access.clients_in(share.portal_id))
    others = await Share.filter(
        portal_id=share.portal_id, document_id=share.document_id, stopped_at=None
    ).order_by("number")
    ended, *standing = await documents.share_shapes([share, *others])
    return ShareStopped(share=ended, others=standing)


async def _document_of(who: Person, document_id: UUID) -> Document:
    """A document that still stands, with its portal (if any) locked against what happens there meanwhile."""
    found = await Document.get_or_none(id=document_id, firm_id=who.firm)
    if found is None:
        raise Refused("not_found")
    await Portal.filter(id=found.matter_id).select_for_update().first()
    document = await Document.filter(id=found.id, deleted_at=None).select_for_update().first()
    if document is None:
        raise Refused("not_found")
    return document


async def _tell_renamed(change: Transaction, document: Document) -> None:
    """Tell the new name where the document is shared, and to the firm in the facts that name it."""
    clients = await access.clients_in(document.matter_id)
    shares = await Share.filter(document_id=document.id, stopped_at=None).order_by("number")
    for share in shares:
        share.version += 1
        await share.save(update_fields=["version"])
        change.tell(
            "share.changed",
            scope=share.portal_id,
            entity=share.id,
            version=share.version,
            number=share.number,
            clients=clients,
        )
    if shares:
        await documents.touch_messages(change, document.matter_id, document.id, clients)
    for fact in await Fact.filter(document_id=document.id).order_by("fact"):
        change.tell(
            "fact.changed",
            scope=fact.portal_id,
            entity=fact.id,
            version=document.version,
            number=fact.number,
        )


def _tell_changed(change: Transaction, document: Document) -> None:
    change.tell("document.changed", scope=document.matter_id, entity=document.id, version=document.version)


async def _documents(ids: Collection[str]) -> list[DocumentShape]:
    return await documents.document_shapes(await Document.filter(id__in=list(ids)))


async def _shares(ids: Collection[str]) -> list[ShareShape]:
    return await documents.share_shapes(await Share.filter(id__in=list(ids)))


COMMANDS: Mapping[str, CommandFunction] = {
    "document.rename": rename_document,
    "document.delete": delete_document,
    "share.add": add_share,
    "share.stop": stop_share,
}
BODIES: Mapping[str, BodyFunction] = {
    "document.changed": by_entity(_documents),
    "share.added": by_entity(_shares),
    "share.changed": by_entity(_shares),
    "share.stopped": by_entity(_shares),
}
