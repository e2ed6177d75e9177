"""Menus: choosing is like giving the command, once, by whoever opened it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import Choice, Text
from adapters.views import Option
from bot.access import Access
from bot.cards import asker_of, pressed
from bot.menus import Menu, MenuChoice, menu_card
from bot.outcomes import Answered, NotYours, Ordered
from runner.base import Allow
from runner.events import Possible, Question, QuestionsAsked
from tests.bot.menu import ASKER, labels, model_menu
from tests.bot.table import table
from tests.fakes import ADA, BOB


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
