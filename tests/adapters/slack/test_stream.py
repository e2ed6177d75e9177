from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import MessageRef
from adapters.slack.batch import MAX_CARDS
from adapters.slack.moves import Append, Move, Phase, Rewrite, Start, Stop
from adapters.slack.script import Card, Script
from adapters.slack.segment import Segment, blocks_of
from adapters.slack.split import seam
from adapters.slack.stream import Stream

RUNS = Card("s1", "Run npm test", "in_progress")
RAN = replace(RUNS, state="complete")


def says(words: str, *cards: Card) -> Script:
    return Script(words, tuple((len(words), card) for card in cards))


class Telling:
    """A stream whose calls all succeed; the clock is ours."""

    def __init__(self, stream: Stream | None = None) -> None:
        self.stream = stream or Stream()
        self.now = 0.0
        self.moves: list[Move] = []

    def tell(self, script: Script, phase: Phase = "running") -> list[Move]:
        """All calls it takes."""
        made: list[Move] = []
        while move := self.stream.next(script, phase, self.now):
            made.append(move)
            match move:
                case Start():
                    ref = MessageRef(str(self.stream.count))
                    self.stream.started(move, ref, self.now)
                case _:
                    self.stream.done(move, self.now)
            assert len(made) < 100, "it never ends"
        self.moves += made
        return made


def words_of(moves: list[Move]) -> str:
    return "".join(item for one in moves for item in one.items if isinstance(item, str))


def test_nothing_is_begun_before_there_is_something_to_say() -> None:
    assert Telling().tell(says("")) == []


def test_a_call_carries_what_is_new_and_nothing_else() -> None:
    telling = Telling()

    telling.tell(says("Hello"))
    (more,) = telling.tell(says("Hello, world", RUNS))
    (change,) = telling.tell(says("Hello, world", RAN))

    assert more.items == (", world", RUNS)
    assert change.items == (RAN,)


def test_a_message_is_ended_at_four_minutes_and_running_cards_go_on_below() -> None:
    telling = Telling()
    telling.tell(says("Hello", RUNS))
    telling.now = 241

    stop, start = telling.tell(says("Hello", RUNS))

    assert isinstance(stop, Stop)
    ((below,),) = [stop.items]
    assert isinstance(below, Card)
    assert (below.state, below.title) == ("complete", "Run npm test · goes on below")
    assert isinstance(start, Start)
    assert start.items == (RUNS,)


def test_a_quiet_stream_shows_its_running_card_again() -> None:
    telling = Telling()
    telling.tell(says("Hello", RUNS))

    telling.now = 89
    assert telling.tell(says("Hello", RUNS)) == []
    telling.now = 90
    (append,) = telling.tell(says("Hello", RUNS))

    assert isinstance(append, Append)
    assert append.items == (RUNS,)


def test_a_quiet_stream_without_cards_is_ended_and_nothing_begun() -> None:
    telling = Telling()
    telling.tell(says("Hello"))
    telling.now = 90

    (stop,) = telling.tell(says("Hello"))
    assert isinstance(stop, Stop)
    assert stop.reason == "full"
    telling.now = 1000
    assert telling.tell(says("Hello")) == []
    (start,) = telling.tell(says("Hello again"))

    assert start.items == (" again",)


def test_forty_cards_fill_a_message() -> None:
    cards = [replace(RAN, id=f"s{number}") for number in range(100)]
    telling = Telling()

    telling.tell(says("", *cards), "over")

    starts = [move for move in telling.moves if isinstance(move, Start)]
    assert [len(start.items) for start in starts] == [MAX_CARDS, MAX_CARDS, 20]


def test_a_message_that_waits_for_a_person_ends_with_all_that_is_known() -> None:
    telling = Telling()
    telling.tell(says("Hello"))

    (stop,) = telling.tell(says("Hello, world"), "waiting")

    assert isinstance(stop, Stop)
    assert (stop.reason, stop.items) == ("waiting", (", world",))


def test_code_is_closed_and_opened_again_with_its_language() -> None:
    code = "```python\n" + "print('hello')\n" * 1000
    telling = Telling()

    telling.tell(says(code), "over")

    starts = [move for move in telling.moves if isinstance(move, Start)]
    assert len(starts) == 2
    assert words_of([starts[1]]).startswith("```python\nprint")
    assert not any(seam(words_of(part), "")[0] for part in by_message(telling.moves))


