"""Menus and cards through restarts, and those that a turn makes."""

from pathlib import Path

import pytest

from adapters.views import QuestionStatus
from bot.outcomes import Ordered, Stopped, TryAgain, Waited
from store.records import TurnId, TurnState
from tests.bot.menu import labels, model_menu
from tests.bot.table import table
from tests.fakes import BOB


async def test_a_menu_works_after_a_restart(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu(16))
        await at.store.withdraw_all()
        at.seat()

        assert await at.press("page-2") is None
        assert labels(at)[0] == "Model 15"
        assert await at.press("o9") == Ordered("model", "m-9")


async def test_a_press_that_a_kill_cut_off_has_the_same_outcome_again(
    tmp_path: Path,
) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu())
        card = at.card
        before = await at.left()
        assert await at.press("o2") == Ordered("model", "m-2")
        assert len(await at.left()) == len(before) + 1  # it is delivered again
        at.seat()

        assert await at.press("o1", view=card) is None
        assert await at.press("o2", BOB, view=card) is None
        assert await at.press("o2", view=card) == Ordered("model", "m-2")
        assert await at.press("o2", view=card) is None

        assert at.card.outcome == "Ada: Model 2"


# --- turns --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "outcome", "words"),
    [
        ("wait", Waited, "Ada keeps waiting"),
        ("end", Stopped, "Stopped by Ada"),
        ("redo", TryAgain, "Stopped and tried again, as Ada asked"),
    ],
)
async def test_whoever_waits_for_a_silent_turn_says_what_becomes_of_it(
    tmp_path: Path, option: str, outcome: type[Waited | Stopped | TryAgain], words: str
) -> None:
    async with table(tmp_path) as at:
        turn = await at.turn()
        await at.questions.watch("Silent for 5 min.", turn, language="en")
        assert (at.card.title, at.card.body) == ("Keep waiting?", "Silent for 5 min.")
        at.seat()

        assert await at.press(option) == outcome(turn.id)

        assert at.card.outcome == words


async def test_a_card_about_silence_goes_when_the_agent_speaks(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        turn = await at.turn()
        await at.questions.watch("Silent.", turn, language="en")
        await at.questions.watch("A tool runs for 10 min.", turn, language="en")
        assert [view.outcome for view in at.shown] == ["", "Asked again below", ""]

        await at.questions.withdraw()
        await at.questions.withdraw_own("watch", TurnId(turn.id + 1))
        assert not at.card.final
        await at.questions.withdraw_own("watch", turn.id)

        assert at.card.status is QuestionStatus.WITHDRAWN
        assert await at.store.open_decisions(at.conversation.id) == []


@pytest.mark.parametrize(("option", "again"), [("again", True), ("leave", False)])
async def test_a_turn_that_was_given_up_is_tried_again_if_somebody_says_so(
    tmp_path: Path, option: str, again: bool
) -> None:
    async with table(tmp_path) as at:
        turn = await at.turn()
        await at.questions.whether_to_retry(turn, language="en")
        assert "interrupted 0 times" in at.card.body

        outcome = await at.press(option)

        assert outcome == (TryAgain(turn.id) if again else None)
        assert at.card.refused is not again


@pytest.mark.parametrize("over", [False, True])
async def test_a_turn_that_goes_on_already_is_not_begun_again_after_a_kill(
    tmp_path: Path, over: bool
) -> None:
    async with table(tmp_path) as at:
        turn = await at.turn()
        if over:
            await at.store.finish_turn(
                turn.id,
                state=TurnState.FAILED,
                view="{}",
                answer="",
                cost_usd=None,
                tokens=None,
            )
        await at.questions.whether_to_retry(turn, language="en")
        card = at.card
        assert await at.press("again") == TryAgain(turn.id)
        at.seat()

        again = await at.press("again", view=card)

        assert again == (TryAgain(turn.id) if over else None)
