"""Commands that a client has asked for and has no reply to, kept in order until it comes."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from protocol.frames import COMMANDS_BURST, COMMANDS_PER_SECOND, MAX_COMMANDS_IN_FLIGHT

Send = Callable[[dict[str, Any]], Awaitable[None]]


class CommandRefused(Exception):
    """The server refused a command; ``temporary`` says that the same key may succeed later."""

    def __init__(self, problem: dict[str, Any], key: str) -> None:
        self.code = str(problem["code"])
        self.message = str(problem["message"])
        self.temporary = bool(problem.get("temporary", False))
        self.retry_after_ms: int | None = problem.get("retry_after_ms")
        self.key = key
        super().__init__(f"{self.code}: {self.message}")


@dataclass(slots=True)
class Kept:
    """One command that awaits its reply; its number and key are the same in every repeat."""

    number: int
    key: str
    name: str
    args: dict[str, Any]
    reply: asyncio.Future[Any] = field(repr=False)

    def frame(self) -> dict[str, Any]:
        """The command as it travels."""
        return {"type": "command", "id": self.number, "key": self.key, "name": self.name, "args": self.args}


class Outbox:
    """Keeps commands in the order in which they were asked for, and sends them so, again if need be.

    A device's numbers only rise: whoever keeps a device's name beyond the life of the process keeps
    ``next_number`` with it.
    """

    def __init__(self, next_number: int = 1) -> None:
        self.next_number = next_number
        self._kept: dict[int, Kept] = {}
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, name: str, args: dict[str, Any], key: str | None = None) -> Kept:
        """Keep a command, under a new key unless it repeats an earlier one."""
        reply = asyncio.get_running_loop().create_future()
        kept = Kept(self.next_number, key or secrets.token_urlsafe(16), name, args, reply)
        self.next_number += 1
        self._kept[kept.number] = kept
        self._changed.set()
        return kept

    def settle(self, reply: dict[str, Any]) -> None:
        """Take the reply to a command; a second one to the same command changes nothing."""
        kept = self._kept.pop(reply["id"], None)
        if kept is None:
            return
        self._changed.set()
        if kept.reply.done():  # nobody waits any more
            return
        if reply["ok"]:
            kept.reply.set_result(reply.get("result"))
        else:
            kept.reply.set_exception(CommandRefused(reply["error"], kept.key))

    def abandon(self, reason: Exception) -> None:
        """Tell everybody who waits that no reply will come."""
        for kept in self._kept.values():
            if not kept.reply.done():
                kept.reply.set_exception(reason)
                kept.reply.exception()  # it may be that nobody asks any more
        self._kept.clear()

    async def send_all(self, send: Send, in_flight: int = MAX_COMMANDS_IN_FLIGHT) -> None:
        """Send what has no reply, oldest first, then whatever is added; runs until its connection ends.

        What an earlier connection took along may be lost, so it is sent again: the key makes it one effect.
        """
        pace = Pace()
        last_sent = 0
        while True:
            kept = await self._next(last_sent, in_flight)
            await pace.wait()
            last_sent = kept.number
            await send(kept.frame())

    async def _next(self, last_sent: int, in_flight: int) -> Kept:
        """The next command to send, once fewer than ``in_flight`` of those sent await their reply."""
        while True:
            flying = sum(1 for _ in itertools.takewhile(lambda number: number <= last_sent, self._kept))
            following = next(itertools.islice(self._kept.values(), flying, None), None)
            if following and flying < in_flight:
                return following
            self._changed.clear()
            await self._changed.wait()


class Pace:
    """Spends at most ``burst`` at once and ``per_second`` lastingly: a little less than the server allows.

    Its clock is not ours, and a command that it refuses in the middle could not go before the next any more.
    """

    def __init__(
        self, per_second: float = 0.9 * COMMANDS_PER_SECOND, burst: float = 0.9 * COMMANDS_BURST
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._at = asyncio.get_running_loop().time()

    async def wait(self) -> None:
        """Wait until one more may be spent, and spend it."""
        self._refill()
        while self._left < 1:
            await asyncio.sleep((1 - self._left) / self._per_second)
            self._refill()
        self._left -= 1

    def _refill(self) -> None:
        now = asyncio.get_running_loop().time()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
