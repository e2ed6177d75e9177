"""A client that sends its whole history: one conversation, one turn a message."""

import asyncio
from dataclasses import replace
from pathlib import Path

from adapters.web.values import Entry
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.openai.front import Front, assistant, front, user
from tests.adapters.web.serving import until

# --- one conversation ----------------------------------------------------------


async def test_a_whole_history_starts_one_turn_with_the_new_message(
    prompt: Front,
) -> None:
    await prompt.ask(user("one"))
    await prompt.ask(user("one"), assistant("All green."), user("two"))

    assert [(said.conversation, said.value) for said in prompt.said()] == [
        (1, "one"),
        (1, "two"),
    ]


async def test_a_session_header_keeps_chats_apart_that_begin_alike(
    prompt: Front,
) -> None:
    for name in ("X-Session-Id", "X-OpenWebUI-Chat-Id", "X-LibreChat-Conversation-Id"):
        await prompt.ask(user("hi"), extra_headers={name: f"chat of {name}"})
    await prompt.ask(user("hi"), extra_headers={"X-Session-Id": "new"})
    await prompt.ask(user("hi"), user="ada")
    await prompt.ask(user("hi"), model="scratch")

    assert [said.conversation for said in prompt.said()] == [1, 2, 3, 4, 5, 6]


async def test_a_conversation_new_to_us_is_told_what_was_said_before(
    prompt: Front,
) -> None:
    await prompt.ask(user("my name is Ada"), assistant("Hello Ada."), user("who am I?"))

    words = prompt.said()[0].value
    assert "User: my name is Ada\n\nAssistant: Hello Ada." in words
    assert words.endswith("who am I?")


async def test_a_deleted_chat_begins_anew(prompt: Front) -> None:
    await prompt.ask(user("one"))
    await prompt.desk.delete(1)
    prompt.desk.cards[7] = prompt.desk.add()  # its number is not given twice
    await prompt.ask(user("one"), assistant("All green."), user("two"))

    assert prompt.said()[-1].conversation not in (1, 7)


# --- the same again --------------------------------------------------------------


async def test_a_repeated_request_joins_the_turn_it_started(waiting: Front) -> None:
    both = [asyncio.create_task(waiting.content(user("slow"))) for _ in range(2)]
    await until(lambda: len(waiting.desk.watches) == 2)

    waiting.desk.finish(1, "t1", "Done.")

    assert await asyncio.gather(*both) == ["Done.", "Done."]
    assert len(waiting.said()) == 1


async def test_a_client_that_goes_away_finds_the_answer_when_it_is_back(
    waiting: Front,
) -> None:
    stream = await waiting.ask(user("slow"), stream=True)
    await waiting.heard(1)
    await waiting.watched()
    await stream.close()
    await until(lambda: not waiting.desk.watches)

    waiting.desk.finish(1, "t1", "Done.")

    assert await waiting.content(user("slow")) == "Done."
    assert len(waiting.said()) == 1


async def test_what_was_answered_whole_is_regenerated(prompt: Front) -> None:
    for _ in range(3):
        await prompt.ask(user("a joke"))
    stream = await prompt.ask(user("a joke"), stream=True)
    assert [chunk async for chunk in stream]

    assert [said.conversation for said in prompt.said()] == [1, 1, 1, 1]
    assert len({said.key for said in prompt.said()}) == 4


async def test_a_retry_that_says_so_is_never_computed_again(prompt: Front) -> None:
    key = {"Idempotency-Key": "k1"}
    again = {"x-stainless-retry-count": "1"}

    for headers in ({}, again, again, key, key):
        await prompt.ask(user("a joke"), extra_headers=headers)

    assert len(prompt.said()) == 2


async def test_an_answer_survives_our_restart(tmp_path: Path) -> None:
    desk = FakeDesk(tmp_path, answer="Done.")
    async with front(tmp_path, desk=desk) as before:
        await before.ask(user("once"))
    async with front(tmp_path, desk=desk) as after:
        assert await after.content(user("once")) == "Done."

    assert len([heard for heard in desk.heard if heard.what == "say"]) == 1


async def test_an_old_answer_is_not_given_to_a_new_question(tmp_path: Path) -> None:
    desk = FakeDesk(tmp_path, answer="It rains.")
    async with front(tmp_path, desk=desk) as before:
        await before.ask(user("how is the weather?"))
        await before.ask(user("how is the weather?"))
    desk.entries[1] = [_aged(entry) for entry in desk.entries[1]]
    async with front(tmp_path, desk=desk) as after:
        await after.ask(user("how is the weather?"))

        assert len(after.said()) == 3
        assert {said.conversation for said in after.said()} == {1}


def _aged(entry: Entry) -> Entry:
    """As if it were of a quarter of an hour ago."""
    assert entry.view.ended_at
    return replace(entry, view=replace(entry.view, ended_at=entry.view.ended_at - 900))
