"""Limits: of the account, of money, of a turn, of a process, of a person's haste."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.conversation.on_slack import OnSlack
from tests.e2e.conversation.scenes import at_work, memory, on, states, works
from tests.e2e.conversation.surface import Surface
from tests.e2e.conversation.surfaces import surface
from tests.e2e.parley import SlackParley, eventually
from tests.messages_reply import USAGE, Reply, Say, Use
from tests.slack_server import BOB as SLACK_BOB

PROJECT = "PARLEY_PROJECTS__DEFAULT__"
ANYWAY = "Run it anyway"


def subscribed(chat: Surface) -> None:
    """The agent has a login rather than a key, and gives up at once."""
    env = {
        "ANTHROPIC_BASE_URL": chat.parley.api.url,
        "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-fake",
        "CLAUDE_CODE_MAX_RETRIES": "0",
    }
    chat.parley.extra["PARLEY_AGENTS__CLAUDE__BILLING"] = "subscription"
    chat.parley.extra["PARLEY_AGENTS__CLAUDE__ENV"] = json.dumps(env)


def refused(until: int) -> Mapping[str, str]:
    head = "anthropic-ratelimit-unified"
    return {
        f"{head}-status": "rejected",
        f"{head}-reset": str(until),
        f"{head}-representative-claim": "five_hour",
    }


def another(chat: Surface) -> OnSlack:
    """Another conversation with the same program."""
    assert isinstance(chat.parley, SlackParley)
    return OnSlack(chat.parley)


@on(["slack"])  # several conversations with one person
async def test_a_usage_limit_is_waited_for_also_over_a_restart(chat: Surface) -> None:
    subscribed(chat)
    second = another(chat)
    await chat.begin()
    until = int(time.time()) + 10
    chat.parley.api.then(Reply(status=429, headers=refused(until)))

    await chat.say("SAY[the first]")
    await chat.shows("The usage limit is reached")
    await chat.shows("continues at")
    await second.say("SAY[the second]")
    await second.shows("continues at")
    assert len(chat.parley.api.requests) == 1
    await chat.parley.kill()
    await chat.begin()

    await chat.answered("the first")
    await second.answered("the second")
    assert time.time() >= until
    assert sum("limit is reached" in text for text in chat.texts()) == 1
    assert len(chat.parley.api.requests) == 3


async def test_a_budget_stops_turns_but_an_admin_may_run_them(tmp_path: Path) -> None:
    """On Slack: an admin has to see what somebody else asked."""
    limits = {
        "PARLEY_BUDGETS__PERSON_DAY_USD": "1",
        "PARLEY_ACCESS__ADMINS": f"slack:{SLACK_BOB}",
    }
    async with surface("slack", tmp_path, limits) as chat:
        assert isinstance(chat, OnSlack)
        await chat.begin()
        chat.parley.api.then(
            _dear(Use("Bash", {"command": "echo hello"})),
            Reply(blocks=[Say("and it goes on")], hold="never"),
        )
        chat.slack.command("something dear", channel=chat.slack.general)
        await chat.slack.until(lambda: chat.slack.messages(chat.slack.general))
        chat.root = chat.slack.messages(chat.slack.general)[0]

        await chat.shows("Your budget is used up")  # in the middle
        await chat.offers(ANYWAY)
        await chat.press(ANYWAY)
        await chat.slack.until(
            lambda: any("Only an admin" in m.text for m in chat.slack.ephemerals())
        )
        _press_as_admin(chat)
        await chat.answered("Tool said")

        await chat.say("SAY[more]")  # before it begins
        await chat.offers(ANYWAY)
        _press_as_admin(chat)
        await chat.answered("more")
        await eventually(lambda: states(chat) == ["failed", "answered", "answered"])


def _dear(*blocks: Use) -> Reply:
    """A million tokens: some dollars."""
    usage = {**USAGE, "input_tokens": 1_000_000}
    return Reply(blocks=blocks, usage=usage)


def _press_as_admin(chat: OnSlack) -> None:
    messages = chat.slack.messages(chat.slack.general)
    card = next(m for m in messages if any(ANYWAY in label for label in m.buttons))
    [label] = [label for label in card.buttons if ANYWAY in label]
    chat.slack.press(card, label, user=SLACK_BOB)


@on(["telegram"])
async def test_a_turn_ends_after_so_many_steps_and_can_go_on(chat: Surface) -> None:
    chat.parley.extra[f"{PROJECT}MAX_TURNS"] = "1"
    await chat.begin()
    await chat.say("RUN[echo hello]RUN")
    await chat.shows("as many steps as one message may")

    await chat.press("Go on")

    await chat.answered("Tool said")
    assert "Go on." in memory(chat)


@on(["web"])
async def test_a_turn_ends_after_so_long_and_can_go_on(
    chat: Surface, tmp_path: Path
) -> None:
    chat.parley.extra[f"{PROJECT}MAX_SECONDS"] = "8"
    await chat.begin()
    await works(chat, tmp_path / "never")

    await chat.shows("as long as one message may take")
    await eventually(lambda: not at_work(chat))
    await chat.press("Go on")

    await chat.answered("Tool said")
    assert "Go on." in memory(chat)
    await eventually(lambda: states(chat) == ["failed", "answered"])


@on(["slack"])
async def test_a_tool_that_needs_too_much_memory_ends_and_the_agent_goes_on(
    chat: Surface,
) -> None:
    chat.parley.extra[f"{PROJECT}MEMORY_MB"] = "900"
    await chat.begin()
    await chat.say("RUN[python3 -c 'x = b\"x\" * 1500000000; input()' < /dev/zero]RUN")
    await chat.press("Allow once")

    await chat.answered("Tool said")
    assert "137" in memory(chat)


@on(["telegram", "slack"])  # the owner at the web page is an admin
async def test_too_many_messages_are_refused_in_words(chat: Surface) -> None:
    chat.parley.extra["PARLEY_ACCESS__MESSAGES_PER_MINUTE"] = "1"
    await chat.begin()
    await chat.say("SAY[the first]")
    await chat.shows("the first")

    await chat.say("SAY[the second]")

    await chat.shows("one message a minute is allowed")
    assert len(chat.parley.rows("SELECT 1 FROM turn")) == 1
