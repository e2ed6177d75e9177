"""The agent asks, people answer: in buttons, in words, or not at all."""

from tests.e2e.conversation.scenes import memory, on
from tests.e2e.conversation.surface import Surface
from tests.messages_orders import ask, question

SIZE = question("Which size?", "Small", "Large", header="Size")
TOPPINGS = question("What toppings?", "Cheese", "Ham", "Egg", header="T", several=True)


async def test_several_are_chosen_then_one_then_words_are_an_answer(
    chat: Surface,
) -> None:
    name = question("What name?", "Ada", "Bob", header="Name")
    await chat.begin()
    await chat.say(ask(TOPPINGS, SIZE, name))

    await chat.shows("What toppings?")
    await chat.tick("Cheese", "Egg")
    await chat.shows("Which size?")
    await chat.press("Large")
    await chat.shows("What name?")
    await chat.say("the one on the bill")

    await chat.answered("Tool said")
    for answer in ("Cheese, Egg", "Large", "the one on the bill"):
        assert f'="{answer}"' in memory(chat)
    assert len(chat.parley.rows("SELECT 1 FROM turn")) == 1


async def test_a_question_need_not_be_answered(chat: Surface) -> None:
    await chat.begin()
    await chat.say(ask(SIZE))
    await chat.shows("Which size?")

    await chat.press("Don’t answer")

    await chat.answered("chose not to answer")
    await chat.shows("Not answered by")


@on(["slack"])  # the row decides, whatever the platform
async def test_a_rule_given_for_good_holds_after_a_restart(chat: Surface) -> None:
    await chat.begin()
    await chat.say("RUN[touch here.txt]RUN")
    await chat.press("Always:")
    await chat.shows("Always allowed by")
    await chat.answered("Tool said")

    await chat.parley.kill()
    await chat.begin()
    await chat.say("RUN[touch here.txt]RUN")

    await chat.until(lambda: memory(chat).count("tool_result") == 2)
    await chat.answered("Tool said")
    assert len(chat.parley.rows("SELECT 1 FROM decision")) == 1
