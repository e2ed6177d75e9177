"""What an agent asks people: permissions, plans, questions; and what it hears."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.inbound import Choice, Sender
from adapters.views import QuestionStatus
from bot.access import Access
from bot.cards import RESTARTED, closed_card
from bot.outcomes import Answered, NotYours
from runner.base import Allow, Answer, Deny
from runner.events import (
    PermissionRequested,
    Phrase,
    PlanProposed,
    Possible,
    Question,
    QuestionsAsked,
)
from tests.bot.table import Table, table
from tests.fakes import ADA

BOB = Sender("1002", "Bob")
RUN = PermissionRequested(
    "p-1",
    "Bash",
    "execute",
    Phrase("ask-run"),
    body="`npm test -- --watch`",
    can_remember=True,
    patterns=("Bash(npm test -- --watch)", "Bash(npm test:*)", "Bash(npm:*)"),
)
PLAN = PlanProposed("pl-1", "1. Look\n2. Leap")
SIZE = Question("Which **size**?", "Size", (Possible("S"), Possible("L")))
TOPPINGS = Question("Which?", "", (Possible("Cheese"), Possible("Ham")), several=True)


def ids(at: Table) -> list[str]:
    return [option.id for option in at.card.options]


def heard(outcome: object) -> Answer:
    assert isinstance(outcome, Answered)
    return outcome.answer


def refusal(outcome: object) -> str:
    answer = heard(outcome)
    assert isinstance(answer, Deny)
    return answer.reason


# --- permissions --------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "rule"),
    [("always", "Bash(npm test -- --watch)"), ("wider", "Bash(npm test:*)")],
)
async def test_always_keeps_a_rule_with_the_decision(
    tmp_path: Path, option: str, rule: str
) -> None:
    async with table(tmp_path) as at:
        await at.questions.permission(
            RUN, await at.turn(), project="shop", language="en"
        )
        assert at.card.permission
        assert ids(at) == ["once", "session", "always", "wider", "deny"]

        outcome = await at.press(option)

        assert outcome == Answered("p-1", Allow("session", rules=(rule,)))
        assert at.card.outcome == f"Always allowed by Ada: {rule}"
        assert not at.card.refused
        [kept] = await at.store.rules("shop")
        assert (kept.pattern, kept.added_by) == (rule, "fake:1001 Ada")
        assert await at.left() == []


async def test_a_decision_that_comes_second_keeps_no_rule(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.permission(
            RUN, await at.turn(), project="shop", language="en"
        )
        card = at.card
        await at.store.withdraw(card.id)

        assert await at.press("always", view=card) is None

        assert await at.store.rules("shop") == []
        assert at.card.status is QuestionStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("patterns", "project", "offered"),
    [
        (("Bash(ls:*)",), "shop", ["once", "session", "always", "deny"]),
        (("Bash(ls:*)",), "", ["once", "session", "deny"]),
        ((), "shop", ["once", "session", "deny"]),
        (("Bash(" + "x" * 200 + ")",), "shop", ["once", "session", "deny"]),
        (
            ("Bash(a\u202eb)", "Bash(a:*)"),
            "shop",
            ["once", "session", "always", "deny"],
        ),
    ],
)
async def test_only_what_can_be_read_and_kept_is_always_allowed(
    tmp_path: Path, patterns: tuple[str, ...], project: str, offered: list[str]
) -> None:
    async with table(tmp_path) as at:
        event = replace(RUN, patterns=patterns)

        await at.questions.permission(
            event, await at.turn(), project=project, language="en"
        )

        assert ids(at) == offered


async def test_a_long_rule_is_shown_whole_beside_its_button(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        rule = f"Bash({'npm run ' * 8}:*)"

        event = replace(RUN, patterns=(rule, "Bash(npm:*)"))
        await at.questions.permission(
            event, await at.turn(), project="shop", language="en"
        )

        narrow, wide = at.card.options[2:4]
        assert narrow.label.endswith("…")
        assert narrow.description == rule
        assert (wide.label, wide.description) == ("📌 Always: Bash(npm:*)", "")


async def test_a_body_that_is_cut_says_so_and_a_reason_goes_below(
    tmp_path: Path,
) -> None:
    async with table(tmp_path) as at:
        event = replace(RUN, length=12_000, reason="It is not on the list.")

        await at.questions.permission(event, await at.turn(), project="", language="en")

        assert at.card.body == (
            "`npm test -- --watch`\n\n"
            "*Only the beginning of 12,000 characters is shown here.*\n\n"
            "It is not on the list."
        )


async def test_a_reason_to_deny_reaches_the_agent(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.permission(RUN, await at.turn(), project="", language="en")

        outcome = await at.press("deny", text=" not on a Friday ")

        assert refusal(outcome).endswith("They say: not on a Friday")
        assert at.card.outcome == "Denied by Ada: not on a Friday"
        assert at.card.refused


async def test_a_card_is_in_the_language_it_was_asked_in(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.permission(RUN, await at.turn(), language="ko", project="")
        assert at.card.language == "ko"
        assert at.card.options[0].label == "✅ 한 번만 허용"

        await at.press("once")

        assert at.card.outcome == "Ada 님이 한 번 허용했습니다"


# --- who decides --------------------------------------------------------------


async def test_where_approvers_decide_the_card_says_who_they_are(
    tmp_path: Path,
) -> None:
    access = Access(
        {"fake": [ADA.id]}, decide="approvers", approvers=["fake:1002", "slack:U7"]
    )
    access.met("fake:1002", "Bob")
    async with table(tmp_path, access) as at:
        await at.questions.permission(RUN, await at.turn(), project="", language="en")
        assert at.card.body.endswith("An approver decides this: Bob, slack:U7.")
        assert at.card.for_id == BOB.id

        refused = await at.press("once")
        allowed = await at.press("once", BOB)

        assert isinstance(refused, NotYours)
        assert refused.words("en") == "Only an approver can decide this: Bob, slack:U7."
        assert heard(allowed) == Allow("once")


async def test_an_approver_who_asks_decides_as_ever(tmp_path: Path) -> None:
    access = Access({"fake": []}, decide="approvers", approvers=["fake:1001"])
    async with table(tmp_path, access) as at:
        await at.questions.permission(RUN, await at.turn(), project="", language="en")
        assert at.card.body == RUN.body
        assert at.card.for_id == ADA.id

        assert heard(await at.press("once")) == Allow("once")


async def test_whoever_asked_answers_the_agents_questions_all_the_same(
    tmp_path: Path,
) -> None:
    access = Access({"fake": [ADA.id]}, decide="admins", admins=["fake:1002"])
    async with table(tmp_path, access) as at:
        await at.questions.agent_asks(
            QuestionsAsked("r-1", (SIZE,)), await at.turn(), language="en"
        )

        assert heard(await at.press("o1")) == Allow(answers={SIZE.text: "S"})


async def test_what_is_asked_elsewhere_is_decided_by_the_same_person(
    tmp_path: Path,
) -> None:
    access = Access({"fake": [ADA.id, BOB.id], "web": ["owner"]})
    async with table(tmp_path, access) as at:
        turn = await at.turn(Sender("owner", "the owner"), platform="web")
        await at.questions.permission(RUN, turn, project="", language="en")
        assert at.card.for_id == ""
        assert isinstance(await at.press("once"), NotYours)

        access.identify({"web:owner": "fake:1001", "fake:1001": "fake:1001"})

        assert isinstance(await at.press("once", BOB), NotYours)
        assert heard(await at.press("once")) == Allow("once")


async def test_somebody_else_may_look_at_the_details(tmp_path: Path) -> None:
    async with table(tmp_path, Access({"fake": [ADA.id, BOB.id]})) as at:
        event = replace(RUN, details="npm test -- --watch")
        await at.questions.permission(event, await at.turn(), project="", language="en")

        assert await at.press("details", BOB) is None

        assert at.card.details_shown


# --- plans --------------------------------------------------------------------


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
