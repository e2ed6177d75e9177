"""Words slipped into a running turn, with the real `claude`."""

from runner.base import Allow, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import (
    PermissionRequested,
    PromptJoined,
    TextDelta,
    TextFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Say, Use
from tests.runner.talk import UNTIL, talking


async def test_steered_words_join_at_the_next_tool_boundary(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt(f"RUN[{UNTIL.format('go')}]RUN")
        await talk.until(ToolStarted)
        one = await talk.steer("and be brief")
        two = await talk.steer("and be kind")
        await talk.read()
        (spec.workspace / "go").touch()
        end = await talk.finished(id_)

    assert end.stop_reason == "end_turn"
    assert [e.turn for e in talk.all(PromptJoined)] == [one, two]
    assert [e.turn for e in talk.all(TurnFinished)] == [id_]
    assert len(api.requests) == 2
    assert "and be brief" in api.requests[1].everything
    assert "and be kind" in api.requests[1].everything


async def test_steered_words_join_once_a_permission_is_given(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.answer = None
        id_ = await talk.prompt("RUN[touch made]RUN")
        asked = await talk.until(PermissionRequested)
        steered = await talk.steer("and be brief")
        await talk.read()
        await talk.session.answer(asked.request_id, Allow())
        await talk.finished(id_)

    assert [e.turn for e in talk.all(PromptJoined)] == [steered]


async def test_words_steered_at_one_boundary_after_another_join_each(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    api.then(
        Reply(blocks=[Use("Bash", {"command": UNTIL.format("first")})]),
        Reply(blocks=[Use("Bash", {"command": UNTIL.format("second")})]),
        Reply(blocks=[Say("done")]),
    )
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt("go")
        await talk.until(ToolStarted)
        one = await talk.steer("one")
        await talk.read()
        (spec.workspace / "first").touch()
        await talk.until(ToolStarted)
        two = await talk.steer("two")
        await talk.read()
        (spec.workspace / "second").touch()
        await talk.finished(id_)

    assert [e.turn for e in talk.all(PromptJoined)] == [one, two]


async def test_words_steered_too_late_get_one_turn_of_their_own(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt("HOLD[gate] SAY[first answer]")
        await talk.until(TextDelta)
        one = await talk.steer("SAY[to one]")
        two = await talk.steer("SAY[to two]")
        await talk.read()
        api.release("gate")
        first = await talk.finished(id_)
        own = await talk.finished(one)

    assert (first.text, own.text) == ("first answer", "to two")
    assert [e.turn for e in talk.all(TurnStarted)] == [id_, one]
    assert [e.turn for e in talk.all(PromptJoined)] == [two]


async def test_the_turn_of_steered_words_never_passes_for_the_next_prompt(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        first = await talk.prompt("HOLD[gate] SAY[first answer]")
        await talk.until(TextDelta)
        steered = await talk.steer("HOLD[later] SAY[to the steered]")
        await talk.read()
        api.release("gate")
        await talk.finished(first)

        second = await talk.prompt("SAY[second answer]")
        api.release("later")
        own = await talk.finished(steered)
        last = await talk.finished(second)

    assert (own.text, last.text) == ("to the steered", "second answer")
    begun = [e.turn for e in talk.all(TurnStarted)]
    assert begun == [first, steered, second]


async def test_words_steered_right_at_the_end_are_answered_for(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        await talk.prompt("SAY[first]")
        await talk.until(TextFinished)
        steered = await talk.steer("SAY[late]")
        own = await talk.finished(steered)

    assert own.text == "late"


async def test_an_interrupt_drops_what_was_steered_in(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt("HOLD[gate] SAY[first answer]")
        await talk.until(TextDelta)
        steered = await talk.steer("SAY[by surprise]")
        await talk.session.interrupt()
        ends = {
            (await talk.until(TurnFinished)).turn,
            (await talk.until(TurnFinished)).turn,
        }
        after = await talk.turn("SAY[after]")

    assert ends == {id_, steered}
    assert {e.stop_reason for e in talk.all(TurnFinished)} == {
        "interrupted",
        "end_turn",
    }
    assert after.text == "after"
    assert not any("by surprise" in request.everything for request in api.requests)


async def test_closing_ends_a_turn_of_steered_words_at_once(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt("HOLD[gate] SAY[first answer]")
        await talk.until(TextDelta)
        steered = await talk.steer("HOLD[never] SAY[to the steered]")
        api.release("gate")
        await talk.finished(id_)
        await talk.until(TurnStarted)

    assert (await talk.finished(steered)).stop_reason == "interrupted"
