"""The commands of one connection: one after another, each to its end, whatever becomes of the socket."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog

from protocol.commands import COMMANDS
from protocol.errors import Refused
from protocol.frames import (
    COMMANDS_BURST,
    COMMANDS_PER_SECOND,
    MAX_COMMANDS_IN_FLIGHT,
    CommandFrame,
    Problem,
    Reply,
)
from server.access import Person
from server.clock import Clock
from server.dispatch import Dispatch, Request
from server.hub.delivery import Spawn
from server.hub.pace import TokenBucket

IN_FLIGHT_WAIT_MS = 1_000

log: structlog.stdlib.BoundLogger = structlog.get_logger("hub")


class Commands:
    """Takes what a socket asks for, within its limits, and answers each command once.

    They run in tasks of the hub: a command that has begun is never cancelled with its socket, and those
    behind it still run when the network fails, since their sender may be gone for good.
    """

    __slots__ = (
        "_answer",
        "_bucket",
        "_clock",
        "_device",
        "_dispatch",
        "_elapsed",
        "_executing",
        "_person",
        "_queue",
        "_running",
        "_spawn",
        "answered",
    )

    def __init__(
        self,
        dispatch: Dispatch,
        person: Person,
        device: str,
        answer: Callable[[Reply], None],
        spawn: Spawn,
        clock: Clock,
        elapsed: Clock,
    ) -> None:
        self.answered = 0
        self._dispatch = dispatch
        self._person = person
        self._device = device
        self._answer = answer
        self._spawn = spawn
        self._clock = clock
        self._elapsed = elapsed
        self._bucket = TokenBucket(COMMANDS_PER_SECOND, COMMANDS_BURST, elapsed())
        self._queue: list[CommandFrame] = []  # a deque takes 0.6 KB, which is much for an idle socket
        self._running = False
        self._executing = False  # not yet when many arrive at once: then the first still stands in the queue

    def ask(self, frame: CommandFrame) -> None:
        """Queue a command, or answer at once that there are too many."""
        if len(self._queue) + self._executing >= MAX_COMMANDS_IN_FLIGHT:
            return self._answer(_refused(frame, Refused("too_many", retry_after_ms=IN_FLIGHT_WAIT_MS)))
        if not self._bucket.take(self._elapsed()):
            return self._answer(_refused(frame, Refused("too_many", retry_after_ms=self._bucket.wait_ms())))
        self._queue.append(frame)
        if not self._running:
            self._running = True
            self._spawn(self._run())
        return None

    def drop(self) -> None:
        """Forget those that have not begun: who asked for them may ask no more."""
        self._queue.clear()

    async def _run(self) -> None:
        try:
            while self._queue:
                self._executing = True
                await self._execute(self._queue.pop(0))
                self._executing = False
        finally:
            self._running = self._executing = False

    async def _execute(self, frame: CommandFrame) -> None:
        started = self._elapsed()
        try:
            reply = await self._reply(frame)
            self._answer(reply)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("command.failed", name=frame.name, reference=reference)
            reply = _refused(frame, Refused("internal", f"A fault on our side ({reference}). Try again."))
            self._answer(reply)
        self.answered += 1
        log.info(
            "command",
            name=frame.name if frame.name in COMMANDS else "unknown",
            ms=self._elapsed() - started,
            outcome=reply.error.code if reply.error else "repeated" if reply.repeated else "ok",
        )

    async def _reply(self, frame: CommandFrame) -> Reply:
        request = Request(frame.name, frame.key, frame.args, self._device, frame.id)
        try:
            answer = await self._dispatch.execute(self._person, request, self._clock())
        except Refused as refused:
            return _refused(frame, refused)
        upto = None if answer.upto is None else str(answer.upto)
        return Reply(id=frame.id, ok=True, result=answer.result, upto=upto, repeated=answer.repeated)


def _refused(frame: CommandFrame, refused: Refused) -> Reply:
    problem = Problem(
        code=refused.code,
        message=refused.message,
        temporary=refused.refusal.temporary,
        retry_after_ms=refused.retry_after_ms,
    )
    return Reply(id=frame.id, ok=False, error=problem)
