"""The agent asks; a person answers with buttons or words, and is heard once."""

import signal

from tests.e2e.parley import Parley, eventually
from tests.e2e.test_kills import gone
from tests.e2e.test_stories import STOP, answered, shows, texts
from tests.messages_orders import ask, question
from tests.telegram_server import Message

SIZE = question("Which size?", "Small", "Large", header="Size")
TOPPINGS = question("What toppings?", "Cheese", "Ham", header="Toppings", several=True)


def heard(parley: Parley) -> str:
    """All that the model was told, as it was asked last."""
    return parley.api.requests[-1].everything.replace('\\"', '"')


SKIP = "🚫 Don’t answer"


async def card(parley: Parley, words: str) -> Message:
    """The newest message asks this, and Parley knows that it is there."""
    chat = await parley.telegram.until(
        lambda chat: shows(chat, words) and bool(chat[-1].buttons), timeout_s=30
    )
    recorded = "SELECT 1 FROM post WHERE ref = ?"
    await eventually(lambda: parley.rows(recorded, str(chat[-1].id)))
    return chat[-1]


async def test_a_question_is_answered_with_a_button(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say(ask(SIZE))
    asked = await card(parley, "Which size?")
    assert asked.labels == ["Small", "Large", SKIP]
    assert "Large — this is Large" in asked.text
    assert "in your own words" in asked.text
    assert not asked.silent

    parley.telegram.press(asked, "Large")

    await answered(parley, "Tool said")
    assert '"Which size?"="Large"' in heard(parley)
    assert asked.text.endswith("✅ Ada: Large")


async def test_several_are_ticked_and_then_words_answer_the_next(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.say(ask(TOPPINGS, SIZE))
    asked = await card(parley, "What toppings?")
    assert asked.labels == ["☐ Cheese", "☐ Ham", "✅ Done", SKIP]

    parley.telegram.press(asked, "☐ Ham")
    await parley.telegram.until(lambda _: "☑ Ham" in asked.labels)
    parley.telegram.press(asked, "✅ Done")
    second = await card(parley, "Which size?")
    await parley.telegram.until(lambda _: asked.text.endswith("✅ Ada: Ham"))
    parley.telegram.say("as large as they come")

    chat = await answered(parley, "Tool said")
    assert '"What toppings?"="Ham"' in heard(parley)
    assert '"Which size?"="as large as they come"' in heard(parley)
    await parley.telegram.until(lambda _: not second.buttons)
    assert second.text.endswith("✅ Ada: as large as they come")
    assert not any("Queued" in text for text in texts(chat))
    assert parley.rows("SELECT count(*) FROM turn") == [(1,)]


async def test_a_stop_takes_the_question_away(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say(ask(SIZE))
    asked = await card(parley, "Which size?")
    running = next(m for m in parley.telegram.chat() if STOP in m.labels)

    parley.telegram.press(running, STOP)

    await parley.telegram.until(lambda _: not asked.buttons)
    parley.telegram.say("SAY[still here]")
    await answered(parley, "still here")


async def test_an_answer_survives_a_kill_before_the_agent_used_it(
    parley: Parley,
) -> None:
    """The agent asks two things; with one answered, all dies."""
    await parley.start()
    parley.telegram.say(ask(SIZE, TOPPINGS))
    await card(parley, "Which size?")
    parley.telegram.say("family size")
    second = await card(parley, "What toppings?")

    await parley.kill()
    await gone(parley)
    await parley.start()

    await answered(parley, "interrupted while working")
    assert not second.buttons
    assert "Which size? — family size" in heard(parley)
    assert parley.rows("SELECT count(*) FROM turn") == [(1,)]


async def test_words_that_find_no_question_any_more_are_a_message(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.say(ask(SIZE))
    asked = await card(parley, "Which size?")

    await parley.kill()
    await gone(parley)
    parley.telegram.say("SAY[heard you]")
    await parley.start()

    await answered(parley, "heard you")
    assert not asked.buttons
    assert parley.rows("SELECT count(*) FROM turn") == [(2,)]


async def test_the_agent_dies_with_its_question(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say(ask(SIZE))
    asked = await card(parley, "Which size?")
    (agent,) = parley.agents()

    agent.send_signal(signal.SIGKILL)

    await answered(parley, "interrupted while working")
    assert not asked.buttons
