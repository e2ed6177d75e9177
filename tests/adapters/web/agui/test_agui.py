"""Turns as AG-UI events: wherever a reader is cut off, it ends up with the same."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from adapters.views import (
    Option,
    Part,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
)
from adapters.web.agui import DELTA, Run, Sent
from adapters.web.picture import Picture
from adapters.web.place import Place
from adapters.web.values import Entry
from tests.adapters.web.reader import Reader

NOTHING = Picture(1).state(None)
RUNNING = TurnView(id="t1", status=TurnStatus.RUNNING, prompt="Hello")
DONE = TurnStatus.DONE


def running(*parts: Part) -> TurnView:
    return replace(RUNNING, parts=parts)


def tell(run: Run, view: TurnView) -> list[Sent]:
    return list(run.tell(Entry(view=view), Picture(1).state(view)))


def take(reader: Reader, events: Sequence[Sent]) -> None:
    for sent in events:
        reader.take(sent.id, sent.event)


def read(*views: TurnView) -> Reader:
    """What a reader that was there all the time has in the end."""
    run, reader = Run(7, "t1"), Reader()
    for view in views:
        take(reader, tell(run, view))
    return reader


# --- any growth, any cut -------------------------------------------------------


class Growing:
    """A turn that grows as the bot's do, a view for each moment."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.views: list[TurnView] = []

    def grow(self, how: str, text: str) -> None:
        last = self.parts[-1] if self.parts else None
        draft = last if isinstance(last, Said) and not last.complete else None
        match how:
            case "say" if draft:
                self.parts[-1] = Said(draft.text + text, complete=False)
            case "say":
                self.parts.append(Said(text, complete=False))
            case "end" if draft:
                self._end(draft)
            case "step":
                if draft:
                    self._end(draft)
                self.parts.append(Step(f"c{len(self.parts)}", text))
            case "result":
                self._result(text)
            case _:
                pass
        self.views.append(running(*self.parts))

    def finish(self) -> None:
        self.views.append(replace(RUNNING, status=DONE, parts=self._settled()))

    def _end(self, draft: Said) -> None:
        self.parts[-1:] = [Said(draft.text)] if draft.text.strip() else []

    def _result(self, text: str) -> None:
        going = [
            place
            for place, part in enumerate(self.parts)
            if isinstance(part, Step) and part.ok is None
        ]
        if going:
            step = self.parts[going[len(text) % len(going)]]
            assert isinstance(step, Step)
            self.parts[self.parts.index(step)] = replace(step, ok=True, output=text)

    def _settled(self) -> tuple[Part, ...]:
        return tuple(
            replace(part, complete=True)
            if isinstance(part, Said)
            else replace(part, ok=part.ok is not False)
            for part in self.parts
        )


growths = st.lists(
    st.tuples(
        st.sampled_from(["say", "say", "end", "step", "result"]),
        st.sampled_from(["a", "bc", " ", "\n", "한국어", "🙂", "x" * (DELTA + 5)]),
    ),
    max_size=25,
)


@given(growths, st.data())
def test_any_growth_with_any_cuts_gives_the_same_in_the_end(
    growth: list[tuple[str, str]], data: st.DataObject
) -> None:
    turn = Growing()
    for how, text in growth:
        turn.grow(how, text)
    turn.finish()
    steady = read(turn.views[-1])

    run: Run | None = Run(7, "t1")
    reader = Reader()
    for view in (*turn.views, turn.views[-1]):
        assert run
        events = tell(run, view)
        read_so_far = data.draw(st.integers(0, len(events)))
        take(reader, events[:read_so_far])
        if read_so_far < len(events) or data.draw(st.booleans()):  # cut off
            place = Place.read(reader.last_id)
            if place and place.ended:
                break
            run = Run.resume(7, place, view) if place else Run(7, "t1")
    else:
        assert run
        take(reader, tell(run, turn.views[-1]))

    assert reader.texts == steady.texts
    assert reader.calls == steady.calls
    assert reader.results == steady.results
    assert reader.runs.keys() == {"t1"}
    assert not reader.open
    assert not reader.custom
    said = [part.text for part in turn.views[-1].parts if isinstance(part, Said)]
    assert list(reader.texts.values()) == said


@given(st.text(alphabet=":.-0123456789abcdefghijklnopt", max_size=40))
def test_whatever_text_is_read_as_a_place_writes_the_same_place(text: str) -> None:
    place = Place.read(text)

    assert place is None or Place.read(str(place)) == place


