from hypothesis import given
from hypothesis import strategies as st

from adapters.language import say
from adapters.views import Said, Step, TurnStatus
from bot.codec import TURN_VIEW
from bot.turn import Turn
from runner.events import (
    Noted,
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    Question,
    QuestionsAsked,
    RunnerEvent,
    TextDelta,
    TextFinished,
    ThinkingDelta,
    ToolFinished,
    ToolStarted,
    TurnFinished,
)

RUN = Phrase("step-run", {"what": "make"})


def folded(*events: RunnerEvent) -> Turn:
    turn = Turn("t1", started_at=0.0)
    for event in events:
        turn.apply(event, now=5.0)
    return turn


def finished(reason: str = "end_turn", **extra: object) -> TurnFinished:
    return TurnFinished(turn="u", stop_reason=reason, **extra)  # type: ignore[arg-type]  # by the caller


def test_words_stream_and_are_replaced_by_the_whole_text() -> None:
    turn = folded(TextDelta("m", "Hel"), TextDelta("m", "lo"))
    assert turn.view().parts == (Said("Hello", complete=False),)

    turn.apply(TextFinished("m", "Hello!"), now=5.0)

    assert turn.view().parts == (Said("Hello!"),)


def test_a_draft_that_was_cut_off_is_void() -> None:
    turn = folded(TextDelta("m1", "The answ"), TextDelta("m2", "The answer"))

    assert turn.view().parts == (Said("The answer", complete=False),)


def test_words_before_and_between_tools_stay_in_order() -> None:
    turn = folded(
        TextFinished("m1", "First I look."),
        ToolStarted("t1", "Read", "read", Phrase("step-read", {"what": "a.py"})),
        ToolFinished("t1", ok=True, output="…"),
        TextFinished("m2", "Now I know."),
        finished(text="Now I know."),
    )

    said, step, answer = turn.view().parts
    assert said == Said("First I look.")
    assert isinstance(step, Step)
    assert step.ok
    assert answer == Said("Now I know.")
    assert turn.answer == "Now I know."


def test_a_turn_waits_while_any_request_is_open() -> None:
    turn = folded(
        PermissionRequested("p1", "Bash", "execute", Phrase("ask-run")),
        PermissionRequested("p2", "Bash", "execute", Phrase("ask-run")),
        PermissionWithdrawn("p1"),
    )
    assert turn.view().status is TurnStatus.WAITING

    turn.answered("p2")

    assert turn.view().status is TurnStatus.RUNNING


def test_a_turn_waits_while_questions_are_open() -> None:
    turn = folded(QuestionsAsked("r1", (Question("Which?"),)))
    assert turn.view().status is TurnStatus.WAITING
    assert turn.acted

    turn.answered("r1")

    assert turn.view().status is TurnStatus.RUNNING


def test_a_note_is_gone_when_the_agent_goes_on() -> None:
    turn = folded(ThinkingDelta(), Noted("retry", Phrase("talk-looking")))
    assert turn.view().note == say("en", "talk-looking")

    turn.apply(TextDelta("m", "x"), now=5.0)

    assert (turn.view().note, turn.view().thinking) == ("", False)


def test_a_failure_says_what_to_do() -> None:
    view = folded(finished("failed", cause="login", detail="401")).view()

    assert view.status is TurnStatus.FAILED
    assert "/login" in view.note
    assert "401" in view.note


def test_a_turn_without_a_word_says_so() -> None:
    assert "without a word" in folded(finished()).view().note


def test_a_step_cut_off_by_a_stop_did_not_succeed() -> None:
    turn = folded(
        ToolStarted("t1", "Bash", "execute", Phrase("step-run", {"what": "make"}))
    )

    turn.stop(now=6.0)

    (step,) = turn.view().parts
    assert isinstance(step, Step)
    assert step.ok is False


events = st.lists(
    st.one_of(
        st.builds(TextDelta, st.sampled_from("ab"), st.text(max_size=5)),
        st.builds(TextFinished, st.sampled_from("ab"), st.text(max_size=5)),
        st.builds(ThinkingDelta),
        st.builds(
            ToolStarted,
            st.sampled_from("xyz"),
            st.just("Bash"),
            st.just("execute"),
            st.just(RUN),
        ),
        st.builds(ToolFinished, st.sampled_from("xyz"), st.booleans()),
        st.builds(
            PermissionRequested,
            st.sampled_from("pq"),
            st.just("Bash"),
            st.just("execute"),
            st.just(RUN),
        ),
        st.builds(QuestionsAsked, st.sampled_from("pq"), st.just((Question("?"),))),
        st.builds(PermissionWithdrawn, st.sampled_from("pq")),
        st.builds(Noted, st.just("info"), st.sampled_from([RUN, None])),
        st.builds(
            finished, st.sampled_from(["end_turn", "failed", "interrupted", "limit"])
        ),
    ),
    max_size=30,
)


@given(events)
def test_nothing_changes_a_finished_turn(happenings: list[RunnerEvent]) -> None:
    turn = folded(*happenings, finished())
    before = turn.view()

    for event in happenings:
        turn.apply(event, now=9.0)

    assert turn.view() == before


@given(events)
def test_finished_words_are_never_dropped(happenings: list[RunnerEvent]) -> None:
    turn = Turn("t1")
    kept: list[str] = []
    for event in happenings:
        if isinstance(event, TextFinished) and not turn.status.final:
            kept.append(event.text)
        turn.apply(event, now=1.0)

    said = [part.text for part in turn.view().parts if isinstance(part, Said)]
    wanted = [text for text in kept if text.strip()]
    assert all(text in said for text in wanted)


@given(events)
def test_a_view_survives_the_store(happenings: list[RunnerEvent]) -> None:
    view = folded(*happenings).view()

    assert TURN_VIEW.load(TURN_VIEW.dump(view)) == view
