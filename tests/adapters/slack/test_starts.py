"""Slash commands: a thread begins, once, wherever the bot may write."""

import pytest

from adapters.inbound import Command, Kept, MessageRef, Text
from adapters.language import say
from adapters.slack.root import VIEW
from tests.adapters.kills import Fuse, Killed, kills
from tests.adapters.slack.desk import Desk, bodies
from tests.slack_server import ADA, BOB, FakeSlack
from tests.slack_server_http import FaultKind


async def test_a_command_with_words_begins_a_thread_for_all_to_see(
    slack: FakeSlack, at: Desk
) -> None:
    [heard] = await at.hear(slack.command("fix the <tests>", channel=slack.general))

    [root] = slack.messages(slack.general)
    assert "fix the <tests>" in root.text
    assert root.thread == ""
    thread = at.place(slack.general, root.ts)
    assert (heard.address, heard.message) == (thread, MessageRef(root.ts))
    assert (heard.body, heard.sender.id) == (Text("fix the <tests>"), ADA)
    assert heard.private is False
    assert at.engaged == [thread]
    assert at.screen.rows[thread, VIEW] == {VIEW: root.ts}


async def test_nobody_but_the_asker_is_rung_by_a_prompt(
    slack: FakeSlack, at: Desk
) -> None:
    await at.hear(slack.command(f"<!channel> <@{BOB}>", channel=slack.general))

    assert slack.live_pings in ([], [f"<@{ADA}>"])


async def test_a_long_prompt_is_shown_in_part_and_delivered_whole(
    slack: FakeSlack, at: Desk
) -> None:
    prompt = "word " * 700

    [heard] = await at.hear(slack.command(prompt, channel=slack.general))

    [root] = slack.messages(slack.general)
    assert len(root.text) < 400
    assert heard.body == Text(prompt.strip())


async def test_new_with_words_is_the_words(slack: FakeSlack, at: Desk) -> None:
    [heard] = await at.hear(slack.command("new  fix it", channel=slack.general))

    assert heard.body == Text("fix it")


async def test_new_alone_begins_a_thread_without_a_turn(
    slack: FakeSlack, at: Desk
) -> None:
    [heard] = await at.hear(slack.command("new", channel=slack.general))

    [root] = slack.messages(slack.general)
    assert "write in this thread" in root.text
    assert heard.body == Command("new")
    assert at.engaged == [heard.address] == [at.place(slack.general, root.ts)]


async def test_words_that_only_begin_like_a_command_are_a_prompt(
    slack: FakeSlack, at: Desk
) -> None:
    [heard] = await at.hear(slack.command("stop the server", channel=slack.general))

    assert heard.body == Text("stop the server")


async def test_a_command_about_a_new_conversation_begins_one(
    slack: FakeSlack, at: Desk
) -> None:
    [heard] = await at.hear(slack.command("model opus", channel=slack.general))

    [root] = slack.messages(slack.general)
    assert "write in this thread" in root.text
    assert heard.body == Command("model", "opus")
    assert heard.address == at.place(slack.general, root.ts)
    assert (heard.message, heard.private) == (MessageRef(root.ts), False)


async def test_a_thread_begins_in_the_language_of_who_asked(
    slack: FakeSlack, at: Desk
) -> None:
    slack.add_person(ADA, "Ada Lovelace", locale="ko-KR")

    [heard] = await at.hear(slack.command("new", channel=slack.general))

    [root] = slack.messages(slack.general)
    assert say("ko", "slack-fresh") in root.text
    assert "asked" not in root.text
    assert heard.sender.language == "ko-KR"


# --- commands -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"), [("", "help"), ("Help", "help"), ("status", "status")]
)
async def test_a_command_is_answered_for_the_asker_alone(
    slack: FakeSlack, at: Desk, words: str, name: str
) -> None:
    [heard] = await at.hear(slack.command(words, channel=slack.general))

    assert heard.body == Command(name)
    assert (heard.address, heard.private) == (at.place(slack.general), True)
    assert heard.message is None
    assert slack.messages(slack.general) == []


async def test_a_command_about_a_thread_is_not_given_in_a_channel(
    slack: FakeSlack, at: Desk
) -> None:
    asked = slack.command("diff", channel=slack.general)
    async with at.running() as receiver:
        receiver.take(at.keep(asked))
        await at.until(lambda: at.memory.discarded)

    assert "Write `!diff` in its thread" in str(asked.responses)
    assert at.heard == []
    assert slack.messages(slack.general) == []


