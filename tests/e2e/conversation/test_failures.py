"""What goes wrong with the agent or its service: said, and what to do is offered."""

import json
import shutil
from pathlib import Path

import pytest

from tests.claude_cli import FAKE_KEY
from tests.e2e.conversation.scenes import memory, on, states
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import eventually
from tests.messages_reply import Reply


def impatient(chat: Surface) -> None:
    """The agent itself tries nothing again."""
    env = {
        "ANTHROPIC_BASE_URL": chat.parley.api.url,
        "ANTHROPIC_API_KEY": FAKE_KEY,
        "CLAUDE_CODE_MAX_RETRIES": "0",
    }
    chat.parley.extra["PARLEY_AGENTS__CLAUDE__ENV"] = json.dumps(env)


@pytest.mark.parametrize(
    ("reply", "times", "said", "offer"),
    [
        (Reply(status=401, message="invalid x-api-key"), 1, "log", "Try again"),
        (
            Reply(status=400, message="Your credit balance is too low"),
            1,
            "credit",
            "Try again",
        ),
        (Reply(status=404, message="model: nope"), 2, "model", "Try again"),
    ],
    ids=["login", "credit", "model"],
)
@on(["slack"])  # the words and offers are the same on all
async def test_a_failure_is_said_and_can_be_tried_again(
    chat: Surface, reply: Reply, times: int, said: str, offer: str
) -> None:
    impatient(chat)
    await chat.begin()
    chat.parley.api.then(*[reply] * times)
    await chat.say("SAY[at last]")
    await chat.shows(said)
    await chat.shows("What now?")

    await chat.press(offer)

    await chat.answered("at last")


@on(["web"])
async def test_words_too_many_for_the_model_lead_to_a_new_beginning(
    chat: Surface,
) -> None:
    await chat.begin()
    full = Reply(status=400, message="prompt is too long: 9 > 8 maximum")
    chat.parley.api.then(full)

    await chat.say("SAY[one too many]")

    await chat.shows("What now?")
    await chat.offers("Sum it up")
    await chat.press("Start a new one")
    await chat.until(lambda: not chat.labels())
    await chat.say("SAY[all is well]")
    await chat.answered("all is well")
    assert "one too many" not in memory(chat)


@on(["telegram"])
async def test_an_overloaded_service_is_tried_again_by_itself(chat: Surface) -> None:
    impatient(chat)
    await chat.begin()
    chat.parley.api.then(Reply(status=529, message="Overloaded"))

    await chat.say("SAY[at last]")

    await chat.shows("Trying again in 30 s")
    assert states(chat) == ["queued"]
    await chat.parley.kill()  # whatever happens meanwhile
    await chat.begin()
    await chat.answered("at last")
    assert len(chat.parley.rows("SELECT 1 FROM turn")) == 1


async def _remembers(chat: Surface) -> Path:
    """A conversation; the agent's record of it. Parley does not run."""
    await chat.begin()
    await chat.say("The password is xyzzy.")
    await chat.answered("You said: The password is xyzzy.")
    await eventually(lambda: states(chat) == ["answered"])
    await chat.parley.stop()
    await eventually(lambda: not chat.parley.family())
    [record] = (chat.parley.home / ".claude/projects").glob("*/*.jsonl")
    return record


@on(["telegram", "web"])  # and on Slack below
async def test_a_lost_memory_is_said_and_a_summary_helps(chat: Surface) -> None:
    (await _remembers(chat)).unlink()
    await chat.begin()

    await chat.say("What was the password?")
    await chat.shows("lost its memory")
    assert len(chat.parley.api.requests) == 1  # nobody pretends
    await chat.press("Begin with a summary")

    await chat.until(lambda: len(chat.parley.api.requests) == 2)
    assert "The password is xyzzy." in memory(chat)
    assert "What was the password?" in memory(chat)
    await chat.until(lambda: not chat.labels())
    await chat.say("SAY[all is well]")
    await chat.answered("all is well")


@on(["slack"])
async def test_a_lost_memory_may_stay_lost(chat: Surface) -> None:
    (await _remembers(chat)).unlink()
    await chat.begin()
    await chat.say("What was the password?")

    await chat.press("Start a new one")

    await chat.until(lambda: not chat.labels())
    await chat.say("SAY[all is well]")
    await chat.answered("all is well")
    assert "xyzzy" not in memory(chat)


@on(["slack"])
async def test_a_memory_that_was_moved_is_found(chat: Surface) -> None:
    record = await _remembers(chat)
    elsewhere = record.parent.with_name("-somewhere-else")
    elsewhere.mkdir()
    shutil.move(record, elsewhere / record.name)
    await chat.begin()

    await chat.say("SAY[of course]")

    await chat.answered("of course")
    assert "The password is xyzzy." in memory(chat)
