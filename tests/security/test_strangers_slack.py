"""Threats 2 and 3: somebody who may not use the bot tries everything Slack has.

Eve is in the channel where Ada works with the agent, which waits for a permission.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.slack.manifest import EVENTS, SHORTCUT
from tests.e2e.parley import SlackParley, eventually, slack_world
from tests.e2e.slack.chat import ALLOW, answered, asks, begin
from tests.security.traces import rows
from tests.slack_server import ADA, BOT_USER, Act, FakeSlack, Message

EVE = "U0EVE"
HI = f"<@{BOT_USER}> SAY[Eve is in]"
#: What Slack tells of the app itself: nobody does it.
OF_NOBODY = {"app_uninstalled", "tokens_revoked"}
#: Events nobody asked for: a manifest that was changed by hand is no excuse.
NOT_ASKED_FOR = (
    *("reaction_added", "file_shared", "assistant_thread_started", "link_shared"),
    *("app_home_opened", "function_executed", "user_change", "pin_added", "from 2030"),
)
SUBTYPES = (
    *("", "file_share", "thread_broadcast", "me_message", "bot_message"),
    *("channel_join", "message_replied", "assistant_app_thread", "from 2030"),
)
#: Everything that comes as an interaction (docs.slack.dev, and older than those).
INTERACTIONS = (
    *("block_actions", "view_submission", "view_closed", "message_action", "shortcut"),
    *("block_suggestion", "interactive_message", "dialog_submission", "from 2030"),
    *("dialog_suggestion", "dialog_cancellation", "workflow_step_edit"),
)
ACTIONS = ("choose:allow", "choose:stop", "words:deny", "tick", "open:link", "x")


def messages(slack: FakeSlack, root: Message) -> Iterator[dict[str, Any]]:
    """What Eve says, in every way and place; also in the thread of Ada's work."""
    for channel in (root.channel, slack.dm(EVE)):
        for number, subtype in enumerate(SUBTYPES):
            event = {
                "type": "message",
                "subtype": subtype,
                "channel": channel,
                "user": EVE,
                "text": HI,
                "ts": f"1700000{number}.000100",
                "thread_ts": root.ts,
                "files": [{"id": "F1", "url_private": "https://files.slack.com/x"}],
            }
            yield event
            yield {**event, "type": "app_mention", "ts": f"1700001{number}.000100"}
        said = {**event, "subtype": "", "text": "before"}
        changed: dict[str, Any] = {
            "type": "message",
            "channel": channel,
            "ts": "1700002.000100",
        }
        changed |= {"hidden": True, "previous_message": said}
        after = {**said, "text": HI}
        yield {**changed, "subtype": "message_changed", "message": after}
        yield {**changed, "subtype": "message_deleted", "deleted_ts": said["ts"]}


def events(slack: FakeSlack, root: Message) -> dict[str, list[dict[str, Any]]]:
    """By the name under which the manifest asks for it."""
    place = {"channel": root.channel, "user": EVE, "thread_ts": root.ts, "text": HI}
    said = list(messages(slack, root))
    spoken = [event for event in said if event["type"] == "message"]
    return {
        "app_mention": [event for event in said if event["type"] == "app_mention"],
        **{name: spoken for name in EVENTS if name.startswith("message.")},
        "agent_session_stopped": [{"type": "agent_session_stopped", **place}],
        "app_home_opened": [
            {"type": "app_home_opened", "tab": tab, **place, "channel": slack.dm(EVE)}
            for tab in ("messages", "home")
        ],
        "member_joined_channel": [{"type": "member_joined_channel", **place}],
        "": [{"type": kind, **place} for kind in NOT_ASKED_FOR],
    }


def interactions(slack: FakeSlack, card: Message) -> Iterator[dict[str, Any]]:
    """Every kind, about the card that Ada has to decide."""
    for kind in INTERACTIONS:
        for action in ACTIONS:
            yield {
                **slack._interaction(kind, EVE),
                "callback_id": SHORTCUT,
                "container": {"channel_id": card.channel, "message_ts": card.ts},
                "channel": {"id": card.channel, "name": "general"},
                "message": {"ts": card.ts, "text": HI, "user": ADA},
                "message_ts": card.ts,
                "actions": [{"action_id": action, "value": "q1:allow"}],
                "view": {"id": "V1", "callback_id": "words", "private_metadata": "{}"},
                "response_url": slack._responses.new_url(),
            }


def told(slack: FakeSlack, acts: list[Act]) -> int:
    """How often Eve was answered, in whatever way."""
    shown = [m for m in slack.ephemerals(EVE) if m.from_bot]
    direct = [m for m in slack.messages(slack.dm(EVE)) if m.from_bot]
    return len(shown) + len(direct) + sum(len(act.responses) for act in acts)


async def test_nothing_a_stranger_does_leaves_anything(tmp_path: Path) -> None:
    async with slack_world(tmp_path) as parley:
        slack = parley.slack
        slack.add_person(EVE, "Eve")
        slack.invite(slack.general, EVE)
        await begin(parley)
        mark = parley.workspace / "allowed"
        root = slack.say(f"<@{BOT_USER}> RUN[touch {mark}]RUN", channel=slack.general)
        card = await asks(parley, root)
        await _settled(parley)
        before, asked = rows(parley), len(parley.api.requests)
        table = events(slack, root)
        assert table.keys() - {""} == set(EVENTS) - OF_NOBODY

        acts = [slack.event(event) for kind in table.values() for event in kind]
        acts += [
            slack._delivery.deliver(slack._road, "interactive", payload)
            for payload in interactions(slack, card)
        ]
        acts += [slack.press(card, button, user=EVE) for button in card.buttons]
        acts += [slack.command("SAY[Eve is in]", user=EVE, channel=slack.general)]
        acts += [slack.shortcut(root, user=EVE)]
        await slack.until(lambda: all(act.done.is_set() for act in acts))
        slack.say("SAY[a sign]", channel=slack.dm(ADA))
        await slack.until(
            lambda: any(m.from_bot and "a sign" in m.text for m in slack.messages())
        )

        assert told(slack, acts) <= 1
        assert slack.modals == []
        assert slack.calls("[(]download[)]") == []
        assert len(parley.api.requests) == asked + 1
        assert not mark.exists()
        assert card.buttons
        after = rows(parley)
        assert after["decision"] == before["decision"]
        assert after["turn"] == after["inbox"] == before["inbox"] + 1  # Ada's sign

        slack.press(card, ALLOW)
        await answered(parley, root, "Tool said")
        assert mark.exists()


async def _settled(parley: SlackParley) -> None:
    """The card and what it is below are known to be there."""
    posts = "SELECT count(*) FROM post WHERE ref IS NOT NULL"
    await eventually(lambda: parley.rows(posts)[0][0] != 0)