async def test_a_command_where_we_are_no_member_is_answered_in_private(
    slack: FakeSlack, at: Desk
) -> None:
    asked = slack.command(
        "status", channel=slack.open_channel("secret", private=True, bot=False)
    )

    [heard] = await at.hear(asked)

    assert (heard.address, heard.private) == (at.place(slack.dm(ADA)), False)
    assert "direct message" in str(asked.responses)


async def test_stop_reaches_every_thread_of_the_channel_that_is_at_work(
    slack: FakeSlack, at: Desk
) -> None:
    at.at_work = [at.place(slack.general, "1.1"), at.place(slack.general, "2.2")]
    at.at_work.append(at.place("C0ELSE", "3.3"))

    heard = await at.hear(slack.command("stop", channel=slack.general), n=2)

    assert [inbound.address for inbound in heard] == at.at_work[:2]
    assert at.heard == [Command("stop"), Command("stop")]


async def test_stop_where_nothing_works_is_answered(slack: FakeSlack, at: Desk) -> None:
    [heard] = await at.hear(slack.command("stop", channel=slack.general))

    assert (heard.body, heard.private) == (Command("stop"), True)
    assert heard.address == at.place(slack.general)


# --- where we may not write ---------------------------------------------------


async def test_a_public_channel_is_joined(slack: FakeSlack, at: Desk) -> None:
    channel = slack.open_channel("news", bot=False)

    [heard] = await at.hear(slack.command("fix it", channel=channel))

    assert heard.address.chat == channel
    assert len(slack.messages(channel)) == 1
    assert len(slack.calls("conversations[.]join")) == 1


async def test_elsewhere_it_begins_in_a_direct_message_and_says_so_on_both_sides(
    slack: FakeSlack, at: Desk
) -> None:
    secret = slack.open_channel("secret", private=True, bot=False)
    asked = slack.command("fix it", channel=secret)

    [heard] = await at.hear(asked)

    [root] = slack.messages(slack.dm(ADA))
    assert "From #secret: fix it" in root.text
    assert heard.address == at.place(slack.dm(ADA), root.ts)
    assert heard.body == Text("fix it")
    assert "/invite" in str(asked.responses)
    assert not any(
        posts for (place, _), posts in at.screen.rows.items() if place.chat == secret
    )


async def test_in_our_direct_message_a_command_works_the_same(
    slack: FakeSlack, at: Desk
) -> None:
    [heard] = await at.hear(slack.command("fix it"))

    [root] = slack.messages(slack.dm(ADA))
    assert heard.address == at.place(slack.dm(ADA), root.ts)


async def test_what_slack_refuses_is_told_and_over(slack: FakeSlack, at: Desk) -> None:
    slack.fail("chat[.]postMessage", 9, "error", code="team_access_not_granted")
    asked = slack.command("fix it", channel=slack.general)

    async with at.running() as receiver:
        receiver.take(at.keep(asked))
        await at.until(lambda: at.memory.discarded)

    assert "team_access_not_granted" in str(asked.responses)
    assert at.memory.inbounds == []


# --- trouble ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "5xx"])
async def test_trouble_on_the_way_ends_in_one_root(
    slack: FakeSlack, at: Desk, kind: FaultKind
) -> None:
    slack.fail("chat[.]postMessage", 1, kind)

    [heard] = await at.hear(slack.command("fix it", channel=slack.general))

    [root] = slack.messages(slack.general)
    assert heard.address.thread == root.ts


async def test_wherever_it_is_killed_there_is_one_root_and_one_prompt(
    slack: FakeSlack, at: Desk
) -> None:
    for fuse in kills():
        channel = slack.open_channel(f"room-{fuse.at}")
        [row] = at.keep(slack.command("fix it", channel=channel))
        at.screen.fuse = fuse
        await until_killed(at, row)
        at.screen.fuse = Fuse()
        async with at.running():
            await until_settled(at, row)

        [root] = slack.messages(channel)
        heard = [one for one in at.memory.inbounds if one.address.chat == channel]
        assert [one.address.thread for one in heard] == [root.ts]
        assert bodies(heard) == [Text("fix it")]
    assert fuse.at > 5


async def until_killed(at: Desk, row: Kept) -> None:
    fuse = at.screen.fuse
    try:
        async with at.running() as receiver:
            receiver.take([row])
            await at.until(
                lambda: row.event_id in at.memory.settled or fuse.passed >= fuse.at
            )
    except BaseExceptionGroup as group:
        assert group.subgroup(Killed)  # noqa: PT017


async def until_settled(at: Desk, row: Kept) -> None:
    await at.until(lambda: row.event_id in at.memory.settled)
