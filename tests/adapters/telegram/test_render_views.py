"""What waits, and notices, as Telegram shows them; in Korean without English."""

import pytest

from adapters.telegram.render import parse_button, render
from adapters.views import Notice, Said, Step, TurnStatus, TurnView
from tests.adapters.telegram.shown import NOW, shown, turn


def test_a_queued_turn_says_where_it_stands() -> None:
    view = TurnView(
        id="t1", status=TurnStatus.QUEUED, prompt="Fix\nthe test", position=2
    )

    assert (
        shown(view)
        == """
--- q0
📥 Queued — 2nd in line
<quote>Fix the test</quote>
[✖ Cancel]
"""
    )


def test_what_waits_behind_a_turn_may_join_or_replace_it_in_two_rows() -> None:
    view = TurnView(id="t1", status=TurnStatus.QUEUED, behind=True, position=1)

    (piece,) = render(view, now=NOW)

    assert [[button.data for button in row] for row in piece.buttons] == [
        ["t1:steer", "t1:cancel"],
        ["t1:instead"],
    ]


def test_a_turn_that_joined_another_shrinks_to_one_line_where_it_waited() -> None:
    view = TurnView(
        id="t1",
        status=TurnStatus.DONE,
        prompt="Use yarn",
        note="The agent was told.",
        ended_at=NOW,
    )

    assert (
        shown(view)
        == """
--- q0
↪️ The agent was told.
"""
    )


@pytest.mark.parametrize(
    ("status", "under"),
    [
        (TurnStatus.RUNNING, "⏳ Thinking… · 8 s\n[⏹ Stop]"),
        (TurnStatus.DONE, "<i>✓ 8 s</i>"),
        (TurnStatus.CANCELLED, "⏹ Stopped · 8 s"),
    ],
)
def test_words_said_on_another_screen_stand_above_the_answer(
    status: TurnStatus, under: str
) -> None:
    view = turn(status, prompt="Fix\nthe test", asked_by="Ada (Slack)")

    assert shown(view).startswith(
        "\n--- w0\n<quote>Ada (Slack): Fix the test</quote>\n"
    )
    assert shown(view).endswith(f"{under}\n")


def test_a_turn_in_korean_has_no_english_around_it() -> None:
    view = turn(
        TurnStatus.DONE,
        *(Step(str(number), f"파일 {number}", ok=True) for number in range(42)),
        Said("끝났어요."),
        seconds=75,
        cost_usd=0.04,
        language="ko",
    )

    log, answer = render(view, now=NOW)

    assert log.text.startswith("✓ 1분 15초 · 42단계 · $0.04\n… 이전 2단계\n")
    assert answer.text == "끝났어요."
    assert answer.stub == "✅ 완료 · 1분 15초"


@pytest.mark.parametrize(
    ("view", "line"),
    [
        (turn(TurnStatus.RUNNING, language="ko"), "⏳ 생각 중… · 8초"),
        (turn(TurnStatus.WAITING, language="ko"), "🔐 결정을 기다리고 있어요 · 8초"),
        (turn(TurnStatus.CANCELLED, language="ko"), "⏹ 중지됨 · 8초"),
        (turn(TurnStatus.FAILED, language="ko"), "⚠️ 문제가 발생했어요."),
        (
            TurnView(id="t", status=TurnStatus.QUEUED, position=2, language="ko"),
            "📥 대기 중 — 2번째 차례",
        ),
    ],
)
def test_how_a_turn_stands_is_said_in_korean(view: TurnView, line: str) -> None:
    assert line in shown(view)


# --- the rest -----------------------------------------------------------------


def test_a_notice_is_a_message() -> None:
    assert (
        shown(Notice(id="n1", text="**Hi**", notify=True)) == "\n--- n0 🔔\n<b>Hi</b>\n"
    )


@pytest.mark.parametrize(
    "data", ["", "x", "a:b:c", "A:b", "t1:", "t1:" + "x" * 17, "é:a"]
)
def test_a_strange_button_is_none_of_ours(data: str) -> None:
    assert parse_button(data) is None
