"""Stories in Slack: the whole program, a fake Slack, the real agent."""

import re
from pathlib import Path

from tests.e2e.parley import SlackParley, eventually, slack_as_described, slack_world
from tests.e2e.slack.chat import (
    ALLOW,
    answered,
    asks,
    begin,
    form_input,
    root_of,
    shows,
    texts,
    thread,
    until,
)
from tests.messages_reply import Reply, Say
from tests.slack_server import BOB, Message

LONG = "\n\n".join(
    f"## Part {n}\n\n```python\ndef part_{n}():\n    return {n}  # {'x' * 1200}\n```"
    for n in range(24)
)

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


async def test_a_slash_command_opens_a_thread_and_the_answer_streams_into_it(
    parley: SlackParley,
) -> None:
    await begin(parley)

    said = parley.slack.command(
        "HOLD[gate] SAY[Hello from the model.]", channel=parley.slack.general
    )
    root = await root_of(parley, parley.slack.general, "Hello from the model.")
    first = await shows(parley, root, "Hello")
    assert first.streaming
    parley.api.release("gate")

    (message,) = await answered(parley, root, "Hello from the model.")
    assert message.stream is not None
    assert said.error == ""
    await until(parley, lambda: "✅ Done" in root.text and not root.buttons)


async def test_a_reply_in_the_thread_goes_on_without_a_mention(
    parley: SlackParley,
) -> None:
    await begin(parley)
    parley.slack.command("SAY[one]", channel=parley.slack.general)
    root = await root_of(parley, parley.slack.general, "one")
    await answered(parley, root, "one")
    (before,) = parley.agents()

    parley.slack.say("SAY[two]", channel=root.channel, thread=root)
    await answered(parley, root, "two")

    assert [p.pid for p in parley.agents()] == [before.pid]
    assert "one" in str(parley.api.requests[-1].body["messages"])


async def test_a_direct_message_is_a_thread_of_its_own(parley: SlackParley) -> None:
    await begin(parley)

    one = parley.slack.say("SAY[first thread]")
    other = parley.slack.say("SAY[second thread]")

    await answered(parley, one, "first thread")
    await answered(parley, other, "second thread")
    await until(parley, lambda: "white_check_mark" in one.reactions)
    assert len(parley.agents()) == 2


async def test_a_mention_is_answered_once_in_either_order_of_its_events(
    parley: SlackParley,
) -> None:
    await begin(parley)
    bot = f"<@{parley.slack.bot_user}>"

    for first in (True, False):
        asked = parley.slack.say(
            f"{bot} SAY[order {first}]",
            channel=parley.slack.general,
            mention_first=first,
            apart_s=0.25,
        )
        await answered(parley, asked, f"order {first}")

    assert len(parley.api.requests) == 2
    assert bot not in parley.api.requests[-1].everything


async def test_talk_that_is_not_for_the_bot_leaves_no_trace(
    parley: SlackParley,
) -> None:
    await begin(parley)

    parley.slack.say("what a day", channel=parley.slack.general)
    parley.slack.say("SAY[no]", channel=parley.slack.general, user=BOB)
    parley.slack.say("let me in", user=BOB)
    asked = parley.slack.say("SAY[hello Ada]")

    await answered(parley, asked, "hello Ada")
    kept = str(parley.rows("SELECT * FROM inbox"))
    assert "what a day" not in kept
    assert "let me in" not in kept
    assert len(parley.api.requests) == 1


async def test_a_message_during_a_turn_is_queued_and_can_be_edited_and_cancelled(
    parley: SlackParley,
) -> None:
    await begin(parley)
    asked = parley.slack.say("HOLD[gate] SAY[first answer]")
    await parley.api.arrived(1)
    second = parley.slack.say("SAY[second]", channel=asked.channel, thread=asked)
    third = parley.slack.say("SAY[third]", channel=asked.channel, thread=asked)
    await until(parley, lambda: sum("Queued" in t for t in texts(parley, asked)) == 2)

    parley.slack.edit(second, "SAY[the second, corrected]")
    parley.slack.delete(third)
    await until(parley, lambda: sum("Queued" in t for t in texts(parley, asked)) == 1)
    parley.api.release("gate")

    await answered(parley, asked, "the second, corrected")
    assert not any("third" in text for text in texts(parley, asked))


async def test_an_answer_of_30000_characters_arrives_whole(parley: SlackParley) -> None:
    await begin(parley)
    assert len(LONG) > 30_000

    parley.api.then(Reply(blocks=[Say(LONG)]))
    asked = parley.slack.say("a long one")

    messages = await answered(parley, asked, "Part 23")
    assert len(messages) > 3
    together = re.sub(r"\s|```python|```", "", "".join(m.stream_text for m in messages))
    assert together == re.sub(r"\s|```python|```", "", LONG)
    for message in messages:
        assert message.stream_text.count("```") % 2 == 0


