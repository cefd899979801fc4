"""State that outlives the process in one JSON file, written aside and renamed, or in memory alone."""

from __future__ import annotations

import asyncio
import contextlib
import threading
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
        # A write in its thread outlives the cancelled task; the last one waits for it, and so is the last.
        self._one_write = threading.Lock()
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
                await asyncio.to_thread(self._write, self._path, json.encode(self.state))
                await asyncio.sleep(SAVE_PAUSE_S)
        finally:
            self._write(self._path, json.encode(self.state))

    def _write(self, path: Path, content: bytes) -> None:
        with self._one_write, contextlib.suppress(FileNotFoundError):
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_suffix(".new")
            aside.write_bytes(content)
            aside.replace(path)


def _load(path: Path | None, shape: type[T]) -> T | None:
    if path is None or not path.exists():
        return None
    try:
        return json.decode(path.read_bytes(), type=shape)
    except DecodeError as error:
        log.warning("simulator.state_unreadable", reason=str(error))
        return None
