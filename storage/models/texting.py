"""Text messages: the firm's line, threads, texts with their life, and what the carrier reported."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import EncryptedModel, EncryptedText
from storage.keys import new_id


class Line(Model):
    """A firm's toll-free number, and how its carrier's webhooks prove themselves."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField(unique=True)
    phone = fields.CharField(max_length=20, unique=True)
    application = fields.CharField(max_length=100)
    webhook_path = fields.CharField(max_length=64, unique=True)
    webhook_user = fields.CharField(max_length=64)
    webhook_password_hash = fields.CharField(max_length=64)

    class Meta:
        table = "line"


class Thread(Model):
    """All texts with one contact; its key is the contact's (rule T3)."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField(db_index=True)
    version = fields.IntField(default=1)
    last_number = fields.IntField(default=0)
    last_outbound_at = fields.BigIntField(null=True)

    class Meta:
        table = "thread"


class Text(EncryptedModel):
    """One text. ``provider_id`` is the carrier's id: an inbound one arrives at most once."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    thread_id = fields.UUIDField()
    version = fields.IntField(default=1)
    number = fields.IntField()
    inbound = fields.BooleanField()
    at = fields.BigIntField()
    author_id = fields.UUIDField(null=True)
    body = EncryptedText()
    our_phone = fields.CharField(max_length=20)
    their_phone = fields.CharField(max_length=20)
    segments = fields.IntField()
    state = fields.CharField(max_length=20)
    reason = fields.CharField(max_length=20, null=True)
    reason_code = fields.CharField(max_length=20, null=True)
    retry_of = fields.UUIDField(null=True)
    retry_at = fields.BigIntField(null=True)
    flagged = fields.BooleanField(default=False)

    class Meta:
        table = "text"
        unique_together = (("thread_id", "number"),)


class TextStep(Model):
    """One step in the life of a text (rule F2); each state is entered at most once."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    text_id = fields.UUIDField()
    state = fields.CharField(max_length=20)
    at = fields.BigIntField()

    class Meta:
        table = "text_step"
        unique_together = (("text_id", "state"),)


class TextAttempt(Model):
    """One try at handing a text to the carrier; its id travels as the tag and comes back in reports.

    States: ``started`` (the answer is not known), ``accepted``, ``failed``.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    text_id = fields.UUIDField()
    number = fields.IntField()
    state = fields.CharField(max_length=20)
    provider_id = fields.CharField(max_length=100, null=True, db_index=True)
    code = fields.CharField(max_length=20, null=True)
    at = fields.BigIntField()

    class Meta:
        table = "text_attempt"
        unique_together = (("text_id", "number"),)


class ThreadMarker(Model):
    """How far one firm user has read one thread; its key derives from both."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    thread_id = fields.UUIDField()
    user_id = fields.UUIDField(db_index=True)
    read_number = fields.IntField()

    class Meta:
        table = "thread_marker"


class CarrierReport(EncryptedModel):
    """A callback as it came; its key derives from firm, provider's id, type and number, so a repeat fails."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    at = fields.BigIntField()
    content = EncryptedText()

    class Meta:
        table = "carrier_report"


class StrayText(EncryptedModel):
    """A text that belongs to no thread (rule T2), kept apart for an admin's eyes."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField(db_index=True)
    phone = fields.CharField(max_length=20)
    body = EncryptedText()
    at = fields.BigIntField()

    class Meta:
        table = "stray_text"


class OptOut(Model):
    """A number that wants no texts from a firm; the key derives from both."""

    id = fields.UUIDField(primary_key=True)
    firm_id = fields.UUIDField()
    phone = fields.CharField(max_length=20)
    at = fields.BigIntField()

    class Meta:
        table = "opt_out"
