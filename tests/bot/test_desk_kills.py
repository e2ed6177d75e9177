"""A process is killed while things are said: nothing is lost, nothing done twice."""

import asyncio
import sys
from pathlib import Path

import pytest

from adapters.web.values import Settings
from tests.bot.asker import WORDS
from tests.bot.office import Office
from tests.scripted import ScriptedRunner, says


@pytest.mark.parametrize("lines", [1, 4, 15])
async def test_a_key_that_was_used_before_a_kill_makes_one_turn(
    tmp_path: Path, lines: int
) -> None:
    last = await _killed_after(tmp_path, lines)

    office = Office(tmp_path)
    async with office.open(ScriptedRunner({WORDS: says("Hi.")})) as desk:
        [card] = await desk.conversations()
        assert (await desk.begin(Settings(), key="b")).id == card.id
        turns = [
            await desk.say(card.id, WORDS, key=str(number))
            for number in range(last + 1)
        ]
        for turn in turns:
            await office.ended(card.id, turn)

        history = await desk.history(card.id, limit=10_000)
        assert [entry.view.id for entry in history] == turns
        assert [entry.answer for entry in history] == ["Hi."] * len(turns)
        assert await office.shared.store.pending("web") == []


async def _killed_after(folder: Path, lines: int) -> int:
    """The last key that a process had used when SIGKILL ended it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.asker", str(folder)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    for number in range(lines):
        await process.stdout.readuntil(f"{number}\n".encode())
    process.kill()
    rest, _stderr = await process.communicate()
    numbers = [int(line) for line in rest.split() if line.isdigit()]
    return max([lines - 1, *numbers])
