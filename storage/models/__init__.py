"""Everything that lasts, as Tortoise models. Each row carries its firm; keys are not made by the database.

Keys are uuid7, or derived from what makes the row unique, so that inserting it twice fails by itself.
"""

from __future__ import annotations

from storage.models.delivery import CommandReply, Device, LogEntry, LogHead, Mail, OutboxItem
from storage.models.documents import Blob, Document, Share
from storage.models.identity import ApiToken, Firm, FirmKey, Session, SignInAttempt, SignInLink, User
from storage.models.matters import Contact, ContactEmail, ContactPhone, Matter, MatterContact, MatterUser
from storage.models.portals import Draft, Fact, Message, Participant, Portal
from storage.models.texting import (
    CarrierReport,
    Line,
    OptOut,
    StrayText,
    Text,
    TextAttempt,
    TextStep,
    Thread,
    ThreadMarker,
)

__all__ = [
    "ApiToken",
    "Blob",
    "CarrierReport",
    "CommandReply",
    "Contact",
    "ContactEmail",
    "ContactPhone",
    "Device",
    "Document",
    "Draft",
    "Fact",
    "Firm",
    "FirmKey",
    "Line",
    "LogEntry",
    "LogHead",
    "Mail",
    "Matter",
    "MatterContact",
    "MatterUser",
    "Message",
    "OptOut",
    "OutboxItem",
    "Participant",
    "Portal",
    "Session",
    "Share",
    "SignInAttempt",
    "SignInLink",
    "StrayText",
    "Text",
    "TextAttempt",
    "TextStep",
    "Thread",
    "ThreadMarker",
    "User",
]

for _name in __all__:
    # A docstring is for who reads the code: Tortoise would write it into the database, and on SQLite cut the
    # statement in two at a semicolon of it.
    globals()[_name]._meta.table_description = ""  # noqa: SLF001
