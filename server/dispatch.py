"""The one way in for commands and queries, whichever door they came through."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec

from protocol.codec import command_digest_bytes, decode_args, decode_query
from protocol.commands import COMMANDS, CommandSpec
from protocol.errors import Refused
from protocol.queries import QUERIES, QuerySpec
from protocol.types import Arguments, Shape
from server import access
from server.access import Person
from server.transaction import Doorbell, Transaction, transaction
from storage.database import Database
from storage.errors import Collision, IntegrityError, StoreAway
from storage.footprint import Footprint
from storage.keys import derived_id
from storage.log import Cursor
from storage.models import CommandReply, Device

CommandFunction = Callable[[Transaction, Person, Any], Awaitable[Shape]]
QueryFunction = Callable[[Database, Person, Any], Awaitable[Shape]]
Spec = TypeVar("Spec", CommandSpec, QuerySpec)
UseFunction = Callable[[Person, int], Awaitable[None]]

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it came in: ``key`` names the effect; ``device`` and ``number`` keep its order (I10)."""

    name: str
    key: str
    args: Any
    device: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a shortcut came to: its result, and the new ends of the logs that tell it."""

    result: Shape
    heads: Mapping[str, Cursor]


class Shortcut(Protocol):
    """Does a command at once where it is plain, its answer and its device's number included.

    Gives none where anything stands against it: nothing was changed then, and the command takes the long way.
    """

    async def __call__(
        self, database: Database, who: Person, args: Any, *, key: str, footprint: Footprint, now: int
    ) -> Outcome | None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to: its result, the end of its asker's log, and whether it was kept from before."""

    result: Any
    upto: Cursor | None
    repeated: bool = False


class Dispatch:
    """Runs commands and queries against the tables of functions that the features offer."""

    def __init__(
        self,
        database: Database,
        bell: Doorbell,
        commands: Mapping[str, CommandFunction],
        queries: Mapping[str, QueryFunction],
        shortcuts: Mapping[str, Shortcut] | None = None,
        note_use: UseFunction | None = None,
    ) -> None:
        """``note_use`` learns of every command: a session that nobody uses ends, its sockets with it."""
        self._database = database
        self._bell = bell
        self._commands = commands
        self._queries = queries
        self._shortcuts = shortcuts or {}
        self._note_use = note_use

    async def execute(self, who: Person, request: Request, now: int) -> Answer:
        """Run one command, once: check, change, answer and events commit together.

        Raises:
            Refused: any code; nothing was changed.
        """
        spec = _spec(COMMANDS, who, request.name)
        args = decode_args(request.args, spec.args)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._database.vault.load(who.firm)
                if self._note_use is not None:
                    await self._note_use(who, now)
                return await self._at_once(who, request, args, now) or await self._attempt(
                    who, request, args, now
                )
            except IntegrityError:
                if attempt == _ATTEMPTS:  # a repeat of it that committed first would have been found
                    raise
            except Collision as error:  # two changes crossed: look again
                if attempt == _ATTEMPTS:
                    raise Refused("unavailable") from error
            except StoreAway as error:
                raise Refused("unavailable") from error
        raise AssertionError("unreachable")

    async def ask(self, who: Person, name: str, args: dict[str, str]) -> Shape:
        """Answer one query, all of it from one moment.

        Raises:
            Refused: any code.
        """
        spec = _spec(QUERIES, who, name)
        decoded = decode_query(args, spec.args)
        try:
            async with self._database.snapshot(who.firm):
                return await self._queries[name](self._database, who, decoded)
        except StoreAway as error:
            raise Refused("unavailable") from error

    async def _at_once(self, who: Person, request: Request, args: Arguments, now: int) -> Answer | None:
        shortcut = self._shortcuts.get(request.name)
        if shortcut is None:
            return None
        footprint = self._footprint(who, request, args)
        outcome = await shortcut(self._database, who, args, key=request.key, footprint=footprint, now=now)
        if outcome is None:
            return None
        self._bell.ring(outcome.heads)
        return Answer(msgspec.to_builtins(outcome.result), outcome.heads.get(str(who.log)))

    async def _attempt(self, who: Person, request: Request, args: Arguments, now: int) -> Answer:
        footprint = self._footprint(who, request, args)
        async with transaction(
            self._database, self._bell, firm=who.firm, actor=who.id, now=now, key=request.key
        ) as change:
            kept = await CommandReply.get_or_none(id=footprint.reply)
            if kept is not None:
                return await self._repeat(change, who, kept, footprint, args)
            await _keep_order(who, footprint)
            result = msgspec.to_builtins(await self._commands[request.name](change, who, args))
            await change.append()
            upto = change.heads.get(str(who.log))
            await _keep_reply(change, footprint, result, upto)
        return Answer(result, upto)

    def _footprint(self, who: Person, request: Request, args: Arguments) -> Footprint:
        numbered = request.device is not None and request.number is not None
        # Keyed: from a plain hash whoever has the database could guess a password, or what a short text said.
        secret = self._database.vault.subkey(who.firm, "command digest")
        said = request.name.encode() + b"\0" + command_digest_bytes(args)
        return Footprint(
            reply=derived_id(who.id, request.key, "reply"),
            command=request.name,
            digest=hmac.new(secret, said, hashlib.sha256).hexdigest(),
            device=derived_id(who.id, str(request.device), "device") if numbered else None,
            number=request.number if numbered else None,
        )

    async def _repeat(
        self, change: Transaction, who: Person, kept: CommandReply, footprint: Footprint, args: Arguments
    ) -> Answer:
        """The first answer again, if the asker may still have it."""
        if kept.digest != footprint.digest:
            raise Refused("key_reused")
        portal = getattr(args, "portal", None)
        if portal is not None and who.role != "admin":
            await access.stay_in(who, UUID(portal))
        result = msgspec.json.decode(kept.result)
        if result is None:  # a shortcut's: its ids derive from the key, so it finds what it made
            result = msgspec.to_builtins(await self._commands[footprint.command](change, who, args))
        upto = None if kept.upto_seq is None else Cursor(kept.upto_seq, kept.upto_tag)
        return Answer(result, upto, repeated=True)


def _spec(table: Mapping[str, Spec], who: Person, name: str) -> Spec:
    spec = table.get(name)
    if spec is None:
        raise Refused("unknown_command", f"There is nothing called {name!r} here.")
    if who.role not in spec.roles:
        raise Refused("forbidden")
    return spec


async def _keep_order(who: Person, footprint: Footprint) -> None:
    """Refuse a command that a later one of its device has overtaken (I10)."""
    if footprint.device is None or footprint.number is None:
        return
    device = await Device.filter(id=footprint.device).select_for_update().first()
    if device is None:
        await Device.create(
            id=footprint.device, firm_id=who.firm, person_id=who.id, last_number=footprint.number
        )
        return
    if footprint.number <= device.last_number:
        if await CommandReply.exists(id=footprint.reply):
            raise Collision("the same command, sent again over another line, committed while this one waited")
        raise Refused("out_of_order")
    device.last_number = footprint.number
    await device.save(update_fields=["last_number"])


async def _keep_reply(change: Transaction, footprint: Footprint, result: Any, upto: Cursor | None) -> None:
    await CommandReply.create(
        id=footprint.reply,
        firm_id=change.firm,
        person_id=change.actor,
        name=footprint.command,
        digest=footprint.digest,
        result=msgspec.json.encode(result).decode(),
        upto_seq=None if upto is None else upto.seq,
        upto_tag=None if upto is None else upto.tag,
        at=change.now,
    )
