"""Permissions: what is offered, who decides, and what is kept of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.inbound import Sender
from adapters.views import QuestionStatus
from bot.access import Access
from bot.outcomes import Answered, NotYours
from runner.base import Allow
from runner.events import QuestionsAsked
from tests.bot.requesting import RUN, SIZE, heard, ids, refusal
from tests.bot.table import table
from tests.fakes import ADA, BOB


async def test_words_of_others_get_no_rule_and_no_session(tmp_path: Path) -> None:
    edit = replace(RUN, kind="edit", reason="because")
    async with table(tmp_path) as at:
        turn = await at.turn(wary=True)
        await at.questions.permission(edit, turn, project="shop", language="en")

        assert ids(at) == ["once", "turn", "deny"]
        assert at.card.options[1].label == "♻️ Allow edits for this turn"
        assert at.card.body.endswith(
            "because\n\n*This message brings words or files from elsewhere, "
            "so nothing is allowed beforehand.*"
        )
        assert await at.press("always") is None
        outcome = await at.press("turn")

        assert outcome == Answered("p-1", Allow("session"))
        assert at.card.outcome == "Allowed for this turn by Ada"
        assert await at.store.rules("shop") == []


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
