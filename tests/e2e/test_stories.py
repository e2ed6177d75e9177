"""The real program, the real claude; only Telegram and the model are fakes."""

import re
from pathlib import Path

from tests.e2e.parley import Parley, eventually
from tests.messages_reply import Reply, Say
from tests.telegram_server import BOB, Message

LONG = "\n\n".join(
    f"## Part {n}\n\n```python\ndef part_{n}():\n    return {n}  # {'x' * 300}\n```"
    for n in range(24)
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


ALLOW, SESSION, DENY = "✅ Allow once", "♻️ Allow for this session", "❌ Deny"
STOP = "⏹ Stop"


def texts(chat: list[Message]) -> list[str]:
    return [message.text for message in chat if message.from_bot]


def shows(chat: list[Message], words: str) -> bool:
    """The newest message is the bot's, and says this."""
    return chat[-1].from_bot and words in chat[-1].text


def settled(chat: list[Message], wanted: str) -> bool:
    """A message of the bot says it, and nothing offers Stop any more."""
    bots = [m for m in chat if m.from_bot]
    return any(wanted in m.text for m in bots) and not any(m.buttons for m in bots)


async def answered(
    parley: Parley, wanted: str, *, timeout_s: float = 30
) -> list[Message]:
    return await parley.telegram.until(
        lambda chat: settled(chat, wanted), timeout_s=timeout_s
    )


async def test_the_first_message_is_answered_in_one_message(parley: Parley) -> None:
    await parley.start()

    asked = parley.telegram.say("SAY[Hello from the model.] please")

    chat = await answered(parley, "Hello from the model.")
    (message,) = [m for m in chat if m.from_bot]
    assert message.edits >= 1
    assert message.silent
    await parley.telegram.wait_for(lambda: asked.reaction == "👍")
    assert len(parley.api.requests) == 1


async def test_the_second_turn_uses_the_same_process_and_session(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.say("SAY[one]")
    await answered(parley, "one")
    (before,) = parley.agents()

    parley.telegram.say("SAY[two]")
    await answered(parley, "two")

    assert [p.pid for p in parley.agents()] == [before.pid]
    sent = parley.api.requests[-1].body["messages"]
    assert "one" in str(sent)


async def test_a_long_answer_with_code_arrives_whole(parley: Parley) -> None:
    await parley.start()

    parley.api.then(Reply(blocks=[Say(LONG)]))
    parley.telegram.say("a long one")

    chat = await answered(parley, "Part 23")
    messages = [m for m in chat if m.from_bot]
    assert len(messages) > 1
    together = re.sub(r"\s", "", "".join(m.text for m in messages))
    for n in range(24):
        assert f"Part{n}defpart_{n}():return{n}#{'x' * 300}" in together
    assert all(
        entity["type"] != "pre" or entity["language"] == "python"
        for m in messages
        for entity in m.entities
    )


async def test_a_tool_runs_once_it_is_allowed(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("RUN[echo ran >> proof.txt]RUN")
    chat = await parley.telegram.until(lambda chat: ALLOW in chat[-1].labels)
    question = chat[-1]
    assert "echo ran >> proof.txt" in question.text
    assert not question.silent
    assert not (parley.workspace / "proof.txt").exists()

    parley.telegram.press(question, ALLOW)

    await answered(parley, "Tool said")
    assert (parley.workspace / "proof.txt").read_text() == "ran\n"
    assert "Allowed once by Ada" in question.text


async def test_a_denied_tool_does_not_run_and_the_agent_is_told(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.say("RUN[echo ran >> proof.txt]RUN")
    chat = await parley.telegram.until(lambda chat: ALLOW in chat[-1].labels)

    parley.telegram.press(chat[-1], DENY)

    await answered(parley, "Tool said")
    assert not (parley.workspace / "proof.txt").exists()
    assert "pressed Deny" in str(parley.api.requests[-1].body["messages"])


async def test_a_stranger_cannot_press_the_button(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("RUN[echo ran >> proof.txt]RUN")
    chat = await parley.telegram.until(lambda chat: ALLOW in chat[-1].labels)

    parley.telegram.press(chat[-1], ALLOW, user=BOB)
    parley.telegram.press(chat[-1], DENY)

    await answered(parley, "Tool said")
    assert not (parley.workspace / "proof.txt").exists()
    assert not any(
        str(BOB) in str(row) for row in parley.rows("SELECT * FROM decision")
    )


async def test_allowed_for_this_session_is_not_asked_again(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("RUN[echo ran >> proof.txt]RUN")
    chat = await parley.telegram.until(lambda chat: ALLOW in chat[-1].labels)
    parley.telegram.press(chat[-1], SESSION)
    await answered(parley, "Tool said")

    parley.telegram.say("RUN[echo ran >> proof.txt]RUN once more")

    proof = parley.workspace / "proof.txt"
    await eventually(lambda: proof.read_text() == "ran\nran\n")


async def test_a_message_during_a_turn_is_queued_and_says_so(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[first answer]")
    await parley.api.arrived(1)

    parley.telegram.say("SAY[second answer]")
    chat = await parley.telegram.until(lambda chat: shows(chat, "Queued"))
    assert "Cancel" in str(chat[-1].labels)
    parley.api.release("gate")

    chat = await answered(parley, "second answer")
    order = texts(chat)
    assert order.index(next(t for t in order if "first answer" in t)) < order.index(
        next(t for t in order if "second answer" in t)
    )


async def test_stop_in_the_middle_ends_the_turn_and_keeps_what_was_said(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.say("HOLD[never] SAY[Beginning to think]")
    chat = await parley.telegram.until(lambda chat: shows(chat, "Beginning"))

    parley.telegram.press(chat[-1], STOP)

    chat = await answered(parley, "Stopped")
    assert "Beginning" in chat[-1].text
    parley.telegram.say("SAY[still here]")
    await answered(parley, "still here")
    assert len(parley.agents()) == 1


async def test_a_photo_reaches_the_model_as_an_image(parley: Parley) -> None:
    await parley.start()

    parley.telegram.send_photo(PNG, caption="SAY[a dot]")

    await answered(parley, "a dot")
    assert parley.api.requests[-1].everything.count('"type": "image"') == 1


async def test_a_document_reaches_the_agent_as_a_path(parley: Parley) -> None:
    await parley.start()

    parley.telegram.send_document("notes.txt", b"remember", caption="SAY[noted]")

    await answered(parley, "noted")
    (path,) = re.findall(r'/[^\s"\\]*notes\.txt', parley.api.requests[-1].everything)
    assert Path(path).read_bytes() == b"remember"


async def test_what_was_written_while_parley_was_down_is_answered(
    parley: Parley,
) -> None:
    parley.telegram.say("SAY[first]")
    parley.telegram.say("SAY[second]")

    await parley.start()

    chat = await answered(parley, "second")
    assert sum("first" in text for text in texts(chat)) == 1
    assert sum("second" in text for text in texts(chat)) == 1


async def test_chat_text_is_never_interpreted(parley: Parley) -> None:
    secret = parley.root / "secret.txt"
    secret.write_text("the secret words")
    await parley.start()

    parley.telegram.say(f"@{secret} SAY[read nothing]", entities=[])

    await answered(parley, "read nothing")
    assert "the secret words" not in str(parley.api.requests[-1].body)


async def test_a_stranger_gets_one_hint_and_leaves_no_trace(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("let me in", user=BOB)
    parley.telegram.say("please", user=BOB)
    chat = await parley.telegram.until(
        lambda chat: any(m.from_bot for m in chat), chat=BOB
    )
    parley.telegram.say("SAY[hello Ada]")
    await answered(parley, "hello Ada")

    assert [str(BOB) in m.text for m in chat if m.from_bot] == [True]
    assert "let me in" not in str(parley.rows("SELECT * FROM inbox"))


async def test_status_help_and_the_menu(parley: Parley) -> None:
    await parley.start()

    parley.telegram.say("/status")
    parley.telegram.say("/help")
    parley.telegram.say("/unheard_of")

    await parley.telegram.until(
        lambda chat: all(
            any(word in text for text in texts(chat))
            for word in ("agents up", "permission", "/unheard_of")
        ),
        timeout_s=30,  # an agent is started to learn whether it knows the last one
    )
    assert "stop" in str(parley.telegram.commands)


async def test_sigterm_ends_everything_quickly_and_politely(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("HOLD[never] SAY[Beginning to think]")
    await parley.telegram.until(lambda chat: shows(chat, "Beginning"))

    code = await parley.stop()

    assert code == 0
    assert parley.family() == []
    assert "restarting" in parley.telegram.chat(1001)[-1].text
    assert parley.telegram.token not in parley.log.read_text()