def test_a_table_begins_with_its_header_again() -> None:
    rows = "".join(f"| {n} | some words in a cell |\n" for n in range(500))
    telling = Telling()

    telling.tell(says(f"| a | b |\n| --- | --- |\n{rows}"), "over")

    for message in by_message(telling.moves):
        assert words_of(message).startswith("| a | b |\n| --- | --- |\n|")


def by_message(moves: list[Move]) -> list[list[Move]]:
    messages: list[list[Move]] = []
    for move in moves:
        if isinstance(move, Start):
            messages.append([])
        messages[-1].append(move)
    return messages


def test_what_was_not_confirmed_is_in_the_message_that_is_rewritten() -> None:
    telling = Telling()
    telling.tell(says("Hello"))
    append = telling.stream.next(says("Hello, world", RUNS), "running", 1)
    assert isinstance(append, Append)

    telling.stream.uncertain(append)
    stop = telling.stream.next(says("Hello, world", RUNS), "running", 1)
    assert isinstance(stop, Stop)
    assert stop.items == ()
    telling.stream.done(stop, 1)
    rewrite = telling.stream.next(says("Hello, world", RUNS), "running", 1)
    assert isinstance(rewrite, Rewrite)
    assert words_of([rewrite]) == "Hello, world"
    telling.stream.done(rewrite, 1)

    (start,) = telling.tell(says("Hello, world", RUNS))
    assert isinstance(start, Start)
    assert start.items == (RUNS,)


def test_a_stream_that_had_ended_is_not_stopped_again() -> None:
    telling = Telling()
    telling.tell(says("Hello"))
    append = telling.stream.next(says("Hello, world"), "running", 1)
    assert isinstance(append, Append)

    telling.stream.expired(append)
    (rewrite,) = telling.tell(says("Hello, world"), "over")

    assert isinstance(rewrite, Rewrite)
    assert rewrite.reason == "over"


def test_words_that_changed_are_noticed() -> None:
    telling = Telling()
    telling.tell(says("A draft", RUNS))

    assert telling.stream.follows(says("A draft", RAN))
    assert telling.stream.follows(says("A draft", RAN, replace(RUNS, id="s2")))
    assert not telling.stream.follows(says("Another draft", RUNS))
    assert not telling.stream.follows(says("A draft"))


@pytest.mark.parametrize("taken", [400, 3000])
def test_a_slack_that_takes_less_is_given_less_down_to_a_limit(taken: int) -> None:
    script, stream = says("word " * 4000), Stream()

    for _ in range(20):
        move = stream.next(script, "running", 0)
        assert isinstance(move, Start)
        if len(words_of([move])) <= taken or not stream.too_long(move):
            break

    assert (stream.limit >= 500) == (taken == 3000)


def test_a_message_that_streams_no_more_shows_cards_as_lines() -> None:
    blocks = blocks_of(["One", RAN, replace(RUNS, id="s2"), "Two"])

    assert [block["type"] for block in blocks] == ["markdown", "context", "markdown"]
    (line,) = blocks[1]["elements"]
    assert line["text"] == "Run npm test ✓\nRun npm test ⏳"


words = st.text(st.sampled_from("ab \n`|-é<@!U0>\U0001f469\u200d"), max_size=80)
growing = st.lists(words | st.booleans(), max_size=12)


@given(growing, st.integers(600, 900), st.integers(1, 30))
def test_every_word_is_told_once_and_no_message_is_too_long(
    news: list[str | bool], limit: int, times: int
) -> None:
    telling = Telling(Stream(limit=limit))
    text, cards = "", list[tuple[int, Card]]()

    for new in news:
        if isinstance(new, bool):
            cards.append((len(text), Card(f"s{len(cards)}", "Step", "in_progress")))
        else:
            text = (text + new * times).lstrip("\n")  # as scripts are
        cards = [(place, replace(card, state="complete")) for place, card in cards]
        telling.tell(Script(text, tuple(cards)))
        telling.now += 100
    telling.tell(Script(text, tuple(cards)), "over")

    assert telling.stream.told == text
    assert telling.stream.told_cards == [(place, card.id) for place, card in cards]
    for message in by_message(telling.moves):
        segment = Segment("s0", MessageRef("1"), 0, 0)
        for move in message:
            if isinstance(move, Rewrite):
                segment = Segment("s0", MessageRef("1"), 0, 0)
            segment.add(move.items)
        assert segment.weight <= limit + 300
