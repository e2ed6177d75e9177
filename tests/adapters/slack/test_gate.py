"""What is for us: bodies in, verdicts out."""

from typing import Any

import pytest

from adapters.inbound import Address
from adapters.slack.gate import Gate
from adapters.slack.verdict import Drop, Expected, Joined, Keep, Now, Revoked, Verdict
from tests.adapters.slack.gates import (
    BOT,
    FORM,
    ROOT,
    TEAM,
    TS,
    Directory,
    changed,
    command,
    deleted,
    event,
    interaction,
    kept,
    pressed,
    said,
    shortcut,
)
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, BOB

TOMBSTONE = said("", subtype="tombstone", user="USLACKBOT")
SIGNED_OUT = event(type="tokens_revoked", tokens={"bot": [BOT]})
MESSAGE = Keep(f"msg:{TEAM}:C1:{TS}")
DIRECT = Keep(f"msg:{TEAM}:D1:{TS}")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (said(), MESSAGE),
        (said(type="app_mention"), MESSAGE),
        (said(f"see <@{BOT}|parley>?"), MESSAGE),
        (said(f"<@{BOB}> and <@{BOT}>, hello", thread_ts=ROOT), MESSAGE),
        (said("hello", channel="D1"), DIRECT),
        (said(f"<@{BOB}> said so", channel="D1", thread_ts=ROOT), DIRECT),
        (said("look", channel="D1", subtype="file_share"), DIRECT),
        (said(subtype="thread_broadcast", thread_ts=ROOT), MESSAGE),
        (changed(said("hallo", channel="D1"), said(channel="D1")), Keep("ev:Ev1")),
        (changed(said(), said("for Bob, then")), Keep("ev:Ev1")),
        (deleted(said()), Keep("ev:Ev1")),
        (changed(said(), TOMBSTONE), Keep("ev:Ev1")),
        (event(type="agent_session_stopped", user=ADA, thread_ts=ROOT), Keep("ev:Ev1")),
        (event(type="member_joined_channel", user=BOT), Joined("C1")),
        (event(type="app_uninstalled"), Revoked("app_uninstalled")),
        (SIGNED_OUT, Revoked("tokens_revoked")),
        (command(), Keep("cmd:1.2.3")),
        (pressed("choose:allow"), Keep("act:1.2.3")),
        (pressed("words:deny"), Now()),
        (pressed("words:"), Now()),
        (shortcut(), Now()),
        (FORM, Keep("sub:V1")),
    ],
)
async def test_what_is_for_us_is_taken(
    body: dict[str, Any], verdict: Verdict, gate: Gate
) -> None:
    if body.get("event", {}).get("subtype") in {"message_changed", "message_deleted"}:
        body["event"]["channel"] = body["event"]["previous_message"]["channel"]

    assert await gate.judge(body) == verdict


@pytest.mark.parametrize(
    "body",
    [
        said("hello all"),
        said("a reply", thread_ts=ROOT),
        said("a root that has replies", thread_ts=TS),
        said("a reply", thread_ts=ROOT, channel_type="mpim", channel="G1"),
        said(user=BOT),
        said(bot_id="B1"),
        said(subtype="bot_message"),
        said(subtype="channel_join"),
        said(hidden=True),
        said(user=""),
        said(ts=None),
        said(text=["no", "text"]),
        changed(said(), said()),
        changed(said(), said(attachments=[{"title": "A page"}])),
        changed(said("one", bot_id="B1"), said("two", bot_id="B1")),
        changed(said("hallo"), said("hello")),
        deleted(said(bot_id="B1")),
        deleted(said("hello all")),
        event(subtype="message_deleted", hidden=True),
        event(subtype="message_replied"),
        event(type="app_home_opened", user=ADA, tab="home"),
        event(type="app_home_opened", user=BOB, tab="messages", channel="D1"),
        event(type="member_joined_channel", user=ADA),
        event(type="tokens_revoked", tokens={"oauth": [ADA]}),
        event(type="reaction_added", user=ADA),
        event(type=5),
        {"type": "event_callback", "event": "nothing"},
        pressed("tick"),
        pressed("open:link"),
        interaction("block_actions"),
        interaction("block_actions", actions=["x"]),
        interaction("message_action", callback_id="another"),
        interaction("view_closed"),
        {"type": "app_rate_limited", "team_id": TEAM},
        {},
    ],
)
async def test_what_is_not_for_us_leaves_no_trace(
    body: dict[str, Any], gate: Gate, directory: Directory
) -> None:
    verdict = await gate.judge(body)

    assert isinstance(verdict, Drop)
    assert verdict.whisper is None
    assert directory.asked == []


async def test_who_opens_our_messages_is_expected_to_write(gate: Gate) -> None:
    opened = event(type="app_home_opened", user=ADA, tab="messages", channel="D1")

    assert await gate.judge(opened) == Expected(Address("slack", "D1", "", TEAM), ADA)


async def test_a_mention_makes_its_thread_ours_at_once(gate: Gate) -> None:
    reply = said("and this", thread_ts=TS, ts="1700000000.000200")
    assert not kept(await gate.judge(reply))

    await gate.judge(said())

    assert kept(await gate.judge(reply))
    assert not kept(await gate.judge(said("else", thread_ts=ROOT)))


async def test_replies_in_a_thread_that_is_ours_are_for_us(
    gate: Gate, memory: Memory
) -> None:
    memory.known.add(Address("slack", "C1", ROOT, TEAM))

    assert kept(await gate.judge(said("so?", thread_ts=ROOT)))
    assert kept(await gate.judge(said(f"so, <@{BOB}>?", thread_ts=ROOT)))
    assert not kept(await gate.judge(said(f" <@{BOB}> see?", thread_ts=ROOT)))
    assert not kept(await gate.judge(said(f"<@{BOB}|bob> see?", thread_ts=ROOT)))
    assert kept(await gate.judge(said(f"<@{BOB}> see <@{BOT}>", thread_ts=ROOT)))


async def test_changes_in_a_thread_that_is_ours_are_for_us(gate: Gate) -> None:
    gate.engage(Address("slack", "C1", ROOT, TEAM))
    before, after = (said(word, thread_ts=ROOT) for word in ("hallo", "hello"))

    assert await gate.judge(changed(before, after)) == Keep("ev:Ev1")
    assert await gate.judge(deleted(before)) == Keep("ev:Ev1")
