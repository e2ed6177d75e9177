"""Somebody who may use Parley is taken off the list: what they set going ends there.

Promised: with the restart that takes the new list up, what they asked and was not
answered by then is stopped and says so, their queue is emptied, their buttons and words
do nothing, and no tool of theirs runs any more. Others notice nothing.
"""

import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.parley import SlackParley, eventually, slack_world
from tests.e2e.slack.chat import ALLOW, answered, asks, begin, shows, texts
from tests.security.traces import rows
from tests.slack_server import ADA, BOB, BOT_USER, Message

ACCESS = "PARLEY_ACCESS__SLACK"
STOPPED = "may not use Parley any more"


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[SlackParley]:
    async with slack_world(tmp_path) as parley:
        parley.extra[ACCESS] = f"{ADA},{BOB}"
        yield parley
        assert parley.slack.refusals == []


def ask(parley: SlackParley, words: str, user: str) -> Message:
    mention = f"<@{BOT_USER}> {words}"
    return parley.slack.say(mention, user=user, channel=parley.slack.general)


async def remove(parley: SlackParley, user: str, *, kindly: bool) -> None:
    """Take them off the list, and start Parley again."""
    await (parley.stop() if kindly else parley.kill())
    left = {ADA, BOB} - {user}
    parley.extra[ACCESS] = ",".join(left)
    await begin(parley)


async def answered_texts(parley: SlackParley, said: Message) -> list[str]:
    return [message.text for message in await answered(parley, said, STOPPED)]


def states(parley: SlackParley, user: str) -> list[object]:
    found = parley.rows("SELECT state FROM turn WHERE asked_by = ? ORDER BY id", user)
    return ["answered" if state == "delivered" else state for (state,) in found]


@pytest.mark.parametrize("kindly", [True, False], ids=["stopped", "killed"])
async def test_what_a_removed_person_asked_is_stopped_and_says_so(
    kindly: bool, parley: SlackParley
) -> None:
    await begin(parley)
    his = ask(parley, "HOLD[his] SAY[this is his]", BOB)
    await shows(parley, his, "this")
    parley.slack.say("SAY[and then this]", user=BOB, thread=his)
    hers = ask(parley, "HOLD[hers] SAY[this is hers]", ADA)
    await shows(parley, hers, "this")
    await eventually(lambda: rows(parley)["turn"] == 3)
    asked = len(parley.api.requests)

    await remove(parley, BOB, kindly=kindly)
    parley.api.release("his")
    parley.api.release("hers")

    await eventually(lambda: states(parley, ADA) == ["answered"])
    stopped = [STOPPED in text for text in await answered_texts(parley, his)]
    assert sum(stopped) == 2
    assert states(parley, BOB) == ["cancelled", "cancelled"]
    assert not any(STOPPED in text for text in texts(parley, hers))
    later = [request.everything for request in parley.api.requests[asked:]]
    assert not any("SAY[this is his]" in one for one in later)
    assert not any("SAY[and then this]" in one for one in later)


async def test_a_permission_of_a_removed_person_is_not_given(
    parley: SlackParley,
) -> None:
    await begin(parley)
    mark = parley.workspace / "his"
    his = ask(parley, f"RUN[touch {mark}]RUN", BOB)
    card = await asks(parley, his)

    await parley.kill()
    parley.extra[ACCESS] = ADA
    press = parley.slack.press(card, ALLOW, user=BOB)  # nobody is there: it is lost
    await begin(parley)
    await parley.slack.until(lambda: not card.buttons)

    late = ask(parley, "SAY[let me]", BOB)
    parley.slack.say("SAY[please]", user=BOB, thread=his)
    hers = ask(parley, "SAY[for Ada]", ADA)
    await answered(parley, hers, "for Ada")
    assert press.error or press.acked
    assert not mark.exists()
    assert texts(parley, late) == []
    assert states(parley, BOB) == ["cancelled"]
    told = [m for m in parley.slack.ephemerals(BOB) if m.from_bot]
    assert len(told) <= 1


async def test_what_a_removed_person_said_just_before_is_thrown_away(
    parley: SlackParley,
) -> None:
    """Kept, acknowledged, and not yet read when Parley died."""
    await begin(parley)
    hers = ask(parley, "SAY[one]", ADA)
    await answered(parley, hers, "one")
    await parley.stop()
    late = ask(parley, "SAY[quickly]", BOB)
    payload = parley.slack.acts[-1].payload
    assert payload["event"]["ts"] == late.ts
    with closing(sqlite3.connect(parley.state / "parley.db")) as database, database:
        database.execute(
            "INSERT INTO inbox (platform, event_id, payload, kept_at) "
            "VALUES ('slack', 'msg:of-bob', ?, ?)",
            (json.dumps(payload), time.time()),
        )
    parley.extra[ACCESS] = ADA

    await begin(parley)

    await eventually(
        lambda: not parley.rows("SELECT 1 FROM inbox WHERE state = 'kept'")
    )
    assert parley.rows("SELECT 1 FROM inbox WHERE event_id = 'msg:of-bob'")
    assert states(parley, BOB) == []
    assert len(parley.api.requests) == 1
