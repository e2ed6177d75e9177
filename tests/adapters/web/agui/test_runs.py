"""An AG-UI run is a turn, told to its end, and once."""

from pathlib import Path

from adapters.views import Said, Step, TurnStatus
from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from tests.adapters.web.agui.front import Front
from tests.adapters.web.agui_thread import Thread, read
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import ANYWHERE, client, serving


async def test_a_run_is_told_to_its_end_under_the_clients_own_names(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")

    async with waiting.run(thread, forwardedProps={"project": "site"}) as stream:
        await waiting.heard(1)
        waiting.desk.grow(1, "t1", Said("Let me look."), Step("c1", "Read"))
        waiting.desk.grow(
            1, "t1", Said("Let me look."), Step("c1", "Read", ok=True, output="x = 1")
        )
        waiting.desk.finish(1, "t1", "Done.")
        async for id_, event in stream:
            thread.take(id_, event)

    assert thread.runs["r1"]["threadId"] == thread.id
    assert thread.runs["r1"]["result"]["answer"] == "Done."
    assert thread.answers() == ["Let me look.", "Done."]
    assert thread.results == {"c1": "x = 1"}
    assert thread.metadata == {"session": 1, "turn": "t1"}
    assert waiting.desk.heard[0].value.project == "site"


async def test_a_thread_goes_on_in_its_session_with_the_new_message_only(
    prompt: Front, thread: Thread
) -> None:
    thread.say("One")
    await prompt.whole(thread)
    thread.say("Two", "m2")
    await prompt.whole(thread, "r2")

    assert [(heard.conversation, heard.value) for heard in prompt.said()] == [
        (1, "One"),
        (1, "Two"),
    ]
    assert thread.answers() == ["All green.", "All green."]
    assert "MESSAGES_SNAPSHOT" not in thread.kinds


async def test_the_same_run_again_follows_the_same_turn_also_after_a_restart(
    tmp_path: Path, thread: Thread
) -> None:
    thread.say("Once")
    desk, doorman = FakeDesk(tmp_path, answer="Done."), Doorman(tmp_path)
    again = Thread(messages=list(thread.messages))

    for asked in (thread, again):
        async with (
            serving(create_app(desk, doorman, ANYWHERE)) as server,
            client(server, doorman.token) as http,
        ):
            await Front(desk, http).whole(asked)

    assert [heard.what for heard in desk.heard] == ["begin", "say"]
    assert thread.messages == again.messages
    assert again.answers() == ["Done."]


async def test_a_run_that_was_cut_off_is_told_again_without_what_came_before(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")
    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        waiting.desk.grow(1, "t1", Said("Let me", complete=False))
        await read(stream, thread, "TEXT_MESSAGE_CONTENT")
    cut = Thread(messages=thread.messages)

    async with waiting.run(cut, "r2") as stream:
        await read(stream, cut, "TEXT_MESSAGE_CONTENT")
        waiting.desk.grow(1, "t1", Said("Let me look."))
        waiting.desk.finish(1, "t1", "Done.")
        async for id_, event in stream:
            cut.take(id_, event)

    assert cut.answers() == ["Let me look.", "Done."]
    assert len(waiting.said()) == 1


async def test_without_a_new_message_the_newest_turn_is_followed(
    prompt: Front, thread: Thread
) -> None:
    thread.say("One")
    await prompt.whole(thread)
    await prompt.desk.say(1, "From the page", key="page")

    ended = await prompt.whole(thread, "r2")

    assert ended["result"]["prompt"] == "From the page"
    assert thread.answers() == ["All green.", "All green."]


async def test_a_thread_whose_session_was_deleted_begins_anew(
    prompt: Front, thread: Thread
) -> None:
    thread.say("One")
    await prompt.whole(thread)
    await prompt.desk.delete(1)
    thread.say("Two", "m2")

    await prompt.whole(thread, "r2")

    again = prompt.said()[-1]
    assert again.conversation == 2
    assert again.value.startswith(
        "What was said before:\n\nUser: One\n\nAssistant: All green."
    )
    assert again.value.endswith("\n\nTwo")


async def test_a_turn_that_is_begun_anew_takes_back_what_was_told_of_it(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")

    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        waiting.desk.grow(1, "t1", Said("A draft that", complete=False))
        await read(stream, thread, "TEXT_MESSAGE_CONTENT")
        waiting.desk.grow(1, "t1", Said("Other words"))
        waiting.desk.finish(1, "t1")
        async for id_, event in stream:
            thread.take(id_, event)

    assert thread.answers() == ["Other words"]
    assert thread.kinds.count("RUN_STARTED") == 1


async def test_a_failed_turn_is_a_run_error(waiting: Front, thread: Thread) -> None:
    thread.say("Fix it")

    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        failed = TurnStatus.FAILED
        waiting.desk.finish(1, "t1", status=failed, note="The limit is reached.")
        await read(stream, thread, "RUN_ERROR")
        assert await anext(stream, None) is None

    assert thread.runs["r1"]["message"] == "The limit is reached."


async def test_a_session_deleted_meanwhile_ends_the_run_with_an_error(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")

    async with waiting.run(thread) as stream:
        await read(stream, thread, "STATE_SNAPSHOT")
        await waiting.desk.delete(1)
        await read(stream, thread, "RUN_ERROR")

    assert thread.runs["r1"]["code"] == "deleted"
