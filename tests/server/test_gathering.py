"""Questions that are asked at once are put together, and nobody suffers from another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from server.gathering import Gathering

DEADLINE_S = 10


class Oracle:
    """Doubles numbers, and remembers how it was asked. It cannot bear a negative one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[int]]] = []
        self.held = asyncio.Event()
        self.held.set()

    async def answer(self, group: str, numbers: Sequence[int]) -> list[int]:
        self.asked.append((group, list(numbers)))
        await self.held.wait()
        if min(numbers) < 0:
            raise ValueError("negative")
        return [2 * number for number in numbers]


@pytest.fixture
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture
def gathering(oracle: Oracle) -> Gathering[str, int, int]:
    return Gathering(oracle.answer)


async def test_what_is_asked_in_one_turn_is_asked_together(
    oracle: Oracle, gathering: Gathering[str, int, int]
) -> None:
    async with asyncio.TaskGroup() as group:
        answers = [group.create_task(gathering.ask("doubles", number)) for number in range(5)]
    assert [answer.result() for answer in answers] == [0, 2, 4, 6, 8]
    assert oracle.asked == [("doubles", [0, 1, 2, 3, 4])]


async def test_each_group_and_each_turn_is_asked_by_itself(
    oracle: Oracle, gathering: Gathering[str, int, int]
) -> None:
    async with asyncio.TaskGroup() as group:
        for name in ("one", "other", "one"):
            group.create_task(gathering.ask(name, 1))
    assert await gathering.ask("one", 2) == 4
    assert oracle.asked == [("one", [1, 1]), ("other", [1]), ("one", [2])]


async def test_if_the_joint_question_fails_the_others_ask_by_themselves(
    oracle: Oracle, gathering: Gathering[str, int, int]
) -> None:
    async def first() -> None:
        with pytest.raises(ValueError, match="negative"):
            await gathering.ask("doubles", -1)

    async with asyncio.TaskGroup() as group:
        group.create_task(first())
        second = group.create_task(gathering.ask("doubles", 2))
    assert second.result() == 4
    assert oracle.asked == [("doubles", [-1, 2]), ("doubles", [2])]


@pytest.mark.parametrize("turns", [0, 1, 2, 3], ids="after {} turns of the loop".format)
async def test_who_is_cancelled_takes_nobody_along(
    oracle: Oracle, gathering: Gathering[str, int, int], turns: int
) -> None:
    oracle.held.clear()
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        first, second = (group.create_task(gathering.ask("doubles", number)) for number in (1, 2))
        for _ in range(turns):
            await asyncio.sleep(0)
        first.cancel()
        oracle.held.set()
    assert first.cancelled()
    assert second.result() == 4
