"""State that outlives the process in one JSON file, written aside and renamed, or in memory alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from msgspec import DecodeError, json

SAVE_PAUSE_S = 0.25

T = TypeVar("T")
log = structlog.get_logger()


class Kept(Generic[T]):
    """Holds a structure; after ``changed`` it is on disk within a pause, and at the end of ``run``."""

    def __init__(self, path: Path | None, shape: type[T], empty: Callable[[], T]) -> None:
        self._path = path
        self._dirty = asyncio.Event()
        self.state = _load(path, shape) or empty()

    def changed(self) -> None:
        self._dirty.set()

    async def run(self) -> None:
        """Write whenever something changed, until cancelled."""
        if self._path is None:
            return
        try:
            while True:
                await self._dirty.wait()
                self._dirty.clear()
                await asyncio.to_thread(_write, self._path, json.encode(self.state))
                await asyncio.sleep(SAVE_PAUSE_S)
        finally:
            _write(self._path, json.encode(self.state))


def _load(path: Path | None, shape: type[T]) -> T | None:
    if path is None or not path.exists():
        return None
    try:
        return json.decode(path.read_bytes(), type=shape)
    except DecodeError as error:
        log.warning("simulator.state_unreadable", reason=str(error))
        return None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        aside.write_bytes(content)
        aside.replace(path)
