"""The people whom a firm knows, and its cases."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.keys import new_id


class Contact(Model):
    """A person whom the firm knows. ``sign_in_email`` and ``texting_phone`` are copies of one on the card."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    version = fields.IntField(default=1)
    name = fields.CharField(max_length=200)
    sign_in_email = fields.CharField(max_length=254, null=True)
    texting_phone = fields.CharField(max_length=20, null=True)
    note = fields.TextField(default="")

    class Meta:
        table = "contact"
        indexes = (("firm_id", "name"), ("firm_id", "sign_in_email"))


class ContactEmail(Model):
    """One address of a contact, in the order of the card; lower case."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    contact_id = fields.UUIDField(db_index=True)
    position = fields.IntField()
    address = fields.CharField(max_length=254)

    class Meta:
        table = "contact_email"


class ContactPhone(Model):
    """One number of a contact, E.164, in the order of the card."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    contact_id = fields.UUIDField(db_index=True)
    position = fields.IntField()
    phone = fields.CharField(max_length=20)

    class Meta:
        table = "contact_phone"
        indexes = (("firm_id", "phone"),)


class Matter(Model):
    """A case, for one client."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    version = fields.IntField(default=1)
    name = fields.CharField(max_length=200)
    number = fields.CharField(max_length=200, default="")
    area = fields.CharField(max_length=200, default="")
    client_id = fields.UUIDField(db_index=True)

    class Meta:
        table = "matter"
        indexes = (("firm_id", "name"),)


class MatterContact(Model):
    """A contact related to a matter without being its client."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    matter_id = fields.UUIDField(db_index=True)
    contact_id = fields.UUIDField(db_index=True)

    class Meta:
        table = "matter_contact"
        unique_together = (("matter_id", "contact_id"),)


class MatterUser(Model):
    """A firm user responsible for a matter."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    matter_id = fields.UUIDField(db_index=True)
    user_id = fields.UUIDField()

    class Meta:
        table = "matter_user"
        unique_together = (("matter_id", "user_id"),)
