"""Queue, steer, interrupt: what happens to words that come while a turn runs."""

from pathlib import Path

from tests.e2e.conversation.scenes import (
    CANCEL,
    INSTEAD,
    STOP,
    TELL,
    TOLD,
    at_work,
    heard,
    on,
    states,
    steer,
    works,
)
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import eventually


async def test_words_are_told_to_the_agent_at_its_next_pause(
    chat: Surface, tmp_path: Path
) -> None:
    await chat.begin()
    gate = tmp_path / "gate"
    await works(chat, gate)

    await steer(chat, "and be quick")
    assert not any(CANCEL in label for label in chat.labels())  # it is on its way
    await steer(chat, "and be kind")
    gate.touch()

    await chat.until(lambda: sum(TOLD in text for text in chat.texts()) == 2)
    await chat.answered("Tool said")
    assert len(chat.parley.api.requests) == 2
    assert heard(chat, "and be quick") == heard(chat, "and be kind") == 1
    assert states(chat) == ["answered", "joined", "joined"]


@on(["slack"])  # the agent's business, not the platform's
async def test_words_that_come_too_late_for_a_pause_get_an_answer_of_their_own(
    chat: Surface,
) -> None:
    await chat.begin()
    await chat.say("HOLD[gate] SAY[Slowly the answer comes]")
    await chat.shows("Slowly")

    await steer(chat, "SAY[said afterwards]")
    chat.parley.api.release("gate")

    await chat.shows("Slowly the answer comes")
    await eventually(lambda: heard(chat, "SAY[said afterwards]") == 1)
    await chat.answered("said afterwards")
    await eventually(lambda: states(chat) == ["answered", "answered"])


async def test_words_can_replace_what_runs(chat: Surface, tmp_path: Path) -> None:
    await chat.begin()
    await works(chat, tmp_path / "never")

    await chat.say("SAY[the other thing]")
    await chat.press(INSTEAD)

    await chat.answered("the other thing")
    await chat.shows("Replaced by your next message.")
    await eventually(lambda: not at_work(chat))


@on(["slack", "web"])  # Telegram's buttons are pressed above
async def test_what_waits_can_be_taken_out(chat: Surface, tmp_path: Path) -> None:
    await chat.begin()
    gate = tmp_path / "gate"
    await works(chat, gate)
    await chat.say("SAY[never said]")
    await chat.press(CANCEL)
    await chat.shows("Taken out of the queue.")
    gate.touch()

    await chat.answered("Tool said")

    assert "never said" not in str([r.body for r in chat.parley.api.requests])


@on(["telegram"])  # a stream of Slack's has no buttons
async def test_what_could_not_be_told_before_a_stop_is_done_next(
    chat: Surface, tmp_path: Path
) -> None:
    await chat.begin()
    await works(chat, tmp_path / "never")
    await steer(chat, "SAY[the next thing]")

    await chat.press(STOP)

    await chat.answered("the next thing")
    assert heard(chat, "SAY[the next thing]") == 1
    await eventually(lambda: states(chat) == ["cancelled", "answered"])
    await eventually(lambda: not at_work(chat))


@on(["slack", "web"])
async def test_stop_in_words_ends_also_what_is_on_its_way(
    chat: Surface, tmp_path: Path
) -> None:
    await chat.begin()
    await works(chat, tmp_path / "never")
    await steer(chat, "SAY[never said]")
    await chat.say("SAY[nor this]")
    await chat.offers(TELL)

    await chat.command("stop")

    await chat.until(lambda: not chat.labels())
    await eventually(lambda: states(chat) == ["cancelled"] * 3)
    await chat.say("SAY[at peace]")
    await chat.answered("at peace")
    memory = str([request.body for request in chat.parley.api.requests])
    assert "never said" not in memory
    assert "nor this" not in memory
