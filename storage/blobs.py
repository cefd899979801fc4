"""Files at rest: encrypted in chunks while they stream in, each chunk authentic in its place.

A file is a header and chunks of 64 KiB under AES-256-GCM. The key is of this file alone, derived from its
firm's data key, a random salt and the file's id, so that one file cannot stand in for another. A chunk's
nonce is its position and whether it is the last, so that none can be moved, doubled, dropped or cut off
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import struct
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

import aiofiles
import aiofiles.os
from aiofiles.threadpool import wrap
from aiofiles.threadpool.binary import AsyncBufferedIOBase
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.vault import FirmKeys, Tampered, Vault

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES

MAGIC = b"CWB1"
SALT_BYTES = 32
HEADER = struct.Struct(f">4sI{SALT_BYTES}s")
"""Magic, number of the firm's data key, salt."""

PARTIAL_LIFE_MS = 24 * 60 * 60 * 1000


class TooLarge(Exception):
    """More bytes arrived than are allowed; nothing of them was kept."""


@dataclass(frozen=True)
class Stored:
    """A file that was written whole; `sha256` is of its plain content."""

    id: UUID
    size_bytes: int
    sha256: bytes


class Blobs:
    """The folder of encrypted files of all firms, under random names."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self._directory = directory
        self._partial = directory / "partial"
        self._vault = vault

    async def write(self, firm_id: UUID, source: AsyncIterable[bytes], limit_bytes: int) -> Stored:
        """Store what `source` gives. It is on the disk, synced, when this returns.

        Whatever interrupts it, nothing is left. Raises TooLarge at the first byte past the limit.
        """
        blob_id = uuid4()
        await self._vault.load(firm_id)
        partial, path = self._partial / blob_id.hex, self._path(blob_id)
        await aiofiles.os.makedirs(self._partial, mode=0o700, exist_ok=True)
        try:
            # Made here, not in a thread: cancelled, a thread would make it after it was cleared away.
            with open(partial, "xb", opener=_private) as opened:  # noqa: ASYNC230
                file = wrap(opened, loop=asyncio.get_running_loop())
                stored = await _encrypt(self._vault.keys_of(firm_id), blob_id, source, file, limit_bytes)
                await file.flush()
                await asyncio.to_thread(os.fsync, opened.fileno())
            await asyncio.to_thread(_put_in_place, partial, path)
        except BaseException:
            # Cancelled, a thread may be about to rename: in this order it either finds nothing to rename,
            # or has done so before the second line.
            partial.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise
        return stored

    async def read(
        self, firm_id: UUID, blob_id: UUID, start: int = 0, stop: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Give the plain bytes from `start` up to `stop`, decrypting only the chunks that hold them.

        Whoever stops before the end closes the generator, else the file stays open until it is collected.

        Raises FileNotFoundError, and Tampered: before it gives any byte of a chunk that is not authentic, or
        when the file ends before `stop`.
        """
        await self._vault.load(firm_id)
        # Opened and closed here: what a cancelled reader left to a thread might never be closed.
        with self._path(blob_id).open("rb") as file:
            size_on_disk = os.fstat(file.fileno()).st_size
            header = await asyncio.to_thread(file.read, HEADER.size)
            key = _key_from(self._vault.keys_of(firm_id), blob_id, header)
            chunks, size = _chunk_count(size_on_disk), _plain_size(size_on_disk)
            stop = size if stop is None else stop
            if stop > size:
                raise Tampered("a stored file was cut")
            first = start // CHUNK_BYTES
            file.seek(HEADER.size + first * SEALED_CHUNK_BYTES)
            for place in range(first, max(1, -(-stop // CHUNK_BYTES))):
                plain = await _next_chunk(file, key, place, last=place == chunks - 1)
                offset = place * CHUNK_BYTES
                if piece := plain[max(start - offset, 0) : stop - offset]:
                    yield piece

    async def size(self, blob_id: UUID) -> int:
        """The number of plain bytes. Raises FileNotFoundError."""
        return _plain_size((await aiofiles.os.stat(self._path(blob_id))).st_size)

    async def delete(self, blob_id: UUID) -> None:
        """Delete the file, if it is there."""
        with suppress(FileNotFoundError):
            await aiofiles.os.remove(self._path(blob_id))

    async def sweep(self, now: int) -> int:
        """Delete what interrupted writes left more than a day ago, and tell how many. `now` in ms UTC."""
        return await asyncio.to_thread(_sweep, self._partial, now - PARTIAL_LIFE_MS)

    def _path(self, blob_id: UUID) -> Path:
        # Two levels of 256 folders: no folder grows slow, no name tells anything.
        name = blob_id.hex
        return self._directory / name[:2] / name[2:4] / name


async def _encrypt(
    keys: FirmKeys, blob_id: UUID, source: AsyncIterable[bytes], file: AsyncBufferedIOBase, limit_bytes: int
) -> Stored:
    header = HEADER.pack(MAGIC, keys.current, os.urandom(SALT_BYTES))
    key = _key_from(keys, blob_id, header)
    await file.write(header)
    digest = hashlib.sha256()
    size = place = 0
    async for chunk, last in _chunked(source, limit_bytes):
        digest.update(chunk)
        size += len(chunk)
        await file.write(key.encrypt(_nonce(place, last=last), chunk, None))
        place += 1
    return Stored(blob_id, size, digest.digest())


async def _chunked(source: AsyncIterable[bytes], limit_bytes: int) -> AsyncIterator[tuple[bytes, bool]]:
    """Cut the source into whole chunks; only the last one, which may be empty, is shorter."""
    held = bytearray()
    received = 0
    async for piece in source:
        received += len(piece)
        if received > limit_bytes:
            raise TooLarge(f"more than {limit_bytes} bytes")
        held += piece
        while len(held) > CHUNK_BYTES:  # a full one stays until it is known whether it is the last
            yield bytes(held[:CHUNK_BYTES]), False
            del held[:CHUNK_BYTES]
    yield bytes(held), True


async def _next_chunk(file: BinaryIO, key: AESGCM, place: int, *, last: bool) -> bytes:
    sealed = await asyncio.to_thread(file.read, SEALED_CHUNK_BYTES)
    try:
        return key.decrypt(_nonce(place, last=last), sealed, None)
    except (InvalidTag, ValueError):
        raise Tampered(f"chunk {place} of a stored file was altered, moved or cut") from None


def _key_from(keys: FirmKeys, blob_id: UUID, header: bytes) -> AESGCM:
    if len(header) != HEADER.size:
        raise Tampered("a stored file is shorter than its header")
    magic, number, salt = HEADER.unpack(header)
    if magic != MAGIC:
        raise Tampered("a stored file has another format")
    return AESGCM(keys.derive(number, salt, b"file|" + blob_id.bytes))


def _nonce(place: int, *, last: bool) -> bytes:
    # The key is of this file alone, so positions need no random part to be unique under it.
    return place.to_bytes(11, "big") + bytes([last])


def _chunk_count(size_on_disk: int) -> int:
    return max(1, -(-(size_on_disk - HEADER.size) // SEALED_CHUNK_BYTES))


def _plain_size(size_on_disk: int) -> int:
    return max(0, size_on_disk - HEADER.size - _chunk_count(size_on_disk) * TAG_BYTES)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _put_in_place(partial: Path, path: Path) -> None:
    """Rename, and sync the folders, without which a power cut could forget the name."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial.rename(path)
    for folder in path.parents[:3]:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep(partial: Path, older_than_ms: int) -> int:
    swept = 0
    for file in partial.glob("*"):
        with suppress(FileNotFoundError):  # its upload may have ended since the folder was listed
            if file.stat().st_mtime * 1000 < older_than_ms:
                file.unlink()
                swept += 1
    return swept
