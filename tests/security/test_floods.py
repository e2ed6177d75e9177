"""Threat 12: one person sends a thousand messages."""

from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.parley import Parley, world
from tests.e2e.test_stories import answered, texts
from tests.security.traces import rows
from tests.telegram_server import BOB

MANY, PER_MINUTE = 1000, 20
TOO_FAST = "That was too fast"
MEGABYTE = 1 << 20


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Parley]:
    async with world(tmp_path) as parley:
        parley.extra["PARLEY_ACCESS__TELEGRAM"] = f"1001,{BOB}"
        yield parley
        assert parley.telegram.refusals == []


async def test_a_thousand_messages_are_a_few_turns_and_one_notice(
    parley: Parley,
) -> None:
    telegram = parley.telegram
    await parley.start()
    telegram.say("SAY[warm]")
    await answered(parley, "warm")
    process = psutil.Process(parley.pid)
    before = process.memory_info().rss

    for number in range(MANY):
        # None is the rest of a long one: those are joined to one message.
        telegram.say(f"WAIT[gate] {number}", reply_to=telegram.chat()[0])
    telegram.say("SAY[of Bob]", user=BOB)
    await telegram.wait_for(lambda: not telegram.pending, timeout_s=30)
    await telegram.until(
        lambda chat: any("of Bob" in m.text and m.from_bot for m in chat),
        chat=BOB,
        timeout_s=30,
    )
    await telegram.wait_for(
        lambda: rows(parley)["inbox"] > MANY and not _kept(parley), timeout_s=30
    )

    # What flows into the bucket while the thousand are read is a turn each, too.
    assert PER_MINUTE <= rows(parley)["turn"] <= 2 * PER_MINUTE
    assert len(parley.api.requests) <= 3  # the first, Bob's, and the one that runs
    assert len(parley.agents()) <= 2
    told = [text for text in texts(telegram.chat()) if TOO_FAST in text]
    assert len(told) == 1
    assert process.memory_info().rss - before < 60 * MEGABYTE


def _kept(parley: Parley) -> int:
    return int(str(parley.rows("SELECT count(*) FROM inbox WHERE state='kept'")[0][0]))
