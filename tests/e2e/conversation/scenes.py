"""Situations that several stories begin with."""

from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import eventually

TELL, INSTEAD, CANCEL, STOP = "Tell it now", "Do this instead", "Cancel", "Stop"
ON_ITS_WAY = "reads this at its next pause"
#: Where a story is the same on all, or there is a button that Slack's streams lack.
on = partial(pytest.mark.parametrize, "chat", indirect=True)

TOLD = "Told the agent while it worked."


async def works(chat: Surface, gate: Path) -> None:
    """A turn runs, in a command that ends when *gate* is there; it asks nobody."""
    await chat.say(f"RUN[until [ -e {gate} ]; do sleep 0.05; done]RUN")
    await eventually(lambda: at_work(chat))


def at_work(chat: Surface) -> bool:
    """Whether that command runs."""
    return any("until [ -e" in _command(p) for p in chat.parley.family())


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it is gone
        return ""


async def steer(chat: Surface, words: str) -> None:
    """Send words that the running turn is to hear, and see them set out."""
    before = _on_their_way(chat)
    await chat.say(words)
    await chat.press(TELL)
    await chat.until(lambda: _on_their_way(chat) > before)


def _on_their_way(chat: Surface) -> int:
    return sum(ON_ITS_WAY in text for text in chat.texts())


def states(chat: Surface) -> list[object]:
    """Of the turns, oldest first; "answered" whether or not it was shown by now."""
    rows = chat.parley.rows("SELECT state FROM turn ORDER BY id")
    return ["answered" if state == "delivered" else state for (state,) in rows]


def heard(chat: Surface, words: str) -> int:
    """How often the model has these words in its memory."""
    return chat.parley.api.requests[-1].everything.count(words)


def memory(chat: Surface) -> str:
    """All that the model was told, as it was asked last."""
    return chat.parley.api.requests[-1].everything.replace('\\"', '"')
