"""Documents and shares as they are told, and what follows when one of them changes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from protocol.entities import Document as DocumentShape
from protocol.entities import Share as ShareShape
from server.transaction import Transaction
from storage.models import Blob, Document, Message, Portal, Share


def document_shape(document: Document, blob: Blob) -> DocumentShape:
    """A document of a matter."""
    return DocumentShape(
        id=str(document.id),
        version=document.version,
        matter=str(document.matter_id),
        name=document.name,
        size_bytes=blob.size_bytes,
        media_type=blob.media_type,
        at=document.at,
        author=str(document.author_id),
        deleted=document.deleted_at is not None,
    )


async def document_shapes(documents: Sequence[Document]) -> list[DocumentShape]:
    """Documents with what is known of their content, in the order given."""
    blobs = await Blob.in_bulk({document.blob_id for document in documents}, "id")
    return [document_shape(document, blobs[document.blob_id]) for document in documents]


async def share_shapes(shares: Sequence[Share]) -> list[ShareShape]:
    """Shares with the documents that they show, in the order given."""
    documents = await Document.in_bulk({share.document_id for share in shares}, "id")
    blobs = await Blob.in_bulk({document.blob_id for document in documents.values()}, "id")
    return [_share_shape(share, documents[share.document_id], blobs) for share in shares]


def _share_shape(share: Share, document: Document, blobs: dict[UUID, Blob]) -> ShareShape:
    blob = blobs[document.blob_id]
    return ShareShape(
        id=str(share.id),
        version=share.version,
        portal=str(share.portal_id),
        number=share.number,
        document=str(document.id),
        name=name_told(share, document),
        size_bytes=blob.size_bytes,
        media_type=blob.media_type,
        sharer=str(share.sharer_id),
        at=share.at,
        message=None if share.message_id is None else str(share.message_id),
        stopped=share.stopped_at is not None,
    )


async def standing(portal: Portal, document: UUID) -> Document | None:
    """A document of a portal's matter, kept as it is until this transaction ends.

    A new name or a deletion that crossed a new share would not be told by it. Take the portal's lock first,
    as those changes do.
    """
    return await (
        Document.filter(id=document, matter_id=portal.id, firm_id=portal.firm_id, deleted_at=None)
        .select_for_update()
        .first()
    )


def share_id(change: Transaction, document: Document) -> UUID:
    """The key of the share that a command makes of a document: the same in every repeat."""
    return change.derived_id("share", str(document.id))


def name_told(share: Share, document: Document) -> str:
    """What a share calls its document: after its end the name of then, since a later one is not shared."""
    return share.name_when_stopped or document.name


async def share_document(
    change: Transaction,
    portal: Portal,
    document: Document,
    clients: list[UUID],
    number: int,
    message: UUID | None,
) -> Share:
    """Make a document visible as item ``number``; attachments that had lost it are whole again."""
    share = await Share.create(
        id=share_id(change, document),
        firm_id=change.firm,
        portal_id=portal.id,
        document_id=document.id,
        number=number,
        message_id=message,
        sharer_id=change.actor,
        at=change.now,
    )
    change.tell("share.added", scope=portal.id, entity=share.id, version=1, number=number, clients=clients)
    await touch_messages(change, portal.id, document.id, clients, besides=message)
    return share


async def stop_share(change: Transaction, share: Share, clients: list[UUID]) -> None:
    """End one share from this moment; a share that has ended stays ended."""
    if share.stopped_at is not None:
        return
    share.stopped_at = change.now
    share.name_when_stopped = (await Document.get(id=share.document_id)).name
    share.version += 1
    await share.save(update_fields=["stopped_at", "name_when_stopped", "version"])
    change.tell(
        "share.stopped",
        scope=share.portal_id,
        entity=share.id,
        version=share.version,
        number=share.number,
        clients=clients,
    )
    await touch_messages(change, share.portal_id, share.document_id, clients)


async def touch_messages(
    change: Transaction, portal: UUID, document: UUID, clients: list[UUID], besides: UUID | None = None
) -> None:
    """Tell anew the messages that carry a document, because what can be told of it has changed."""
    shares = await Share.filter(portal_id=portal, document_id=document).values_list("message_id", flat=True)
    carriers = [message for message in shares if message is not None and message != besides]
    for message in await Message.filter(id__in=carriers, deleted_at=None).order_by("number"):
        message.version += 1
        await message.save(update_fields=["version"])
        change.tell(
            "message.changed",
            scope=portal,
            entity=message.id,
            version=message.version,
            number=message.number,
            clients=clients,
        )