async def test_a_workspace_without_streams_is_served_by_edits(tmp_path: Path) -> None:
    async with slack_world(
        tmp_path, slack_as_described(streams=False, agent=False)
    ) as parley:
        await begin(parley)

        asked = parley.slack.say("RUN[echo ran >> proof.txt]RUN")
        parley.slack.press(await asks(parley, asked), ALLOW)

        messages = await answered(parley, asked, "Tool said")
        assert not any(m.stream for m in messages)


async def test_nobody_is_pinged_by_what_an_agent_says(parley: SlackParley) -> None:
    await begin(parley)

    words = "Hi <!channel> and <@U0BOB> and <!here>, all of &lt;!everyone&gt;"
    parley.api.then(Reply(blocks=[Say(words)]))
    asked = parley.slack.say("SLOW[30] speak")

    await answered(parley, asked, "all of")
    assert [m.live_pings for m in thread(parley, asked)] == [[]]


async def test_a_picture_and_a_document_reach_the_agent(parley: SlackParley) -> None:
    await begin(parley)

    asked = parley.slack.say(
        "SAY[seen]", files=[("dot.png", PNG), ("notes.txt", b"remember")]
    )

    await answered(parley, asked, "seen")
    everything = parley.api.requests[-1].everything
    assert everything.count('"type": "image"') == 1
    (path,) = re.findall(r'/[^\s"\\]*notes\.txt', everything)
    assert Path(path).read_bytes() == b"remember"


async def test_where_the_bot_is_no_member(parley: SlackParley) -> None:
    await begin(parley)
    public = parley.slack.open_channel("elsewhere", bot=False)
    private = parley.slack.open_channel("secret", private=True, bot=False)

    parley.slack.command("SAY[joined]", channel=public)
    root = await root_of(parley, public, "joined")
    await answered(parley, root, "joined")
    refused = parley.slack.command("SAY[in private]", channel=private)

    await until(parley, lambda: refused.responses)
    assert "/invite" in str(refused.responses)
    root = await root_of(parley, parley.slack.dm("U0ADA"), "in private")
    await answered(parley, root, "in private")


async def test_a_shortcut_asks_about_a_message(parley: SlackParley) -> None:
    await begin(parley)
    theirs = parley.slack.say(
        "the build is red", channel=parley.slack.general, user=BOB
    )

    parley.slack.shortcut(theirs)
    await until(parley, lambda: parley.slack.modals)
    form = parley.slack.modals[-1]
    parley.slack.submit(form, {form_input(form.view): "SAY[on it]"})

    await answered(parley, theirs, "on it")
    assert "the build is red" in parley.api.requests[-1].everything


async def test_strangers_are_told_how_to_get_in(parley: SlackParley) -> None:
    await begin(parley)

    refused = parley.slack.command("do it", user=BOB, channel=parley.slack.general)

    await until(parley, lambda: refused.responses)
    assert str(BOB) in str(refused.responses)
    assert not parley.rows("SELECT * FROM inbox")


async def test_help_and_status_by_slash_command_are_for_the_asker_only(
    parley: SlackParley,
) -> None:
    await begin(parley)

    parley.slack.command("status", channel=parley.slack.general)

    await until(parley, lambda: parley.slack.ephemerals("U0ADA"))
    assert "agents up" in parley.slack.ephemerals("U0ADA")[-1].text
    assert not any(m.from_bot for m in parley.slack.messages(parley.slack.general))


async def test_sigterm_ends_everything_politely(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("HOLD[never] SAY[Beginning to think]")
    await shows(parley, asked, "Beginning")

    code = await parley.stop()

    assert code == 0
    assert parley.family() == []
    log = parley.log.read_text()
    assert parley.slack.bot_token not in log
    assert parley.slack.app_token not in log
    await eventually(lambda: not parley.slack.sockets)


async def test_a_failure_before_the_first_word_is_told(parley: SlackParley) -> None:
    await begin(parley)

    asked = parley.slack.say("FAIL[400]")

    (message,) = await answered(parley, asked, "refused this request")
    assert message.text.startswith("⚠️")
    await until(parley, lambda: list(asked.reactions) == ["warning"])


async def test_what_was_stopped_before_the_first_word_says_so(
    parley: SlackParley,
) -> None:
    await begin(parley)
    asked = parley.slack.say("WAIT[never] SAY[nothing]")
    await parley.api.arrived(1)

    parley.slack.say("!stop", thread=asked)

    await answered(parley, asked, "Stopped")
    await until(parley, lambda: parley.slack.status(asked) == "active")


async def test_a_long_answer_without_streams_begins_here_and_goes_on_in_a_file(
    tmp_path: Path,
) -> None:
    async with slack_world(tmp_path, slack_as_described(streams=False)) as parley:
        await begin(parley)
        parley.api.then(Reply(blocks=[Say(LONG)]))

        asked = parley.slack.say("a long one")

        await answered(parley, asked, "answer.md")
        await until(parley, lambda: files(parley, asked))
        (name, data) = files(parley, asked)[0]
        assert (name, data.decode().strip()) == ("answer.md", LONG.strip())
        assert any("Part 0" in text for text in texts(parley, asked))


def files(parley: SlackParley, asked: Message) -> list[tuple[str, bytes]]:
    return [(f.name, f.data) for m in thread(parley, asked) for f in m.files]
