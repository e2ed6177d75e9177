"""A process that says many things at its desk, for a test to kill.

`python -m tests.bot.asker FOLDER`: begins a conversation, then writes a line for each
key it is about to use.
"""

import asyncio
import sys
from pathlib import Path

from adapters.web.values import Settings
from tests.bot.office import Office
from tests.scripted import ScriptedRunner, says

WORDS = "hello"


async def ask(folder: Path) -> None:
    office = Office(folder)
    async with office.open(ScriptedRunner({WORDS: says("Hi.")})) as desk:
        card = await desk.begin(Settings(), key="b")
        for number in range(10_000):
            print(number, flush=True)
            await desk.say(card.id, WORDS, key=str(number))


if __name__ == "__main__":
    asyncio.run(ask(Path(sys.argv[1])))
