"""Parley's own cards: menus, and what becomes of a turn that gives trouble."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import Choice, Sender, Text
from adapters.views import Option, QuestionStatus
from bot.access import Access
from bot.cards import Asker, asker_of, pressed
from bot.menus import Menu, MenuChoice, menu_card
from bot.outcomes import Answered, NotYours, Ordered, Stopped, TryAgain, Waited
from runner.base import Allow
from runner.events import Possible, Question, QuestionsAsked
from store.records import TurnId, TurnState
from tests.bot.table import Table, table
from tests.fakes import ADA

BOB = Sender("1002", "Bob")
ASKER = Asker(person="fake:1001", name="Ada", platform="fake", for_id=ADA.id)


def model_menu(number: int = 3, *, words_to: str = "", title: str = "Model?") -> Menu:
    choices = [
        MenuChoice(f"Model {nth}", "model", f"m-{nth}") for nth in range(1, number + 1)
    ]
    return Menu(
        kind="order", title=title, choices=choices, words_to=words_to, asker=ASKER
    )


def labels(at: Table) -> list[str]:
    return [option.label for option in at.card.options]


async def test_choosing_from_a_menu_is_like_giving_the_command(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        asker = asker_of(await at.inbound(Text("/model")))
        menu = Menu(
            kind="order",
            title="Model?",
            body="Now: m-0",
            choices=[MenuChoice("One", "model", "m-1", "good", "the first")],
            asker=asker,
        )

        await at.questions.menu(menu)

        assert (at.card.turn_id, at.card.for_id, at.card.reply_to) == (
            "",
            ADA.id,
            "m-2",
        )
        [option] = at.card.options
        assert (option.label, option.style, option.description) == (
            "One",
            "good",
            "the first",
        )
        assert await at.press("o1") == Ordered("model", "m-1")
        assert at.card.outcome == "Ada: One"


async def test_a_menu_is_chosen_from_once(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu())

        assert await at.press("o2") == Ordered("model", "m-2")
        assert await at.press("o2") is None
        assert await at.press("o1") is None

        assert at.card.outcome == "Ada: Model 2"


async def test_a_long_menu_has_pages_in_one_card(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu(16))
        assert labels(at) == [*(f"Model {n}" for n in range(1, 8)), "More… (2 of 3)"]

        assert await at.press("page-1") is None
        assert labels(at) == [*(f"Model {n}" for n in range(8, 15)), "More… (3 of 3)"]
        assert await at.press("page-2") is None
        assert labels(at) == ["Model 15", "Model 16", "More… (1 of 3)"]
        assert await at.press("page-0") is None

        assert len({view.id for view in at.shown}) == 1
        assert await at.press("o16") == Ordered("model", "m-16")


@given(st.integers(min_value=9, max_value=70), st.booleans())
def test_every_choice_is_on_one_page(number: int, others: bool) -> None:
    card = menu_card(model_menu(number, words_to="model" if others else ""))
    pages: list[tuple[Option, ...]] = []
    while not pages or pages[-1][-1].id != "page-0":
        pages.append(card.shown.options)
        turned = pressed(card, Choice(card.view.id, pages[-1][-1].id))
        assert turned is not None
        card = turned

    found = [one.id for page in pages for one in page if one.id.startswith("o")]
    assert [id_ for id_ in found if id_ != "other"] == [
        f"o{nth}" for nth in range(1, number + 1)
    ]
    assert found.count("other") == others * len(pages)
    assert max(map(len, pages)) <= 8


async def test_as_many_as_fit_are_not_paged(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu(8))

        assert len(labels(at)) == 8
        assert labels(at)[-1] == "Model 8"


async def test_plain_words_are_taken_once_they_were_asked_for(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu(9, words_to="model"))
        assert labels(at)[-2:] == ["✏️ Something else…", "More… (2 of 2)"]
        written = await at.inbound(Text("fix the bug"))
        assert at.questions.waits_for_words(written) is None

        assert await at.press("other") is None
        before = await at.left()

        assert at.card.body == "Write it as your next message."
        assert await at.say("m-99") == Ordered("model", "m-99")
        assert at.card.outcome == "Ada: m-99"
        assert await at.left() == before  # and is no message any more


async def test_words_go_to_the_card_that_asked_for_them_last(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        size = Question("Which size?", "Size", (Possible("S"),))
        await at.questions.agent_asks(
            QuestionsAsked("r-1", (size,)), await at.turn(), language="en"
        )
        await at.questions.menu(model_menu(words_to="model"))
        await at.press("other")

        assert await at.say("m-99") == Ordered("model", "m-99")
        assert await at.say("XL") == Answered("r-1", Allow(answers={size.text: "XL"}))


async def test_words_given_with_a_press_need_not_be_asked_for(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu(words_to="model"))

        assert await at.press("", text="m-99") == Ordered("model", "m-99")


async def test_a_menu_without_words_takes_none(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu())

        assert await at.press("", text="m-99") is None
        assert await at.press("other", text="m-99") is None
        assert await at.press("o4") is None

        assert not at.card.final


async def test_a_menu_is_for_whoever_opened_it(tmp_path: Path) -> None:
    async with table(tmp_path, Access({"fake": [ADA.id, BOB.id]})) as at:
        await at.questions.menu(model_menu())

        outcome = await at.press("o1", BOB)

        assert isinstance(outcome, NotYours)
        assert outcome.words("ko") == "Ada 님만 결정할 수 있습니다."


async def test_what_only_admins_decide_says_so(tmp_path: Path) -> None:
    access = Access({"fake": [ADA.id]}, admins=["fake:1002"])
    async with table(tmp_path, access) as at:
        menu = Menu(
            kind="budget",
            title="Run it anyway?",
            choices=[MenuChoice("Run anyway", "again", "t1 anyway")],
            asker=ASKER,
            decider="admins",
        )

        await at.questions.menu(menu)

        assert at.card.body == "An admin decides this: fake:1002."
        assert at.card.for_id == BOB.id
        assert isinstance(await at.press("o1"), NotYours)
        assert await at.press("o1", BOB) == Ordered("again", "t1 anyway")


async def test_a_person_has_one_menu_at_a_time(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu(title="Project?"))
        await at.questions.menu(model_menu())
        _, over, first = at.shown
        assert (over.title, over.outcome) == ("Project?", "No longer needed")
        at.seat()

        await at.questions.menu(model_menu())

        over, again = at.shown[-2:]
        assert (over.id, over.outcome) == (first.id, "Asked again below")
        assert again.id != first.id
        assert len(await at.store.open_decisions(at.conversation.id)) == 1


async def test_a_menu_is_over_when_its_command_is_given_by_name(
    tmp_path: Path,
) -> None:
    async with table(tmp_path) as at:
        await at.questions.menu(model_menu())

        await at.questions.outdate("project")
        assert len(await at.store.open_decisions(at.conversation.id)) == 1
        await at.questions.outdate("model")

        assert at.shown[-1].outcome == "No longer needed"


# --- restarts and kills -------------------------------------------------------


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