@given(st.integers(0, 9), st.integers(-1, 9), st.lists(st.integers(0, 9), max_size=3))
def test_a_made_up_place_leads_nowhere_but_breaks_nothing(
    part: int, offset: int, pending: list[int]
) -> None:
    place = Place(turn="t1", part=part, offset=offset, pending=tuple(pending), digest=1)

    run = Run.resume(7, place, running(Said("ab"), Step("c1", "Run"), Said("c")))

    assert run is None


# --- what changed its mind -----------------------------------------------------


def test_a_turn_begun_again_says_so_and_is_told_from_its_start() -> None:
    reader = read(running(Said("First tr", complete=False)))
    place = Place.read(reader.last_id)
    assert place

    again = running(Said("Second try"))
    resumed = Run.resume(7, place, again)
    run = Run(7, "t1")
    reader._forget("t1")
    take(reader, tell(run, again))

    assert resumed is None
    assert reader.texts == {"t1-0": "Second try"}


def test_a_draft_that_is_repeated_in_other_words_resets_its_run() -> None:
    reader = read(
        running(Said("Let me", complete=False)),
        running(Said("I will", complete=False)),
        replace(running(Said("I will.")), status=DONE),
    )

    assert ("reset", {"runId": "t1"}) in reader.custom
    assert reader.texts == {"t1-0": "I will."}
    assert reader.runs["t1"]["type"] == "RUN_FINISHED"


def test_two_messages_are_not_taken_for_one_with_the_same_letters() -> None:
    place = Place.read(read(running(Said("ab"), Said("c"), Step("s", "x"))).last_id)

    assert place
    assert Run.resume(7, place, running(Said("a"), Said("bc"), Step("s", "x"))) is None


# --- how each thing is told ----------------------------------------------------


def test_a_run_tells_what_was_asked_and_how_it_ended() -> None:
    done = replace(running(Said("Hi")), status=DONE, cost_usd=0.02)

    sent = list(Run(7, "t1").tell(Entry(view=done, answer="Hi", tokens=9), NOTHING))

    started, *_, finished = [one.event for one in sent]
    assert started["threadId"] == "7"
    assert started["input"]["messages"][0]["content"] == "Hello"
    assert finished["type"] == "RUN_FINISHED"
    assert finished["result"]["answer"] == "Hi"
    assert finished["result"]["cost_usd"] == 0.02
    assert finished["usage"] == [{"model": "", "totalTokens": 9}]
    assert "outcome" not in finished


def test_a_cancelled_run_is_finished_and_a_failed_one_an_error() -> None:
    cancelled = tell(Run(7, "t1"), replace(RUNNING, status=TurnStatus.CANCELLED))
    failed = tell(
        Run(7, "t1"), replace(RUNNING, status=TurnStatus.FAILED, note="Not logged in")
    )

    assert cancelled[-1].event["outcome"] == {"type": "cancelled"}
    assert failed[-1].event == {
        "type": "RUN_ERROR",
        "message": "Not logged in",
        "code": "failed",
    }


def test_steps_that_end_in_another_order_are_told_as_they_end() -> None:
    first, second = Step("a", "Read"), Step("b", "Run", parent="a")
    reader = read(
        running(first, second),
        running(first, replace(second, ok=False, output="boom")),
        running(replace(first, ok=True, output="fine"), replace(second, ok=False)),
    )

    assert list(reader.results.items()) == [("b", "boom"), ("a", "fine")]
    assert reader.calls["b"] == '{"title": "Run"}'


def test_the_state_is_told_only_when_it_is_another() -> None:
    queued = replace(RUNNING, status=TurnStatus.QUEUED, position=2)
    nearer = replace(queued, position=1)
    reader = read(queued, queued, nearer, running(Said("H", complete=False)))

    assert reader.kinds.count("STATE_SNAPSHOT") == 3
    assert reader.state["turn"]["status"] == "running"


def test_a_picture_keeps_open_questions_and_lets_outcomes_pass() -> None:
    asked = QuestionView(
        id="q1", turn_id="t1", title="Run?", options=(Option("yes", "Allow"),)
    )
    picture = Picture(1)

    passing = picture.see(asked)
    snapshot, _ = picture.state(RUNNING).snapshot()
    outcome = picture.see(
        replace(asked, status=QuestionStatus.DECIDED, outcome="Allowed by Ada")
    )

    assert passing is None
    assert snapshot["questions"][0]["options"][0]["label"] == "Allow"
    assert outcome
    assert outcome[1]["outcome"] == "Allowed by Ada"
    assert not picture.questions


def test_half_a_surrogate_pair_breaks_neither_place_nor_event() -> None:
    reader = read(running(Said("ab\ud83d", complete=False)))
    place = Place.read(reader.last_id)

    assert place
    assert Run.resume(7, place, running(Said("ab\ud83d", complete=False)))
