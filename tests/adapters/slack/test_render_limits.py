"""Whatever is said, Slack takes all of it, and no word is lost."""

from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given, settings

from adapters.slack.render import render
from adapters.views import (
    FileView,
    Notice,
    Option,
    Part,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.slack.views import (
    faults,
    files,
    notices,
    questions,
    readable,
    turns,
    words_in,
)
from tests.adapters.telegram.corpus import CORPUS, REPORT

NOW = 1000.0
steady = settings(deadline=None, derandomize=True, max_examples=80)


def faultless(view: View) -> bool:
    found = list(faults(render(view, now=NOW)))
    assert not found, found
    return True


def lost(view: View, *texts: str) -> set[str]:
    """Words of *texts* that nobody can read."""
    shown = normalize("NFC", readable(render(view, now=NOW)))
    return {word for text in texts for word in words_in(text) if word not in shown}


def done(*said: Part) -> TurnView:
    return TurnView(id="t1", status=TurnStatus.DONE, parts=said)


@steady
@given(turns)
def test_slack_takes_any_turn_and_no_word_is_lost(view: TurnView) -> None:
    said = [part.text for part in view.parts if isinstance(part, Said)]

    assert faultless(view)
    if view.final:
        assert lost(view, *said) == set()


@steady
@given(questions)
def test_slack_takes_any_question_and_no_word_is_lost(view: QuestionView) -> None:
    details = view.details if view.details_shown else ""
    labels = [] if view.final else [option.label for option in view.options]

    assert faultless(view)
    assert lost(view, view.title, view.body, details, *labels) == set()


@steady
@given(notices)
def test_slack_takes_any_notice_and_no_word_is_lost(view: Notice) -> None:
    assert faultless(view)
    assert lost(view, view.text) == set()


@steady
@given(files)
def test_slack_takes_words_about_any_file(view: FileView) -> None:
    assert faultless(view)


@pytest.mark.parametrize("name", CORPUS)
def test_hard_markdown_is_shown(name: str) -> None:
    text = CORPUS[name]

    for view in (done(Said(text)), done(Said(text), Step("1", "Read"), Said(text))):
        assert faultless(view)
        assert lost(view, text) == set()


@pytest.mark.parametrize(
    "name", ["nested lists", "table", "links", "specials", "quotes"]
)
def test_every_moment_of_a_stream_is_shown(name: str) -> None:
    text = CORPUS[name]

    for end in range(0, len(text), 7):
        said = Said(text[:end], complete=False)
        view = TurnView(id="t1", status=TurnStatus.RUNNING, parts=(said,), started_at=1)
        assert faultless(view)


def test_earlier_messages_stay_as_they_are_while_a_text_grows() -> None:
    text = REPORT * 40
    settled: dict[str, object] = {}
    rewritten = []

    for end in range(0, len(text), 197):
        said = Said(text[:end], complete=False)
        parts: tuple[Part, ...] = (
            Said("First words."),
            Step("1", "Read", ok=True),
            said,
        )
        view = TurnView(id="t1", status=TurnStatus.RUNNING, parts=parts, started_at=1)
        *earlier, _last = render(view, now=NOW + end)
        rewritten += [
            one.part
            for one in earlier
            if settled.get(one.part, one.blocks) != one.blocks
        ]
        settled.update((one.part, one.blocks) for one in earlier)

    assert len(settled) >= 2
    assert rewritten == []


def test_a_question_with_much_of_everything_is_still_one_message() -> None:
    much = "😀 " * 2_000
    option = Option("o1", much, description=much, words="Why?")
    asked = QuestionView(
        id="q" * 20,
        turn_id="t1",
        title=much,
        body=much,
        details=much,
        details_shown=True,
        options=(option, replace(option, id="o2", label="😀" * 200, description="")),
        free_text=True,
        for_id="U0ADA",
        outcome=much,
    )

    assert faultless(asked)
    assert faultless(replace(asked, status=QuestionStatus.DECIDED))
    assert faultless(replace(asked, several=True, chosen=("o2",)))
