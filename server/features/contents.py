"""What documents contain: received from those who may add to a matter, opened for those who may see it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from protocol.entities import Document as DocumentShape
from protocol.errors import Refused
from protocol.types import MAX_UPLOAD_BYTES
from server import access, media_types
from server.access import Person
from server.file_names import tidy_name
from server.records.documents import document_shape
from server.transaction import Doorbell, Transaction, transaction
from storage.blobs import Blobs, Stored, TooLarge
from storage.database import Database
from storage.errors import IntegrityError, StoreAway
from storage.keys import derived_id
from storage.models import Blob, Document, Matter

_TOO_LARGE = "The file is larger than 100 MiB. Send it in parts, or ask for another way."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in. ``key`` is made by the client and the same in every repeat."""

    matter: UUID
    key: str
    name: str
    declared_bytes: int | None
    content: AsyncIterable[bytes] = field(repr=False)


async def receive(
    database: Database, bell: Doorbell, blobs: Blobs, who: Person, upload: Upload, now: int
) -> DocumentShape:
    """Store a file as a new document of a matter. A repeat of the same key answers the first document.

    The firm adds to any of its matters, a client to those whose portal it takes part in. Whatever goes wrong,
    nothing is left behind (P4).

    Raises:
        Refused: ``not_found``, ``too_large``, ``key_reused``, ``unavailable``.
    """
    document_id = derived_id(who.id, upload.key, "document")
    async with database.snapshot(who.firm):
        await _may_add(who, upload.matter)
        earlier = await _earlier(document_id, upload)
    if earlier is not None:
        return earlier
    if upload.declared_bytes is not None and upload.declared_bytes > MAX_UPLOAD_BYTES:
        raise Refused("too_large", _TOO_LARGE)
    head = _Head()
    try:
        stored = await blobs.write(who.firm, head.of(upload.content), MAX_UPLOAD_BYTES)
    except TooLarge:
        raise Refused("too_large", _TOO_LARGE) from None
    found = _Found(document_id, stored, head.media_type())
    return await _keep(database, bell, blobs, who, upload, found, now)


async def open_content(database: Database, who: Person, document_id: UUID) -> tuple[Document, Blob]:
    """A document whose content somebody may have now.

    Raises:
        Refused: ``not_found``.
    """
    async with database.snapshot(who.firm):
        document = await Document.get_or_none(id=document_id, firm_id=who.firm)
        if document is None or not await access.may_open(database, who, document):
            raise Refused("not_found")
        return document, await Blob.get(id=document.blob_id)


@dataclass(frozen=True, slots=True)
class _Found:
    """An upload after it came in whole."""

    document_id: UUID
    stored: Stored
    media_type: str


class _Head:
    """Remembers how a stream began, while it passes."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    async def of(self, content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        async for piece in content:
            if len(self._bytes) < media_types.HEAD_BYTES:
                self._bytes += piece[: media_types.HEAD_BYTES - len(self._bytes)]
            yield piece

    def media_type(self) -> str:
        return media_types.sniff(bytes(self._bytes))


async def _keep(
    database: Database, bell: Doorbell, blobs: Blobs, who: Person, upload: Upload, found: _Found, now: int
) -> DocumentShape:
    """Make the document that names the stored bytes; where that fails, the bytes go."""
    try:
        async with transaction(
            database, bell, firm=who.firm, actor=who.id, now=now, key=upload.key
        ) as change:
            return await _create(change, who, upload, found)
    except IntegrityError:
        await _discard(database, blobs, found.stored.id)
        async with database.snapshot(who.firm):
            earlier = await _earlier(found.document_id, upload)
        if earlier is None:
            raise
        return earlier  # the same upload, sent twice at once, was faster
    except BaseException:
        await _discard(database, blobs, found.stored.id)
        raise


async def _create(change: Transaction, who: Person, upload: Upload, found: _Found) -> DocumentShape:
    if who.side == "firm":
        await access.of_firm(Matter, who, upload.matter)
    else:
        await access.enter(who, upload.matter)  # who was removed while it streamed is refused here
    blob = await Blob.create(
        id=found.stored.id,
        firm_id=who.firm,
        size_bytes=found.stored.size_bytes,
        sha256=found.stored.sha256.hex(),
        media_type=found.media_type,
        at=change.now,
    )
    document = await Document.create(
        id=found.document_id,
        firm_id=who.firm,
        matter_id=upload.matter,
        blob_id=blob.id,
        name=tidy_name(upload.name),
        author_id=who.id,
        at=change.now,
    )
    change.tell("document.changed", scope=upload.matter, entity=document.id, version=1)
    return document_shape(document, blob)


async def _discard(database: Database, blobs: Blobs, blob_id: UUID) -> None:
    """Delete stored bytes that no document names; a commit whose answer was lost may have named them."""
    with suppress(StoreAway, OSError):
        if not await database.fetch("SELECT 1 FROM blob WHERE id = $1", [blob_id]):
            await blobs.delete(blob_id)


async def _may_add(who: Person, matter: UUID) -> None:
    """Check before anything streams; it is checked again when all of it is there."""
    if who.side == "firm":
        await access.of_firm(Matter, who, matter)
    else:
        await access.stay_in(who, matter)


async def _earlier(document_id: UUID, upload: Upload) -> DocumentShape | None:
    """What an upload of the same person and key made before."""
    document = await Document.get_or_none(id=document_id)
    if document is None:
        return None
    blob = await Blob.get(id=document.blob_id)
    if document.matter_id != upload.matter or upload.declared_bytes not in {None, blob.size_bytes}:
        raise Refused("key_reused")
    return document_shape(document, blob)
