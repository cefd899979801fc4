"""Encryption at rest: master keys wrap a data key for each firm, data keys encrypt records and files.

A record is AES-256-GCM under its firm's data key; its associated data binds firm, table, column and row, so
that a value moved elsewhere in the database no longer opens. The master keys come from the settings and
are never stored. Rotation of a master wraps the same data keys anew; rotation of a data key adds a number
that every node knows before anybody encrypts with it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.keys import new_id

SERVER = UUID(int=0)
"""Stands for the whole installation, for what is looked up before the firm is known (session tokens)."""

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = 1
HEADER = struct.Struct(">BI")
"""Format, then the number of the key: a master's id, or a data key's number."""

FRESH_MS = 30_000
"""How long a node trusts its copy of a firm's data keys."""
ACTIVATION_DELAY_MS = 4 * FRESH_MS
"""A new data key encrypts only when every node has had it for long, clocks that differ included."""


class Tampered(Exception):
    """A stored value is not what was sealed for this place: altered, moved, or under another key."""


class KeyMissing(Exception):
    """A firm has no data key of that number, or its keys were not loaded before they were used."""


class Statements(Protocol):
    """The part of a database that the vault needs."""

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]: ...

    async def execute(self, sql: str, args: Sequence[Any] = ()) -> int: ...


@dataclass(frozen=True)
class FirmKeys:
    """The unwrapped data keys of one firm; `current` encrypts, all decrypt."""

    firm_id: UUID
    keys: Mapping[int, bytes] = field(repr=False)
    current: int

    @cached_property
    def _ciphers(self) -> dict[int, AESGCM]:
        return {number: AESGCM(key) for number, key in self.keys.items()}

    @cached_property
    def _subkeys(self) -> dict[str, bytes]:
        return {}

    def seal(self, place: bytes, plain: bytes) -> bytes:
        header = HEADER.pack(FORMAT, self.current)
        nonce = os.urandom(NONCE_BYTES)
        bound = header + self.firm_id.bytes + place
        return header + nonce + self._ciphers[self.current].encrypt(nonce, plain, bound)

    def open(self, place: bytes, sealed: bytes) -> bytes:
        header, nonce, body = _split(sealed)
        _, number = HEADER.unpack(header)
        if number not in self.keys:
            raise KeyMissing(f"data key {number} of firm {self.firm_id}")
        return _decrypt(self._ciphers[number], nonce, body, header + self.firm_id.bytes + place)

    def subkey(self, purpose: str) -> bytes:
        # From the first key, which stays: what was hashed before a rotation is still found after it.
        if purpose not in self._subkeys:
            self._subkeys[purpose] = self.derive(min(self.keys), b"", b"purpose|" + purpose.encode())
        return self._subkeys[purpose]

    def derive(self, number: int, salt: bytes, context: bytes) -> bytes:
        if number not in self.keys:
            raise KeyMissing(f"data key {number} of firm {self.firm_id}")
        return HKDF(hashes.SHA256(), KEY_BYTES, salt, context + self.firm_id.bytes).derive(self.keys[number])


