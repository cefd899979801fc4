"""Encryption at rest: what is sealed opens in its own place only, through every rotation of keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.blobs import Blobs
from storage.database import Database
from storage.errors import IntegrityError
from storage.fields import Sealed
from storage.keys import new_id
from storage.models import Firm, Message
from storage.vault import ACTIVATION_DELAY_MS, FRESH_MS, SERVER, FirmKeys, KeyMissing, Tampered
from tests.storage.conftest import MASTERS, new_firm

CANARY = "the-canary-sings-9f3a"
ROW, OTHER_ROW = new_id(), new_id()
KEYS = FirmKeys(new_id(), {1: bytes(32), 2: bytes(range(32))}, current=2)
DEADLINE_S = 20


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_in_its_place(plain: bytes) -> None:
    assert KEYS.open(b"here", KEYS.seal(b"here", plain)) == plain


@given(st.binary(max_size=40), st.data())
def test_any_changed_bit_is_refused(plain: bytes, chosen: st.DataObject) -> None:
    sealed = bytearray(KEYS.seal(b"here", plain))
    position = chosen.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[position // 8] ^= 1 << position % 8
    with pytest.raises((Tampered, KeyMissing)):
        KEYS.open(b"here", bytes(sealed))


@given(st.binary(max_size=60))
def test_bytes_that_nobody_sealed_are_refused(anything: bytes) -> None:
    with pytest.raises((Tampered, KeyMissing)):
        KEYS.open(b"here", anything)


async def test_a_value_moved_to_another_row_column_table_or_firm_is_refused(database: Database) -> None:
    firm_id, other_firm = await new_firm(database), await new_firm(database)
    for firm in (firm_id, other_firm):
        await database.vault.load(firm)
    vault = database.vault
    sealed = vault.seal(firm_id, "message", "body", ROW, b"plain")
    assert vault.open(firm_id, "message", "body", ROW, sealed) == b"plain"
    elsewhere = [
        (other_firm, "message", "body", ROW),
        (firm_id, "draft", "body", ROW),
        (firm_id, "message", "name", ROW),
        (firm_id, "message", "body", OTHER_ROW),
    ]
    for place in elsewhere:
        with pytest.raises(Tampered):
            vault.open(*place, sealed)


async def test_rows_swapped_in_the_database_do_not_open(database: Database, firm_id: UUID) -> None:
    one, two = await _send(database, firm_id, "one"), await _send(database, firm_id, "two")
    rows = {UUID(row["id"]): row["body"] for row in await database.fetch("SELECT id, body FROM message")}
    async with database.transaction():
        await database.execute("UPDATE message SET body = $1 WHERE id = $2", [rows[two], one])
    async with database.snapshot(firm_id):
        assert (await Message.get(id=two)).body == "two"
        with pytest.raises(Tampered):
            await Message.get(id=one)


async def test_a_model_reads_and_writes_plain_text(database: Database, firm_id: UUID) -> None:
    message_id = await _send(database, firm_id, "Señal ✓")
    async with database.transaction(firm_id):
        message = await Message.get(id=message_id)
        assert message.body == "Señal ✓"
        message.body = "changed"
        await message.save()
        await message.refresh_from_db()
        assert message.body == "changed"
        more = [_message(firm_id, f"bulk {number}", number) for number in range(10, 13)]
        await Message.bulk_create(more)
    async with database.snapshot(firm_id):
        bodies = [message.body for message in await Message.filter(firm_id=firm_id).order_by("number")]
    assert bodies == ["changed", "bulk 10", "bulk 11", "bulk 12"]


async def test_an_encrypted_column_cannot_be_searched_or_changed_in_bulk(
    database: Database, firm_id: UUID
) -> None:
    await _send(database, firm_id, CANARY)
    async with database.transaction(firm_id):
        with pytest.raises(TypeError, match="encrypted"):
            await Message.filter(body=CANARY)
        with pytest.raises(TypeError, match="encrypted"):
            await Message.filter(firm_id=firm_id).update(body="x")
        (values,) = await Message.all().values("body")
    assert isinstance(values["body"], Sealed)
    assert CANARY not in repr(values)


async def test_neither_database_nor_log_nor_files_hold_plain_text(sqlite: Database, tmp_path: Path) -> None:
    firm_id = await new_firm(sqlite)

    async def upload() -> AsyncIterator[bytes]:
        yield CANARY.encode() * 10_000

    await Blobs(tmp_path / "blobs", sqlite.vault).write(firm_id, upload(), limit_bytes=10**9)
    await _send(sqlite, firm_id, CANARY)
    files = _files(tmp_path)
    assert {path.suffix for path in files} >= {".sqlite3", ".sqlite3-wal", ""}
    assert [path.name for path in files if CANARY.encode() in path.read_bytes()] == []


async def test_no_row_of_postgres_holds_plain_text(postgres_url: str) -> None:
    async with Database.open(postgres_url, MASTERS) as database:
        firm_id = await new_firm(database)
        await _send(database, firm_id, CANARY)
        (row,) = await database.fetch("SELECT message::text AS whole, body FROM message")
        assert CANARY.encode() not in row["body"]
        assert CANARY not in row["whole"]
        assert CANARY.encode().hex() not in row["whole"]


async def test_a_new_data_key_encrypts_after_every_node_knows_it(database_url: str) -> None:
    clock = Clock()
    async with _node(database_url, clock) as one, _node(database_url, clock) as two:
        firm_id = await new_firm(one)
        old = await _send(one, firm_id, "old")
        async with one.transaction():
            assert await one.vault.rotate(firm_id) == 2
        clock.ms += FRESH_MS + 1
        await two.vault.load(firm_id)
        assert two.vault.keys_of(firm_id).current == 1
        clock.ms += ACTIVATION_DELAY_MS - FRESH_MS
        two.vault._now = lambda: clock.ms - FRESH_MS  # a clock that is slow
        new = await _send(one, firm_id, "new")
        assert (await _sealed(one, new))[:5] != (await _sealed(one, old))[:5]
        async with two.snapshot(firm_id):
            assert two.vault.keys_of(firm_id).current == 1
            assert {message.body for message in await Message.all()} == {"old", "new"}


async def test_subkeys_differ_by_firm_and_purpose_and_outlast_rotations(database_url: str) -> None:
    clock = Clock()
    async with _node(database_url, clock) as database:
        firm_id = await new_firm(database)
        before = database.vault.subkey(firm_id, "token")
        others = {database.vault.subkey(firm_id, "index"), database.vault.subkey(SERVER, "token"), before}
        assert len(others) == 3
        async with database.transaction():
            await database.vault.rotate(firm_id)
        clock.ms += ACTIVATION_DELAY_MS
        await database.vault.load(firm_id)
        assert database.vault.keys_of(firm_id).current == 2
        assert database.vault.subkey(firm_id, "token") == before


async def test_a_new_master_key_takes_over_and_the_old_one_may_go(database_url: str) -> None:
    new_master = {2: bytes(32)}
    async with Database.open(database_url, MASTERS) as database:
        firm_id = await new_firm(database)
        message_id = await _send(database, firm_id, "kept")
    async with Database.open(database_url, new_master | MASTERS) as database, database.transaction():
        assert await database.vault.rewrap() == 2  # the firm's and the server's
        assert await database.vault.rewrap() == 0
    async with Database.open(database_url, new_master) as database, database.snapshot(firm_id):
        assert (await Message.get(id=message_id)).body == "kept"
    with pytest.raises((KeyMissing, Tampered)):
        async with Database.open(database_url, MASTERS):
            pass


async def test_rotations_under_load_disturb_nobody(database_url: str) -> None:
    clock = Clock()
    async with _node(database_url, clock) as one, _node(database_url, clock) as two:
        nodes = (one, two)
        firm_id = await new_firm(one)
        done = asyncio.Event()

        async def write_and_read(database: Database) -> None:
            while not done.is_set():
                text = str(new_id())
                message_id = await _send(database, firm_id, text)
                for reader in nodes:
                    async with reader.snapshot(firm_id):
                        assert (await Message.get(id=message_id)).body == text

        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            for database in nodes * 2:
                group.create_task(write_and_read(database))
            for number in range(2, 7):
                async with one.transaction():
                    assert await one.vault.rotate(firm_id) == number
                clock.ms += FRESH_MS + 1
                await _until(lambda: {max(node.vault.keys_of(firm_id).keys) for node in nodes}, {number})
                clock.ms += ACTIVATION_DELAY_MS
                await _until(lambda: {node.vault.keys_of(firm_id).current for node in nodes}, {number})
            done.set()
        async with one.snapshot(firm_id):
            assert len(await Message.all()) > 0
        numbers = {row["body"][4] for row in await one.fetch("SELECT body FROM message")}
        assert len(numbers) > 1


async def test_the_keys_of_a_firm_that_was_undone_are_forgotten(database: Database) -> None:
    """Its id may come again, from another node and with another key."""
    firm_id = new_id()
    with suppress(ZeroDivisionError):
        async with database.transaction():
            await Firm.create(id=firm_id, name="Firm", slug="undone", time_zone="UTC", created_at=0)
            await database.vault.create(firm_id)
            raise ZeroDivisionError
    with pytest.raises(KeyMissing):
        await database.vault.load(firm_id)


async def test_two_nodes_that_start_together_share_the_server_keys(database_url: str) -> None:
    async def subkey() -> bytes:
        async with Database.open(database_url, MASTERS) as database:
            return database.vault.subkey(SERVER, "token")

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(subkey()) for _ in range(4)]
    assert len({task.result() for task in tasks}) == 1


async def test_a_firm_has_one_key_of_each_number(database: Database, firm_id: UUID) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction():
            await database.vault.create(firm_id)


class Clock:
    ms = 1_700_000_000_000

    def now(self) -> int:
        return self.ms


def _node(url: str, clock: Clock) -> AbstractAsyncContextManager[Database]:
    return Database.open(url, MASTERS, now=clock.now)


async def _send(database: Database, firm_id: UUID, body: str) -> UUID:
    async with database.transaction(firm_id):
        rows = await database.fetch("SELECT COALESCE(MAX(number), 0) AS last FROM message")
        message = _message(firm_id, body, rows[0]["last"] + 1)
        message.portal_id = new_id()
        await message.save()
    return message.id


def _message(firm_id: UUID, body: str, number: int) -> Message:
    return Message(
        id=new_id(), firm_id=firm_id, portal_id=firm_id, number=number, author_id=firm_id, at=0, body=body
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def _sealed(database: Database, message_id: UUID) -> bytes:
    rows = await database.fetch("SELECT body FROM message WHERE id = $1", [message_id])
    return bytes(rows[0]["body"])


async def _until(look: Callable[[], set[int]], wanted: set[int]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while look() != wanted:
            await asyncio.sleep(0.001)
