"""Files: the stored bytes, the document that names them, the shares that show it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import EncryptedModel, EncryptedText
from storage.keys import new_id


class Blob(Model):
    """Stored bytes, encrypted under this id; ``sha256`` is of the plain content."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    size_bytes = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    media_type = fields.CharField(max_length=100)
    at = fields.BigIntField()

    class Meta:
        table = "blob"


class Document(EncryptedModel):
    """A file of a matter; its key derives from its author and the upload's key, so a repeat finds it."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    matter_id = fields.UUIDField(db_index=True)
    blob_id = fields.UUIDField()
    version = fields.IntField(default=1)
    name = EncryptedText()
    author_id = fields.UUIDField()
    at = fields.BigIntField()
    deleted_at = fields.BigIntField(null=True)

    class Meta:
        table = "document"


class Share(EncryptedModel):
    """A document made visible in a portal, as item ``number``: its message's, or one of its own.

    Its key derives from its sharer and the command's key, so that a repeat finds it.

    ``name_when_stopped``: what the document was called when the share ended; later names are not told by it.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    portal_id = fields.UUIDField(db_index=True)
    document_id = fields.UUIDField(db_index=True)
    version = fields.IntField(default=1)
    number = fields.IntField()
    message_id = fields.UUIDField(null=True)
    sharer_id = fields.UUIDField()
    at = fields.BigIntField()
    stopped_at = fields.BigIntField(null=True)
    name_when_stopped = EncryptedText(null=True)

    class Meta:
        table = "share"