class Masters:
    """The keys from the settings; the first one wraps, all unwrap."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError(f"at least one master key is needed, each of {KEY_BYTES} bytes")
        self._ciphers = {id: AESGCM(key) for id, key in keys.items()}
        self.current = next(iter(keys))

    def wrap(self, key: bytes, firm_id: UUID, number: int) -> bytes:
        header = HEADER.pack(FORMAT, self.current)
        nonce = os.urandom(NONCE_BYTES)
        bound = _key_place(header, firm_id, number)
        return header + nonce + self._ciphers[self.current].encrypt(nonce, key, bound)

    def unwrap(self, wrapped: bytes, firm_id: UUID, number: int) -> bytes:
        header, nonce, body = _split(wrapped)
        _, master = HEADER.unpack(header)
        if master not in self._ciphers:
            raise KeyMissing(f"master key {master}, which wraps the data keys of firm {firm_id}")
        return _decrypt(self._ciphers[master], nonce, body, _key_place(header, firm_id, number))

    def is_current(self, wrapped: bytes) -> bool:
        return bool(HEADER.unpack(wrapped[: HEADER.size])[1] == self.current)


@dataclass(frozen=True)
class _Copy:
    keys: FirmKeys
    read_at: int


class Vault:
    """Seals and opens the records of all firms. Keys load asynchronously, sealing and opening do not wait."""

    def __init__(
        self, master_keys: Mapping[int, bytes], statements: Statements, now: Callable[[], int]
    ) -> None:
        self._masters = Masters(master_keys)
        self._statements = statements
        self._now = now
        self._copies: dict[UUID, _Copy] = {}

    async def load(self, firm_id: UUID) -> None:
        """Have the firm's keys at hand, no older than FRESH_MS.

        Raises KeyMissing for a firm that has none or whose master key is not configured.
        """
        copy, now = self._copies.get(firm_id), self._now()
        if copy is None or not 0 <= now - copy.read_at <= FRESH_MS:
            self._copies[firm_id] = _Copy(await self._read(firm_id), now)

    async def create(self, firm_id: UUID) -> None:
        """Make the first data key of a new firm, inside the transaction that creates it."""
        key = os.urandom(KEY_BYTES)
        await self._insert(firm_id, 1, key, active_at=0)
        # Usable in this transaction, but stale: if it is undone, the next load() must not find this copy.
        self._copies[firm_id] = _Copy(FirmKeys(firm_id, {1: key}, 1), read_at=0)

    async def rotate(self, firm_id: UUID) -> int:
        """Add a data key, inside a transaction; it encrypts after ACTIVATION_DELAY_MS. Returns its number."""
        keys = await self._read(firm_id)
        number = max(keys.keys) + 1
        await self._insert(
            firm_id, number, os.urandom(KEY_BYTES), active_at=self._now() + ACTIVATION_DELAY_MS
        )
        return number

    async def rewrap(self) -> int:
        """Wrap every data key by the current master key, inside a transaction. Returns how many were not.

        After it, the older master keys may leave the settings.
        """
        rows = await self._statements.fetch("SELECT id, firm_id, number, wrapped FROM firm_key")
        old = [row for row in rows if not self._masters.is_current(row["wrapped"])]
        for row in old:
            firm_id, number = UUID(row["firm_id"]), row["number"]
            key = self._masters.unwrap(row["wrapped"], firm_id, number)
            await self._statements.execute(
                "UPDATE firm_key SET wrapped = $1 WHERE id = $2",
                [self._masters.wrap(key, firm_id, number), row["id"]],
            )
        return len(old)

    def seal(self, firm_id: UUID, table: str, column: str, row_id: UUID, plain: bytes) -> bytes:
        """Encrypt `plain` for exactly this place. The firm's keys must be loaded."""
        return self.keys_of(firm_id).seal(_place(table, column, row_id), plain)

    def open(self, firm_id: UUID, table: str, column: str, row_id: UUID, sealed: bytes) -> bytes:
        """Decrypt what was sealed for exactly this place. Raises Tampered and KeyMissing."""
        return self.keys_of(firm_id).open(_place(table, column, row_id), sealed)

    def subkey(self, firm_id: UUID, purpose: str) -> bytes:
        """A key for one purpose (the HMAC of tokens, say), the same through all rotations. 32 bytes."""
        return self.keys_of(firm_id).subkey(purpose)

    def keys_of(self, firm_id: UUID) -> FirmKeys:
        copy = self._copies.get(firm_id)
        if copy is None:
            raise KeyMissing(f"the keys of firm {firm_id} were not loaded")
        return copy.keys

    async def _read(self, firm_id: UUID) -> FirmKeys:
        rows = await self._statements.fetch(
            "SELECT number, wrapped, active_at FROM firm_key WHERE firm_id = $1", [firm_id]
        )
        keys = {row["number"]: self._masters.unwrap(row["wrapped"], firm_id, row["number"]) for row in rows}
        active = [row["number"] for row in rows if row["active_at"] <= self._now()]
        if not active:
            raise KeyMissing(f"firm {firm_id} has no data key")
        return FirmKeys(firm_id, keys, max(active))

    async def _insert(self, firm_id: UUID, number: int, key: bytes, active_at: int) -> None:
        await self._statements.execute(
            "INSERT INTO firm_key (id, firm_id, number, wrapped, active_at) VALUES ($1, $2, $3, $4, $5)",
            [new_id(), firm_id, number, self._masters.wrap(key, firm_id, number), active_at],
        )


current_vault: ContextVar[Vault] = ContextVar("current_vault")
"""The vault of the database whose transaction or snapshot this task is in."""


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    if len(sealed) <= HEADER.size + NONCE_BYTES or sealed[0] != FORMAT:
        raise Tampered("not a sealed value")
    body_at = HEADER.size + NONCE_BYTES
    return sealed[: HEADER.size], sealed[HEADER.size : body_at], sealed[body_at:]


def _decrypt(cipher: AESGCM, nonce: bytes, body: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, body, bound)
    except InvalidTag:
        raise Tampered("a sealed value does not belong here or was altered") from None


def _place(table: str, column: str, row_id: UUID) -> bytes:
    return b"|".join((b"record", table.encode(), column.encode(), row_id.bytes))


def _key_place(header: bytes, firm_id: UUID, number: int) -> bytes:
    return b"|".join((b"data key", header, firm_id.bytes, str(number).encode()))
