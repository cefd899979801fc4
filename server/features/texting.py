"""Sending texts: to a contact's texting number only, from the firm's own, after a look at consent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from uuid import UUID

from protocol.commands.texting import RetryText, SendText, TextQueued
from protocol.errors import Refused
from protocol.segments import measure
from server import access
from server.access import Person
from server.dispatch import CommandFunction
from server.phone_number import shown_number
from server.records import consent
from server.transaction import Transaction
from storage.models import Contact, Line, Text, TextStep, Thread


async def send_text(change: Transaction, who: Person, args: SendText) -> TextQueued:
    """Queue a text to a contact; the first one begins the thread (T2).

    Raises:
        Refused: ``empty``, ``not_found``, ``texting_off``, ``no_texting_phone``, ``opted_out``.
    """
    words = args.text.strip()
    if not words:
        raise Refused("empty", "Write something first: a text cannot be empty.")
    contact = await access.of_firm(Contact, who, UUID(args.contact))
    return await _queue(change, contact, words)


async def retry_text(change: Transaction, who: Person, args: RetryText) -> TextQueued:
    """Send what failed, or was never confirmed, as a new text to the contact's number of now (F2).

    Raises:
        Refused: ``not_found``, ``conflict``, ``texting_off``, ``no_texting_phone``, ``opted_out``.
    """
    failed = await Text.get_or_none(id=args.text, firm_id=who.firm, inbound=False)
    if failed is None:
        raise Refused("not_found")
    if failed.state not in ("failed", "unconfirmed"):
        raise Refused("conflict", "This text has not failed, so there is nothing to try again.")
    contact = await access.of_firm(Contact, who, failed.thread_id)
    return await _queue(change, contact, failed.body, retry_of=failed.id)


class _Route(NamedTuple):
    our_phone: str
    their_phone: str


async def _queue(
    change: Transaction, contact: Contact, words: str, retry_of: UUID | None = None
) -> TextQueued:
    text_id = change.derived_id("text")
    thread = await Thread.filter(id=contact.id).select_for_update().first()
    known = await Text.get_or_none(id=text_id)
    if known is not None:  # repeated after its answer was forgotten: still not a second text
        return TextQueued(text=str(known.id), number=known.number, segments=known.segments)
    route = await _route(contact)
    await _refuse_second_retry(contact, retry_of)
    thread = thread or await _begin_thread(change, contact)
    return await _write(change, thread, text_id, route, words, retry_of)


async def _route(contact: Contact) -> _Route:
    line = await Line.get_or_none(firm_id=contact.firm_id)
    if line is None:
        raise Refused("texting_off", "Your firm has no texting number yet; an admin can set one up.")
    if contact.texting_phone is None:
        raise Refused("no_texting_phone", f"Choose a texting number on {contact.name}’s card first.")
    if await consent.has_opted_out(contact.firm_id, contact.texting_phone):
        shown = shown_number(contact.texting_phone)
        raise Refused("opted_out", f"{shown} has opted out. Only a text with START from there undoes it.")
    return _Route(line.phone, contact.texting_phone)


async def _refuse_second_retry(contact: Contact, retry_of: UUID | None) -> None:
    """Two people who press “Try again” must not text the client twice."""
    if retry_of is not None and await Text.exists(thread_id=contact.id, retry_of=retry_of):
        raise Refused("conflict", "This text was tried again already.")


async def _begin_thread(change: Transaction, contact: Contact) -> Thread:
    thread = await Thread.create(id=contact.id, firm_id=contact.firm_id)
    change.tell("thread.changed", scope=thread.id, entity=thread.id, version=thread.version)
    return thread


async def _write(
    change: Transaction, thread: Thread, text_id: UUID, route: _Route, words: str, retry_of: UUID | None
) -> TextQueued:
    thread.last_number += 1
    thread.last_outbound_at = change.now
    await thread.save(update_fields=["last_number", "last_outbound_at"])
    text = await Text.create(
        id=text_id,
        firm_id=change.firm,
        thread_id=thread.id,
        number=thread.last_number,
        inbound=False,
        at=change.now,
        author_id=change.actor,
        body=words,
        our_phone=route.our_phone,
        their_phone=route.their_phone,
        segments=measure(words).segments,
        state="queued",
        retry_of=retry_of,
    )
    await TextStep.create(firm_id=change.firm, text_id=text.id, state="queued", at=change.now)
    change.tell("text.queued", scope=thread.id, entity=text.id, version=text.version)
    await change.later("text", text.id)
    return TextQueued(text=str(text.id), number=text.number, segments=text.segments)


COMMANDS: Final[Mapping[str, CommandFunction]] = {"text.send": send_text, "text.retry": retry_text}
