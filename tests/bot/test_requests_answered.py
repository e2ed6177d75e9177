"""Plans and questions: how they are answered, and when nobody needs to."""

from pathlib import Path

import pytest

from adapters.inbound import Choice
from adapters.views import QuestionStatus
from bot.cards import RESTARTED, closed_card
from bot.outcomes import Answered
from runner.base import Allow
from runner.events import PlanProposed, Possible, Question, QuestionsAsked
from tests.bot.requesting import RUN, SIZE, heard, ids, refusal
from tests.bot.table import table

PLAN = PlanProposed("pl-1", "1. Look\n2. Leap")
TOPPINGS = Question("Which?", "", (Possible("Cheese"), Possible("Ham")), several=True)


@pytest.mark.parametrize(
    ("option", "answer", "outcome"),
    [
        ("approve", Allow(), "Approved by Ada"),
        ("edits", Allow(mode="acceptEdits"), "Approved by Ada, edits accepted"),
    ],
)
async def test_a_plan_is_approved(
    tmp_path: Path, option: str, answer: Allow, outcome: str
) -> None:
    async with table(tmp_path) as at:
        await at.questions.plan(PLAN, await at.turn(), language="en")
        assert at.card.title == "Go ahead with this plan?"
        assert ids(at) == ["approve", "edits", "feedback", "drop"]

        assert await at.press(option) == Answered("pl-1", answer)

        assert (at.card.outcome, at.card.refused) == (outcome, False)


async def test_plain_words_are_feedback_on_a_plan_word_for_word(
    tmp_path: Path,
) -> None:
    async with table(tmp_path) as at:
        turn = await at.turn()
        await at.questions.plan(PLAN, turn, language="en")

        reason = refusal(await at.say("look\ntwice"))

        assert reason.startswith("The person has read the plan")
        assert reason.endswith("They say:\n\nlook\ntwice")
        assert at.card.outcome == "Feedback from Ada: look twice"
        assert at.card.refused
        assert await at.left() == []
        told = await at.questions.answered(turn.id)
        assert told == {"Go ahead with this plan?": "look\ntwice"}


async def test_feedback_is_asked_for_with_a_button(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.plan(PLAN, await at.turn(), language="en")

        assert await at.press("feedback") is None
        assert at.card.body.startswith("Write what should be different.")
        assert not at.card.final

        assert refusal(await at.press("feedback", text="leap first")).endswith(
            "\n\nleap first"
        )


async def test_a_plan_may_be_dropped(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        turn = await at.turn()
        await at.questions.plan(PLAN, turn, language="en")

        reason = refusal(await at.press("drop"))

        assert "does not want this plan" in reason
        assert at.card.outcome == "Planning stopped by Ada"
        assert await at.questions.answered(turn.id) == {}


# --- questions ----------------------------------------------------------------


async def test_a_question_need_not_be_answered(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        turn = await at.turn()
        await at.questions.agent_asks(
            QuestionsAsked("r-1", (SIZE, TOPPINGS)), turn, language="en"
        )
        assert await at.press("o2") is None
        assert [box.id for box in at.card.boxes] == ["o1", "o2"]
        assert [button.id for button in at.card.buttons] == ["skip"]

        reason = refusal(await at.press("skip"))

        assert reason.startswith("The person chose not to answer.")
        assert reason.endswith("- Which **size**? — L")
        assert at.card.outcome == "Not answered by Ada"
        assert at.card.refused
        assert await at.questions.answered(turn.id) == {SIZE.text: "L"}


async def test_a_platform_that_makes_a_box_of_not_answering_is_understood(
    tmp_path: Path,
) -> None:
    async with table(tmp_path) as at:
        asks = QuestionsAsked("r-1", (TOPPINGS,))
        await at.questions.agent_asks(asks, await at.turn(), language="en")
        choice = Choice(at.card.id, "done", chosen=("o1", "skip"))

        outcome = await at.questions.choose(await at.inbound(choice), choice)

        assert "chose not to answer" in refusal(outcome)


async def test_nothing_ticked_is_an_answer_in_words_of_each(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        asks = QuestionsAsked("r-1", (TOPPINGS,))
        await at.questions.agent_asks(asks, await at.turn(), language="ko")

        outcome = await at.press("done")

        assert heard(outcome) == Allow(answers={TOPPINGS.text: "none of these"})
        assert at.card.outcome == "Ada: 해당 없음"


# --- when nobody needs to any more --------------------------------------------


async def test_why_a_card_was_withdrawn_is_known_after_a_restart(
    tmp_path: Path,
) -> None:
    async with table(tmp_path) as at:
        await at.questions.permission(RUN, await at.turn(), language="ko", project="")
        await at.questions.plan(PLAN, await at.turn(), language="en")

        await at.questions.withdraw(["p-1"])
        [left] = await at.store.withdraw_all(why=RESTARTED)

        over = await at.store.decision(at.shown[0].id)
        assert over is not None
        assert closed_card(over) == at.card
        assert at.card.outcome == "더 이상 필요하지 않습니다"
        assert closed_card(left).outcome.startswith("Parley restarted")


async def test_a_press_on_a_card_of_an_agent_that_is_gone_closes_it(
    tmp_path: Path,
) -> None:
    async with table(tmp_path) as at:
        await at.questions.permission(
            RUN, await at.turn(), project="shop", language="en"
        )
        asked = at.card
        await at.store.withdraw_all(why=RESTARTED)
        at.seat()

        assert await at.press("always", view=asked) is None

        assert at.card.status is QuestionStatus.WITHDRAWN
        assert at.adopted == [asked.id]
        assert await at.store.rules("shop") == []
