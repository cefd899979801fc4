"""The table of commands: one line for each, and three doors (socket, HTTP, command line) that use it."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.commands.contacts import CreateContact, UpdateContact
from protocol.commands.documents import (
    AddShare,
    DeleteDocument,
    RenameDocument,
    ShareStopped,
    StopShare,
)
from protocol.commands.matters import CreateMatter, UpdateMatter
from protocol.commands.participants import AddParticipant, RemoveParticipant
from protocol.commands.portals import (
    DeleteMessage,
    Done,
    MarkerMoved,
    MessageSent,
    ReadPortal,
    SaveDraft,
    SendMessage,
)
from protocol.commands.texting import ReadThread, RetryText, SendText, TextQueued
from protocol.commands.users import CreateUser, EndSession, UpdateUser
from protocol.entities import Contact, Document, Matter, Participant, Share, User
from protocol.types import Arguments, Role, Shape

FIRM: frozenset[Role] = frozenset({"member", "admin"})
ADMIN: frozenset[Role] = frozenset({"admin"})
EVERYBODY: frozenset[Role] = FIRM | {"client"}


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What a command takes and gives, and the roles that may try it (the scope is checked besides).

    ``refusals`` are the codes that it may answer with besides those of ``ANY_COMMAND_REFUSES``.
    """

    name: str
    args: type[Arguments]
    result: type[Shape]
    roles: frozenset[Role]
    refusals: tuple[str, ...] = ()


ANY_COMMAND_REFUSES = (
    "invalid",
    "not_signed_in",
    "forbidden",
    "not_found",
    "key_reused",
    "out_of_order",
    "too_many",
    "unavailable",
    "internal",
)

_NO_TEXT = ("texting_off", "no_texting_phone", "opted_out")

_TABLE = (
    CommandSpec("message.send", SendMessage, MessageSent, EVERYBODY, ("empty",)),
    CommandSpec("message.delete", DeleteMessage, Done, FIRM),
    CommandSpec("portal.read", ReadPortal, MarkerMoved, EVERYBODY),
    CommandSpec("draft.save", SaveDraft, Done, EVERYBODY),
    CommandSpec("participant.add", AddParticipant, Participant, FIRM, ("conflict",)),
    CommandSpec("participant.remove", RemoveParticipant, Participant, FIRM, ("last_firm_participant",)),
    CommandSpec("document.rename", RenameDocument, Document, FIRM),
    CommandSpec("document.delete", DeleteDocument, Document, FIRM),
    CommandSpec("share.add", AddShare, Share, EVERYBODY),
    CommandSpec("share.stop", StopShare, ShareStopped, FIRM),
    CommandSpec("text.send", SendText, TextQueued, FIRM, ("empty", *_NO_TEXT)),
    CommandSpec("text.retry", RetryText, TextQueued, FIRM, ("conflict", *_NO_TEXT)),
    CommandSpec("thread.read", ReadThread, MarkerMoved, FIRM),
    CommandSpec("contact.create", CreateContact, Contact, FIRM, ("conflict",)),
    CommandSpec("contact.update", UpdateContact, Contact, FIRM, ("conflict",)),
    CommandSpec("matter.create", CreateMatter, Matter, FIRM),
    CommandSpec("matter.update", UpdateMatter, Matter, FIRM),
    CommandSpec("user.create", CreateUser, User, ADMIN, ("conflict",)),
    CommandSpec("user.update", UpdateUser, User, ADMIN, ("conflict",)),
    CommandSpec("session.end", EndSession, Done, EVERYBODY),
)

COMMANDS: dict[str, CommandSpec] = {spec.name: spec for spec in _TABLE}
