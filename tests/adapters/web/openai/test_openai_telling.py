"""However a turn grows, its words are told once, in order, and whole."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from adapters.views import Part, QuestionView, Said, Step, TurnStatus, TurnView
from adapters.web.openai_telling import Telling
from tests.adapters.web.openai.front import decided, question

RUNNING = TurnView(id="t1", status=TurnStatus.RUNNING)

texts = st.text("ab c\n🙂", min_size=1, max_size=12)
parts = st.lists(st.one_of(texts, st.booleans()), max_size=6)


def told(*views: TurnView | QuestionView) -> list[tuple[str, str]]:
    telling = Telling("http://here/c/1")
    return [
        (piece.kind, piece.text)
        for view in views
        for piece in (
            telling.turn(view) if isinstance(view, TurnView) else telling.question(view)
        )
    ]


def running(*shown: Part) -> TurnView:
    return replace(RUNNING, parts=shown)


@given(parts, st.data())
def test_any_growth_tells_all_words_and_steps_once(
    made: list[str | bool], data: st.DataObject
) -> None:
    whole: list[Part] = [
        Said(part) if isinstance(part, str) else Step(f"s{place}", "x", ok=part)
        for place, part in enumerate(made)
    ]
    views = [running()]
    for place, part in enumerate(whole):
        before = whole[:place]
        if isinstance(part, Said):
            cut = data.draw(st.integers(0, len(part.text)))
            views.append(running(*before, Said(part.text[:cut], complete=False)))
        else:
            views.append(running(*before, replace(part, ok=None)))
        views.append(running(*before, part))
    seen = [view for view in views if data.draw(st.booleans())]

    pieces = told(*seen, replace(views[-1], status=TurnStatus.DONE))

    words = "".join(text for kind, text in pieces if kind == "words")
    said = [part.text for part in whole if isinstance(part, Said)]
    assert words.split() == " \n\n ".join(said).split()
    work = [text for kind, text in pieces if kind == "work"]
    assert work.count("⚙️ x\n") == sum(isinstance(part, bool) for part in made)
    assert work.count("✗ x\n") == sum(part is False for part in made)


def test_words_that_were_taken_back_are_said_again() -> None:
    pieces = told(running(Said("I will", complete=False)), running(Said("We shall.")))

    assert pieces == [("words", "I will"), ("words", "\n\nWe shall.")]


def test_a_failed_step_says_how() -> None:
    step = Step("s1", "Run\nmake", "execute")

    pieces = told(running(step), running(replace(step, ok=False, output="no rule")))

    assert pieces == [("work", "🔧 Run make\n"), ("work", "✗ Run make: no rule\n")]


def test_a_place_in_the_queue_is_told_once() -> None:
    queued = replace(RUNNING, status=TurnStatus.QUEUED, position=2)

    assert told(queued, replace(queued, position=1), running()) == [
        ("work", "📥 Queued — 2nd in line\n")
    ]


def test_a_question_is_told_when_it_opens_and_when_it_is_decided() -> None:
    asked = question("t1")

    pieces = told(asked, asked, decided(asked), decided(asked))

    assert [kind for kind, _ in pieces] == ["aside", "aside"]
    assert pieces[0][1].endswith("> Answer it at http://here/c/1")
    assert "Allowed once by Ada" in pieces[1][1]
    assert told(decided(asked)) == []


def test_a_stopped_turn_says_so() -> None:
    stopped = replace(running(Said("So far")), status=TurnStatus.CANCELLED)

    assert told(stopped) == [("words", "So far"), ("end", "\n\n⏹ Stopped")]


def test_a_turn_without_a_word_is_not_empty() -> None:
    silent = replace(RUNNING, status=TurnStatus.DONE, note="Finished without a word.")

    assert told(silent) == [("end", "Finished without a word.")]
