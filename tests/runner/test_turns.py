"""Whose turn it is, by what Claude Code says and by what it leaves out."""

from hypothesis import given
from hypothesis import strategies as st

from runner.claude_turns import Turns
from runner.events import PromptJoined, RunnerEvent, TurnFinished, TurnStarted


def end(turn: str | None) -> TurnFinished:
    return TurnFinished(turn=turn, stop_reason="end_turn")


def story(events: list[RunnerEvent]) -> list[str]:
    words = []
    for event in events:
        match event:
            case TurnStarted(turn=turn):
                words.append(f"{turn} begins")
            case PromptJoined(turn=turn):
                words.append(f"{turn} joins")
            case TurnFinished(turn=turn):
                words.append(f"{turn} ends")
            case _:
                pass
    return words


def running(uuid: str = "a") -> Turns:
    turns = Turns()
    turns.prompted(uuid)
    list(turns.lifecycle(uuid, "started"))
    return turns


def test_words_that_are_taken_up_within_a_turn_join_it() -> None:
    turns = running()
    turns.steered("s")

    heard = [
        *turns.repeated("s", whole=True),
        *turns.lifecycle("s", "started"),
        *turns.lifecycle("s", "completed"),
        *turns.finished(end, by_itself=False, named=["a", "s"]),
    ]

    assert story(heard) == ["s joins", "a ends"]
    assert not turns.busy


def test_words_that_came_too_late_share_a_turn_of_their_own() -> None:
    turns = running()
    turns.steered("s")
    turns.steered("t")

    heard = [
        *turns.finished(end, by_itself=False, named=["a"]),
        *turns.repeated("s", whole=False),
        *turns.lifecycle("s", "started"),
        *turns.lifecycle("t", "started"),
        *turns.repeated("t", whole=True),
        *turns.finished(end, by_itself=False, named=["s", "t"]),
    ]

    assert story(heard) == ["a ends", "s begins", "t joins", "s ends"]


def test_an_older_agent_says_it_only_by_repeating() -> None:
    turns = Turns()
    turns.prompted("a")
    heard = [*turns.words()]
    turns.steered("s")
    turns.steered("t")
    heard += [
        *turns.repeated("s", whole=True),
        *turns.finished(end, by_itself=False, named=None),
    ]
    turns.prompted("b")
    heard += [
        *turns.words(),  # what was steered in comes before what waits
        *turns.finished(end, by_itself=False, named=None),
        *turns.words(),
        *turns.finished(end, by_itself=False, named=None),
    ]

    assert story(heard) == [
        *("a begins", "s joins", "a ends"),
        *("t begins", "t ends", "b begins", "b ends"),
    ]


def test_dropped_words_are_answered_for() -> None:
    turns = running()
    turns.steered("s")

    [dropped] = turns.lifecycle("s", "cancelled")

    assert dropped == TurnFinished(turn="s", stop_reason="interrupted")
    assert turns.busy
    assert turns.prompt == "a"


def test_a_prompt_merged_into_a_turn_of_steered_words_takes_it_over() -> None:
    turns = running()
    turns.steered("s")
    list(turns.finished(end, by_itself=False, named=["a"]))
    turns.prompted("b")

    heard = [
        *turns.lifecycle("s", "started"),
        *turns.lifecycle("b", "started"),
        *turns.finished(end, by_itself=False, named=["s", "b"]),
    ]

    assert story(heard) == ["s begins", "s ends", "b begins", "b ends"]


def test_what_the_agent_says_by_itself_ends_nobodys_turn() -> None:
    turns = Turns()
    turns.prompted("a")
    list(turns.lifecycle("a", "queued"))

    heard = [
        *turns.words(),
        *turns.finished(end, by_itself=True, named=None),
        *turns.lifecycle("a", "started"),
        *turns.finished(end, by_itself=True, named=None),
        *turns.finished(end, by_itself=False, named=["a"]),
    ]

    assert story(heard) == [
        *("None begins", "None ends", "a begins"),
        *("None begins", "None ends", "a ends"),
    ]


def test_what_was_begun_or_waits_ends_with_the_process() -> None:
    turns = running()
    turns.steered("s")

    assert story(list(turns.lost(end))) == ["a ends", "s ends"]
    assert not turns.busy
    assert list(turns.lost(end)) == []


Moves = st.lists(
    st.tuples(
        st.sampled_from(["started", "cancelled", "whole", "part", "words", "result"]),
        st.sampled_from(["a", "s", "t"]),
        st.booleans(),
    )
)


@given(Moves)
def test_whatever_the_agent_says_every_prompt_is_answered_for_once(
    moves: list[tuple[str, str, bool]],
) -> None:
    turns = Turns()
    turns.prompted("a")
    turns.steered("s")
    turns.steered("t")
    heard: list[RunnerEvent] = []
    for move, uuid, by_itself in moves:
        match move:
            case "started" | "cancelled":
                heard += turns.lifecycle(uuid, move)
            case "whole" | "part":
                heard += turns.repeated(uuid, whole=move == "whole")
            case "words":
                heard += turns.words()
            case _:
                named = None if by_itself else [uuid]
                heard += turns.finished(end, by_itself=by_itself, named=named)
    heard += turns.lost(end)

    told = story(heard)
    assert told.count("a ends") == 1
    for steered in ("s", "t"):
        assert told.count(f"{steered} ends") + told.count(f"{steered} joins") == 1
    for turn in ("a", "s", "t", "None"):
        begun, ended = told.count(f"{turn} begins"), told.count(f"{turn} ends")
        assert begun <= ended
