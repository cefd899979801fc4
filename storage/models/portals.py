"""Portals: who takes part, what was said, and what happened there."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import EncryptedModel, EncryptedText
from storage.keys import new_id


class Portal(Model):
    """The private space of one matter; its key is the matter's, so there is at most one (rule P1).

    ``last_number`` counts items that clients may see (messages, and shares without one), ``last_fact`` what
    only the firm may: two counters, because a gap would tell a client that somebody read something (R4).
    Whoever comes or goes counts a fact, under the lock of this row; `storage.plain_messages` stands on that.
    """

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField(db_index=True)
    version = fields.IntField(default=1)
    opened_at = fields.BigIntField()
    opened_by = fields.UUIDField()
    last_number = fields.IntField(default=0)
    last_fact = fields.IntField(default=0)

    class Meta:
        table = "portal"


class Participant(Model):
    """One stay of one person in a portal; at most one is open at a time (partial unique index).

    Items after ``visible_from`` are seen; those after ``joined_number`` were new to the person. The read
    marker ``read_number`` moves without ``version``: clients see versions, and must not see readings (R4).
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    portal_id = fields.UUIDField(db_index=True)
    person_id = fields.UUIDField(db_index=True)
    version = fields.IntField(default=1)
    side = fields.CharField(max_length=10)
    visible_from = fields.IntField(default=0)
    joined_number = fields.IntField(default=0)
    joined_at = fields.BigIntField()
    left_at = fields.BigIntField(null=True)
    read_number = fields.IntField(default=0)
    read_at = fields.BigIntField(null=True)

    class Meta:
        table = "participant"


class Message(EncryptedModel):
    """A message; its key derives from its sender and the command's key, so it exists at most once (P7)."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    portal_id = fields.UUIDField()
    version = fields.IntField(default=1)
    number = fields.IntField()
    author_id = fields.UUIDField()
    at = fields.BigIntField()
    body = EncryptedText()
    share_id = fields.UUIDField(null=True)
    deleted_at = fields.BigIntField(null=True)
    deleted_by = fields.UUIDField(null=True)

    class Meta:
        table = "message"
        unique_together = (("portal_id", "number"),)


class Fact(Model):
    """Something that happened in a portal, for the firm's eyes (rule R3)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    portal_id = fields.UUIDField()
    number = fields.IntField()
    fact = fields.IntField()
    kind = fields.CharField(max_length=30)
    actor_id = fields.UUIDField()
    at = fields.BigIntField()
    person_id = fields.UUIDField(null=True)
    upto = fields.IntField(null=True)
    document_id = fields.UUIDField(null=True)

    class Meta:
        table = "fact"
        unique_together = (("portal_id", "fact"),)
        indexes = (("portal_id", "number"),)


class Draft(EncryptedModel):
    """What a person has begun to write; its key derives from person, scope and channel."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    person_id = fields.UUIDField(db_index=True)
    scope_id = fields.UUIDField()
    channel = fields.CharField(max_length=10)
    version = fields.IntField(default=1)
    body = EncryptedText()

    class Meta:
        table = "draft"
