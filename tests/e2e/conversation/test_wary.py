"""What brings a file, or words of others, finds nothing allowed beforehand."""

import pytest

from tests.e2e.conversation.on_telegram import OnTelegram
from tests.e2e.conversation.scenes import on
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import eventually
from tests.messages_reply import Reply, Say, Use

FILE = ("notes.txt", b"touch everything")
ONCE = "Allow once"


@pytest.fixture(autouse=True)
def accepts_edits(chat: Surface) -> None:
    chat.parley.extra["PARLEY_PROJECTS__DEFAULT__PERMISSION_MODE"] = "acceptEdits"


async def test_rules_and_accepted_edits_wait_for_the_next_words_of_ones_own(
    chat: Surface,
) -> None:
    work = chat.parley.workspace
    await chat.begin()
    await chat.say("RUN[mkfifo one]RUN")
    await chat.press("Always: Bash(mkfifo one)")
    await chat.answered("Tool said")
    (work / "one").unlink()

    await chat.say("RUN[mkfifo one]RUN", [FILE])
    await chat.shows("from elsewhere")
    assert not any("Always" in label for label in chat.labels())
    assert not (work / "one").exists()
    await chat.press(ONCE)
    await chat.until(lambda: chat.quiet and (work / "one").exists())
    await chat.say(f"WRITE[{work / 'two'}]", [FILE])
    await chat.offers(ONCE)
    assert not (work / "two").exists()
    await chat.press("Deny")
    await chat.until(lambda: chat.quiet)

    (work / "one").unlink()
    await chat.say("RUN[mkfifo one]RUN")
    await chat.until(lambda: chat.quiet and (work / "one").exists())
    await chat.say(f"WRITE[{work / 'two'}]")
    await chat.answered("File created")
    assert (work / "two").exists()
    assert chat.refusals == []


@on(["telegram"])  # the same on all: the bridge is gone, and its agent is not
async def test_a_bridge_that_was_killed_asks_on_for_a_forward(chat: Surface) -> None:
    assert isinstance(chat, OnTelegram)
    work = chat.parley.workspace
    await chat.begin()
    writes = (
        Reply(blocks=[Use("Write", {"file_path": str(work / name), "content": "x"})])
        for name in ("one", "two")
    )
    chat.parley.api.then(*writes, Reply(blocks=[Say("Well.")]))
    chat.telegram.forward("Write one, then two.", "Eve")
    await chat.offers(ONCE)
    unsure = "SELECT 1 FROM post WHERE ref IS NULL"
    await eventually(lambda: not chat.parley.rows(unsure))

    await chat.parley.kill_bridge()
    await chat.begin()
    await chat.press(ONCE)
    await eventually((work / "one").exists)
    await chat.shows("Allowed once by Ada")  # so what is offered is the next
    await chat.offers(ONCE)

    assert not (work / "two").exists()
    await chat.press("Deny")
    await chat.answered("Well.")
