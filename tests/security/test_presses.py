"""Threat 5: buttons pressed by others, again, too late, or made up."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.parley import Parley, eventually, world
from tests.e2e.test_stories import ALLOW, answered
from tests.security.traces import rows
from tests.telegram_server import ADA, BOB, Message
from tests.telegram_server_world import chat_of, person


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Parley]:
    async with world(tmp_path) as parley:
        parley.extra["PARLEY_ACCESS__TELEGRAM"] = f"{ADA},{BOB}"
        yield parley
        assert parley.telegram.refusals == []


def press(parley: Parley, data: str, *, by: int, below: Message) -> None:
    """With any data a program of somebody's own may send, from their own chat."""
    message = {**below.raw, "chat": chat_of(by)}
    parley.telegram.raw(
        {
            "callback_query": {
                "id": f"made-up-{next(_numbers)}",
                "from": person(by),
                "message": message,
                "chat_instance": "1",
                "data": data,
            }
        }
    )


_numbers = itertools.count()


async def test_a_button_counts_once_for_whom_it_is_meant(parley: Parley) -> None:
    telegram, log = parley.telegram, parley.workspace / "log"
    await parley.start()
    telegram.say("SAY[hello]", user=BOB)
    await telegram.until(lambda chat: "hello" in chat[-1].text, chat=BOB, timeout_s=30)
    telegram.say(f"RUN[echo once >> {log}]RUN")
    chat = await telegram.until(lambda chat: ALLOW in chat[-1].labels, timeout_s=30)
    card = chat[-1]
    data = [button["callback_data"] for button in card.buttons]
    allow = next(b["callback_data"] for b in card.buttons if b["text"] == ALLOW)
    view, _, option = allow.partition(":")

    for one in data:  # Bob knows them, and is allowed to use the bot
        press(parley, one, by=BOB, below=card)
    made_up = [f"{view}:{name}" for name in ("", "yes", "allow2", "always", "tick")]
    made_up += [
        f"{view[:-1]}:{option}",
        f"{view}x:{option}",
        f"{view.upper()}:{option}",
    ]
    made_up += ["", ":", "::", "x" * 64, "../..", f"{allow}\n", f" {allow}", "t1:x"]
    for one in made_up:
        press(parley, one, by=ADA, below=card)
    await telegram.wait_for(lambda: not telegram.pending, timeout_s=20)
    telegram.say("SAY[a sign]", user=BOB)
    await telegram.until(lambda chat: "a sign" in chat[-1].text, chat=BOB, timeout_s=30)
    assert not log.exists()
    assert ALLOW in card.labels

    for _ in range(3):
        press(parley, allow, by=ADA, below=card)
    await answered(parley, "Tool said")
    decided = rows(parley)["decision"]
    for one in [*data, allow]:  # a phone that was offline, much later
        press(parley, one, by=ADA, below=card)
    await parley.kill()
    await parley.start()
    for one in [*data, allow]:
        press(parley, one, by=ADA, below=card)
    telegram.say("SAY[the end]")
    await answered(parley, "the end")

    await eventually(lambda: not telegram.pending)
    assert log.read_text() == "once\n"
    assert rows(parley)["decision"] == decided == 1
    assert parley.rows("SELECT state FROM decision") == [("decided",)]
