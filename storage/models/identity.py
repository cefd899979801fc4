"""Firms, the people who work there, and how people sign in."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.keys import new_id


class Firm(Model):
    """A tenant."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    name = fields.CharField(max_length=200)
    slug = fields.CharField(max_length=60, unique=True)
    time_zone = fields.CharField(max_length=60)
    created_at = fields.BigIntField()

    class Meta:
        table = "firm"


class FirmKey(Model):
    """A data key of a firm, wrapped by a master key; the highest active number encrypts, all decrypt.

    The nil firm holds the server's own keys, for what is looked up before the firm is known.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    number = fields.IntField()
    wrapped = fields.BinaryField()
    active_at = fields.BigIntField()

    class Meta:
        table = "firm_key"
        unique_together = (("firm_id", "number"),)


class User(Model):
    """A person who works at a firm; ``email`` is in lower case and unique in the installation."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField(db_index=True)
    version = fields.IntField(default=1)
    name = fields.CharField(max_length=200)
    title = fields.CharField(max_length=200, default="")
    email = fields.CharField(max_length=254, unique=True)
    role = fields.CharField(max_length=10)
    active = fields.BooleanField(default=True)
    password_hash = fields.CharField(max_length=200)

    class Meta:
        table = "user"


class Session(Model):
    """One signed-in browser or phone of one person in one firm in one role; of its token the HMAC is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    person_id = fields.UUIDField(db_index=True)
    side = fields.CharField(max_length=10)
    token_hash = fields.CharField(max_length=64, unique=True)
    device = fields.CharField(max_length=200)
    remembered = fields.BooleanField(default=False)
    created_at = fields.BigIntField()
    used_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "session"


class ApiToken(Model):
    """A bearer token of a firm user, for programs."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    user_id = fields.UUIDField()
    name = fields.CharField(max_length=200)
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "api_token"


class SignInLink(Model):
    """An emailed way in for a contact: a token in a link, a code to type, the asking browser's nonce."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    firm_id = fields.UUIDField()
    contact_id = fields.UUIDField(db_index=True)
    address = fields.CharField(max_length=254)
    token_hash = fields.CharField(max_length=64, unique=True)
    code_hash = fields.CharField(max_length=64)
    nonce_hash = fields.CharField(max_length=64, db_index=True)
    tries = fields.IntField(default=0)
    created_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)

    class Meta:
        table = "sign_in_link"


class SignInAttempt(Model):
    """Failed sign-ins by account and by address, hashed; delays grow from their count."""

    id = fields.UUIDField(primary_key=True)
    failures = fields.IntField(default=0)
    last_at = fields.BigIntField()

    class Meta:
        table = "sign_in_attempt"
