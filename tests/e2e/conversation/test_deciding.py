"""Who may decide what the agent does: whoever asked, or those the operator names."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.conversation.on_slack import OnSlack
from tests.e2e.conversation.surfaces import surface
from tests.slack_server import BOB, Message

STRANGER = "U0EVE"
ONCE = "Allow once"


@pytest.fixture
async def thread(tmp_path: Path) -> AsyncIterator[OnSlack]:
    """A channel, where several people see the same card. Ada and Bob are allowed."""
    both = {"PARLEY_ACCESS__SLACK": f"U0ADA,{BOB}"}
    async with surface("slack", tmp_path, both) as found:
        assert isinstance(found, OnSlack)
        yield found


async def _asks(thread: OnSlack) -> Message:
    """Ada's agent asks; the card, as all see it."""
    await thread.begin()
    channel = thread.slack.general
    thread.slack.command("RUN[touch made.txt]RUN", channel=channel)
    await thread.slack.until(lambda: _cards(thread))
    [card] = _cards(thread)
    thread.root = next(m for m in thread.slack.messages(channel) if m.ts == card.root)
    return card


def _cards(thread: OnSlack) -> list[Message]:
    messages = thread.slack.messages(thread.slack.general)
    return [m for m in messages if any(ONCE in label for label in m.buttons)]


def _press(thread: OnSlack, card: Message, user: str) -> None:
    [whole] = [label for label in card.buttons if ONCE in label]
    thread.slack.press(card, whole, user=user)


async def test_whoever_asked_decides_and_others_are_told_so(thread: OnSlack) -> None:
    card = await _asks(thread)

    _press(thread, card, BOB)
    await thread.slack.until(lambda: _told(thread, BOB, "can decide this"))
    assert not (thread.parley.workspace / "made.txt").exists()
    _press(thread, card, "U0ADA")

    await thread.shows("Allowed once by Ada")
    await thread.answered("Tool said")


async def test_approvers_decide_if_the_operator_says_so(thread: OnSlack) -> None:
    thread.parley.extra |= {
        "PARLEY_ACCESS__SLACK": "U0ADA",
        "PARLEY_ACCESS__APPROVERS": f"slack:{BOB}",
        "PARLEY_ACCESS__DECIDE": "approvers",
    }
    card = await _asks(thread)
    assert "An approver decides this" in card.text

    _press(thread, card, "U0ADA")
    await thread.slack.until(lambda: _told(thread, "U0ADA", "Only an approver"))
    _press(thread, card, BOB)

    await thread.shows("Allowed once by Bob")
    await thread.answered("Tool said")


async def test_an_admin_decides_in_place_of_whoever_asked(thread: OnSlack) -> None:
    thread.parley.extra |= {
        "PARLEY_ACCESS__SLACK": "U0ADA",
        "PARLEY_ACCESS__ADMINS": f"slack:{BOB}",
    }
    card = await _asks(thread)

    _press(thread, card, BOB)

    await thread.shows("Allowed once by Bob")


async def test_the_press_of_a_stranger_does_nothing(thread: OnSlack) -> None:
    thread.parley.extra["PARLEY_ACCESS__SLACK"] = "U0ADA"
    card = await _asks(thread)

    _press(thread, card, BOB)  # not on the list today
    _press(thread, card, "U0ADA")

    await thread.shows("Allowed once by Ada")
    said = thread.parley.rows("SELECT decided_by FROM decision")
    assert BOB not in str(said)


def _told(thread: OnSlack, user: str, words: str) -> bool:
    return any(words in whisper.text for whisper in thread.slack.ephemerals(user))
