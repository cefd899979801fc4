"""Logs of events, answers kept for repeats, and work for the outside world."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import EncryptedModel, EncryptedText
from storage.keys import new_id


class LogHead(Model):
    """The end of a log; its key is the firm's or the contact's. Updating it is what orders commits.

    ``seq`` and ``tag`` are those of the last entry; ``floor`` and ``floor_tag`` of the last one compacted.
    """

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    seq = fields.BigIntField(default=0)
    tag = fields.BigIntField(default=0)
    floor = fields.BigIntField(default=0)
    floor_tag = fields.BigIntField(default=0)

    class Meta:
        table = "log_head"


class LogEntry(Model):
    """One event in one log: what it is about, not what it says. Content is loaded when it is delivered.

    ``number``: the message number from which on it is visible; ``person_id``: the only one it is for, if any.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    firm_id = fields.UUIDField()
    log_id = fields.UUIDField()
    seq = fields.BigIntField()
    tag = fields.BigIntField()
    event_id = fields.UUIDField()
    kind = fields.CharField(max_length=30)
    scope_id = fields.UUIDField()
    entity_id = fields.UUIDField()
    version = fields.IntField()
    actor_id = fields.UUIDField()
    at = fields.BigIntField()
    number = fields.IntField(default=0)
    person_id = fields.UUIDField(null=True)

    class Meta:
        table = "log_entry"
        unique_together = (("log_id", "seq"),)


class CommandReply(EncryptedModel):
    """The first answer to a command, for its repeats; the key derives from person and command key (I9)."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    person_id = fields.UUIDField()
    name = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    result = EncryptedText()
    upto_seq = fields.BigIntField(null=True)
    upto_tag = fields.BigIntField(null=True)
    at = fields.BigIntField(db_index=True)

    class Meta:
        table = "command_reply"


class Device(Model):
    """The number of the last command of one device that took effect (I10)."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    person_id = fields.UUIDField()
    last_number = fields.BigIntField()

    class Meta:
        table = "device"


class OutboxItem(Model):
    """Work for the outside: written in the transaction that wants it, claimed by a worker until it is done.

    ``kind`` says which worker; ``subject_id`` the text or mail. ``state``: ``due`` or ``done``.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    kind = fields.CharField(max_length=20)
    subject_id = fields.UUIDField()
    state = fields.CharField(max_length=10, default="due")
    due_at = fields.BigIntField()
    attempts = fields.IntField(default=0)
    claim = fields.UUIDField(null=True)
    claimed_until = fields.BigIntField(default=0)
    last_error = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "outbox"
        indexes = (("state", "kind", "due_at"),)


class Mail(EncryptedModel):
    """An email to one address; its Message-ID is made of its key.

    ``content`` is cleared once it was sent: it may hold a way in.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    address = fields.CharField(max_length=254)
    template = fields.CharField(max_length=40)
    content = EncryptedText()
    state = fields.CharField(max_length=10, default="queued")
    reason = fields.CharField(max_length=200, null=True)
    created_at = fields.BigIntField()
    sent_at = fields.BigIntField(null=True)

    class Meta:
        table = "mail"
