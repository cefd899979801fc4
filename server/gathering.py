"""Questions of one kind that are asked in one turn of the loop, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from itertools import zip_longest
from typing import Generic, TypeVar

Group = TypeVar("Group", bound=Hashable)
Question = TypeVar("Question")
Answer = TypeVar("Answer")

AskAll = Callable[[Group, Sequence[Question]], Awaitable[Sequence[Answer]]]


class Gathering(Generic[Group, Question, Answer]):
    """When a message is sent, the logs of all who take part grow at once, and each is read and told.

    Whoever asks first in a turn asks for all who ask in the same turn and group. If that fails the others
    ask by themselves.
    """

    def __init__(self, ask_all: AskAll[Group, Question, Answer]) -> None:
        self._ask_all = ask_all
        self._turns: dict[Group, _Turn[Question, Answer]] = {}

    async def ask(self, group: Group, question: Question) -> Answer:
        """The answer to one question; ``ask_all`` gives them in the order of the questions."""
        turn = self._turns.get(group)
        if turn is None:
            return await self._lead(group, question)
        answer = await turn.join(question)
        return (await self._ask_all(group, [question]))[0] if answer is None else answer

    async def _lead(self, group: Group, question: Question) -> Answer:
        turn = self._turns[group] = _Turn(question)
        answers: Sequence[Answer] = ()
        try:
            await self._next_turn(group)
            answers = await self._ask_all(group, turn.questions)
        finally:
            turn.end(answers)
        return answers[0]

    async def _next_turn(self, group: Group) -> None:
        try:
            await asyncio.sleep(0)
        finally:
            del self._turns[group]


class _Turn(Generic[Question, Answer]):
    """The questions of one turn, and all but the first of those who wait for their answers."""

    def __init__(self, first: Question) -> None:
        self.questions = [first]
        self._waiting: list[asyncio.Future[Answer | None]] = []

    async def join(self, question: Question) -> Answer | None:
        """The answer; none where the questions could not be put together."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self.questions.append(question)
        self._waiting.append(answer)
        return await answer

    def end(self, answers: Sequence[Answer]) -> None:
        """Hand the answers out, as many as there are."""
        for waiting, answer in zip_longest(self._waiting, answers[1:]):
            if not waiting.done():
                waiting.set_result(answer)
