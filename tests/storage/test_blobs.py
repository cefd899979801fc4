"""Stored files: streamed, encrypted, whole or not there at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from storage.blobs import (
    CHUNK_BYTES,
    HEADER,
    PARTIAL_LIFE_MS,
    SALT_BYTES,
    SEALED_CHUNK_BYTES,
    Blobs,
    Stored,
    TooLarge,
)
from storage.database import Database
from storage.vault import ACTIVATION_DELAY_MS, KeyMissing, Tampered
from tests.storage.conftest import MASTERS, new_firm

UPLOAD_LIMIT_BYTES = 104_857_600
"""P4."""
NO_LIMIT = 10**12
DEADLINE_S = 20


@pytest.fixture
async def firm_id(sqlite: Database) -> UUID:
    return await new_firm(sqlite)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(sqlite: Database, folder: Path) -> Blobs:
    return Blobs(folder, sqlite.vault)


@pytest.mark.parametrize("piece_bytes", [1000, CHUNK_BYTES, 200_000])
@pytest.mark.parametrize(
    "size_bytes", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 300_001]
)
async def test_what_was_written_is_read(
    blobs: Blobs, firm_id: UUID, size_bytes: int, piece_bytes: int
) -> None:
    content = os.urandom(size_bytes)
    stored = await blobs.write(firm_id, _pieces(content, piece_bytes), NO_LIMIT)
    assert (stored.size_bytes, stored.sha256) == (size_bytes, hashlib.sha256(content).digest())
    assert await _whole(blobs, firm_id, stored) == content
    assert await blobs.size(stored.id) == size_bytes


async def test_any_range_is_read(blobs: Blobs, firm_id: UUID) -> None:
    content = os.urandom(3 * CHUNK_BYTES + 7)
    stored = await blobs.write(firm_id, _pieces(content), NO_LIMIT)
    edges = [
        0,
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        2 * CHUNK_BYTES,
        len(content) - 1,
        len(content),
    ]
    for start in edges:
        for stop in (edge for edge in edges if edge >= start):
            read = b"".join([piece async for piece in blobs.read(firm_id, stored.id, start, stop)])
            assert read == content[start:stop], (start, stop)


async def test_a_range_opens_only_the_chunks_that_hold_it(blobs: Blobs, firm_id: UUID, folder: Path) -> None:
    content = os.urandom(4 * CHUNK_BYTES)
    stored = await blobs.write(firm_id, _pieces(content), NO_LIMIT)
    path = _only_file(folder)
    path.write_bytes(_flip(path.read_bytes(), _chunk_at(3)))
    pieces = blobs.read(firm_id, stored.id, CHUNK_BYTES + 5, 2 * CHUNK_BYTES + 5)
    assert b"".join([piece async for piece in pieces]) == content[CHUNK_BYTES + 5 : 2 * CHUNK_BYTES + 5]


async def test_altered_moved_cut_and_lengthened_files_are_refused(
    blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    stored = await blobs.write(firm_id, _pieces(os.urandom(3 * CHUNK_BYTES + 99)), NO_LIMIT)
    path = _only_file(folder)
    original = path.read_bytes()
    one, two, three = _chunk_at(0), _chunk_at(1), _chunk_at(2)
    attacks = {
        "magic": _flip(original, 0),
        "key number": _flip(original, 7),
        "salt": _flip(original, 20),
        "first chunk": _flip(original, one),
        "last tag": _flip(original, len(original) - 1),
        "swapped": original[:one] + original[two:three] + original[one:two] + original[three:],
        "dropped": original[:one] + original[two:],
        "doubled": original[:two] + original[one:],
        "cut at a chunk": original[:three],
        "cut in a chunk": original[: three + 100],
        "only a header": original[: HEADER.size],
        "nothing": b"",
        "lengthened": original + b"more",
        "lengthened by a chunk": original + original[one:two],
    }
    for name, forged in attacks.items():
        path.write_bytes(forged)
        with pytest.raises((Tampered, KeyMissing)):
            pytest.fail(f"{name}: {len(await _whole(blobs, firm_id, stored))} bytes were read")
    path.write_bytes(original[:three])
    with pytest.raises(Tampered):  # a range that was there once
        [piece async for piece in blobs.read(firm_id, stored.id, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 9)]


async def test_a_file_cannot_stand_in_for_another_nor_serve_another_firm(
    sqlite: Database, blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    one = await blobs.write(firm_id, _pieces(b"one"), NO_LIMIT)
    path_of_one = _only_file(folder)
    two = await blobs.write(firm_id, _pieces(b"two"), NO_LIMIT)
    (path_of_two,) = set(_files(folder)) - {path_of_one}
    path_of_two.write_bytes(path_of_one.read_bytes())
    with pytest.raises(Tampered):
        await _whole(blobs, firm_id, two)
    with pytest.raises(Tampered):
        await _whole(blobs, await new_firm(sqlite), one)


async def test_a_file_past_the_limit_is_refused_while_it_streams_and_leaves_nothing(
    blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    """P4."""
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += CHUNK_BYTES
            yield bytes(CHUNK_BYTES)

    with pytest.raises(TooLarge):
        await blobs.write(firm_id, endless(), limit_bytes=10 * CHUNK_BYTES)
    assert given == 11 * CHUNK_BYTES
    assert _files(folder) == []


async def test_exactly_100_mib_is_taken_and_one_byte_more_is_not_in_little_memory(
    blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    """P4, and at most 16 MiB of memory for an upload."""
    piece = os.urandom(CHUNK_BYTES)

    async def upload(extra: bytes) -> AsyncIterator[bytes]:
        for _ in range(UPLOAD_LIMIT_BYTES // CHUNK_BYTES):
            yield piece
        yield extra

    tracemalloc.start()
    stored = await blobs.write(firm_id, upload(b""), UPLOAD_LIMIT_BYTES)
    with pytest.raises(TooLarge):
        await blobs.write(firm_id, upload(b"x"), UPLOAD_LIMIT_BYTES)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes <= 16 * 1024 * 1024
    assert await blobs.size(stored.id) == UPLOAD_LIMIT_BYTES
    assert len(_files(folder)) == 1


async def test_an_interrupted_write_leaves_nothing(blobs: Blobs, firm_id: UUID, folder: Path) -> None:
    arrived = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        yield bytes(3 * CHUNK_BYTES)
        arrived.set()
        await asyncio.Event().wait()

    async def breaks() -> AsyncIterator[bytes]:
        yield bytes(3 * CHUNK_BYTES)
        raise ConnectionResetError

    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        writing = group.create_task(blobs.write(firm_id, stalls(), NO_LIMIT))
        await arrived.wait()
        assert len(_files(folder)) == 1
        writing.cancel()
    assert _files(folder) == []
    with pytest.raises(ConnectionResetError):
        await blobs.write(firm_id, breaks(), NO_LIMIT)
    assert _files(folder) == []


async def test_writes_cancelled_at_any_moment_leave_nothing(
    blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    for turns in range(40):
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            writing = group.create_task(blobs.write(firm_id, _pieces(bytes(200)), NO_LIMIT))
            for _ in range(turns):
                await asyncio.sleep(0.0002)
            writing.cancel()
        if not writing.cancelled():
            await blobs.delete(writing.result().id)
    await _eventually_empty(folder)


async def test_partial_files_are_swept_after_a_day(blobs: Blobs, firm_id: UUID, folder: Path) -> None:
    await blobs.write(firm_id, _pieces(b"kept"), NO_LIMIT)
    (folder / "partial" / "of-a-crashed-server").write_bytes(b"sealed")
    now = time.time_ns() // 1_000_000
    assert await blobs.sweep(now) == 0
    assert await blobs.sweep(now + PARTIAL_LIFE_MS + 60_000) == 1
    assert len(_files(folder)) == 1


async def test_a_file_that_goes_while_the_folder_is_swept_is_no_fault(
    blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    """An upload that ends takes its partial file away; a link to nothing is listed and not there as well."""
    await blobs.write(firm_id, _pieces(b"kept"), NO_LIMIT)
    (folder / "partial" / "just-ended").symlink_to("nowhere")
    assert await blobs.sweep(time.time_ns() // 1_000_000) == 0


async def test_a_deleted_file_is_gone_and_deleting_again_is_no_error(
    blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    stored = await blobs.write(firm_id, _pieces(b"x"), NO_LIMIT)
    await blobs.delete(stored.id)
    await blobs.delete(stored.id)
    assert _files(folder) == []
    with pytest.raises(FileNotFoundError):
        await _whole(blobs, firm_id, stored)


async def test_a_file_written_before_a_key_rotation_is_read_after_it(sqlite_url: str, folder: Path) -> None:
    clock_ms = 1_700_000_000_000
    async with Database.open(sqlite_url, MASTERS, now=lambda: clock_ms) as database:
        blobs, firm_id = Blobs(folder, database.vault), await new_firm(database)
        old = await blobs.write(firm_id, _pieces(b"old"), NO_LIMIT)
        async with database.transaction():
            await database.vault.rotate(firm_id)
        clock_ms += ACTIVATION_DELAY_MS
        new = await blobs.write(firm_id, _pieces(b"new"), NO_LIMIT)
        assert [await _whole(blobs, firm_id, stored) for stored in (old, new)] == [b"old", b"new"]
        assert len({path.read_bytes()[: HEADER.size - SALT_BYTES] for path in _files(folder)}) == 2


async def test_only_the_owner_of_the_process_may_read_the_files(
    blobs: Blobs, firm_id: UUID, folder: Path
) -> None:
    await blobs.write(firm_id, _pieces(b"x"), NO_LIMIT)
    path = _only_file(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


async def _pieces(content: bytes, piece_bytes: int = 50_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), piece_bytes):
        yield content[start : start + piece_bytes]


async def _whole(blobs: Blobs, firm_id: UUID, stored: Stored) -> bytes:
    return b"".join([piece async for piece in blobs.read(firm_id, stored.id)])


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _only_file(folder: Path) -> Path:
    (path,) = _files(folder)
    return path


async def _eventually_empty(folder: Path) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while _files(folder):
            await asyncio.sleep(0.01)


def _chunk_at(place: int) -> int:
    return HEADER.size + place * SEALED_CHUNK_BYTES


def _flip(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
