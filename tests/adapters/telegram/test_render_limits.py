"""Whatever is said, Telegram takes all of it, and keeps it as it is."""

import re
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.scrub import scrub
from adapters.telegram.entities import blank, units
from adapters.telegram.layout import markdown
from adapters.telegram.links import is_link
from adapters.telegram.render import Piece, render
from adapters.telegram.split import split
from adapters.views import (
    Notice,
    Part,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.telegram.corpus import CORPUS, REPORT
from tests.adapters.telegram.views import faults, questions, texts, turns
from tests.telegram_oracle import validate

NOW = 1000.0
#: A code block's language, a character reference, an image that is a link's label.
NOT_WORDS = re.compile(r"[`~]{3,}\w+|&\w+;|(?<=\[)!\[\w+\]\(\S+?\)")
steady = settings(deadline=None, derandomize=True, max_examples=80)


def faultless(view: View) -> bool:
    found = list(faults(render(view, now=NOW)))
    assert not found, found
    return True


def without_space(text: str) -> str:
    return "".join(text.split())


def done(*said: Part) -> TurnView:
    return TurnView(id="t1", status=TurnStatus.DONE, parts=said)


# --- properties ---------------------------------------------------------------


@steady
@given(turns)
def test_telegram_takes_any_turn(view: TurnView) -> None:
    assert faultless(view)


@steady
@given(questions)
def test_telegram_takes_any_question(view: QuestionView) -> None:
    (piece,) = render(view, now=NOW)

    assert faultless(view)
    assert piece.notify
    assert not piece.stub


@steady
@given(texts)
def test_telegram_takes_any_notice(text: str) -> None:
    assert faultless(Notice(id="n1", text=text))


@steady
@given(texts, st.integers(20, 4096), st.integers(8, 100))
def test_a_split_loses_nothing_but_white_space(
    text: str, limit: int, most: int
) -> None:
    whole = markdown(text)

    pieces = split(whole, limit=limit, entities=most)

    assert all(units(piece.text) <= limit for piece in pieces)
    assert all(len(piece.entities) <= most for piece in pieces)
    if not blank(whole.text):
        shown = without_space("".join(piece.text for piece in pieces))
        assert shown == without_space(whole.text) or any_blank_piece(whole.text, limit)


def any_blank_piece(text: str, limit: int) -> bool:
    """Only messages that nobody would see are left out."""
    return any(blank(text[at : at + limit // 2]) for at in range(len(text)))


@steady
@given(st.from_regex(r"(https?|ftp|mailto|x):/{0,2}[a-z0-9.:@/_\[\]%é -]{0,20}"))
def test_a_link_we_allow_is_one_telegram_takes(url: str) -> None:
    entity = {"type": "text_link", "offset": 0, "length": 1, "url": url}

    assert not is_link(url) or validate("x", [entity]) is None


# --- hard inputs --------------------------------------------------------------


@pytest.mark.parametrize("name", CORPUS)
def test_hard_markdown_is_shown(name: str) -> None:
    text = CORPUS[name]

    assert faultless(Notice(id="n1", text=text))
    assert faultless(done(Said(text)))
    assert faultless(done(Said(text), Step("1", "Read"), Said(text)))


@pytest.mark.parametrize("name", CORPUS)
def test_no_word_of_hard_markdown_is_lost(name: str) -> None:
    text = CORPUS[name]

    pieces = render(Notice(id="n1", text=text), now=NOW)

    links = [e["url"] for piece in pieces for e in piece.entities if "url" in e]
    shown = " ".join([*(piece.text for piece in pieces), *links])
    asked = NOT_WORDS.sub("", normalize("NFC", scrub(text)))
    words = {word for word in re.findall(r"\w{3,}", asked) if len(word) < 3000}
    assert {word for word in words if word not in shown} == set()


@pytest.mark.parametrize(
    "name", ["nested lists", "table", "links", "specials", "quotes"]
)
def test_every_moment_of_a_stream_is_shown(name: str) -> None:
    text = CORPUS[name]

    for end in range(0, len(text), 7):
        said = Said(text[:end], complete=False)
        view = TurnView(id="t1", status=TurnStatus.RUNNING, parts=(said,), started_at=1)
        assert faultless(view)


def test_styles_inside_styles_count_as_often_as_telegram_counts_them() -> None:
    text = "**" + " ".join(f"*i{i}*" for i in range(60)) + "**"  # 60 + 120 edges

    assert len(split(markdown(text))) > 1


def test_an_emoji_on_the_border_stays_whole() -> None:
    for before in range(4090, 4097):
        pieces = render(done(Said("x" * before + "😀" + "👨‍👩‍👧‍👦" * 3)), now=NOW)

        assert all("\ufffd" not in piece.text for piece in pieces)
        assert sum(piece.text.count("👨‍👩‍👧‍👦") for piece in pieces) == 3


# --- streaming ----------------------------------------------------------------


def test_earlier_messages_stay_as_they_are_while_a_text_grows() -> None:
    text = REPORT * 18
    settled: dict[str, Piece] = {}
    rewritten = []

    for end in range(0, len(text), 97):
        said = Said(text[:end], complete=False)
        parts: tuple[Part, ...] = (
            Said("First words."),
            Step("1", "Read", ok=True),
            said,
        )
        view = TurnView(id="t1", status=TurnStatus.RUNNING, parts=parts, started_at=1)
        *earlier, _last = render(view, now=NOW + end)
        rewritten += [one.part for one in earlier if settled.get(one.part, one) != one]
        settled.update((one.part, one) for one in earlier)

    assert len(settled) >= 2
    assert rewritten == []


def test_stopping_changes_only_the_last_message() -> None:
    parts = (Said(REPORT * 8),)
    running = TurnView(id="t1", status=TurnStatus.RUNNING, parts=parts, started_at=900)
    stopped = TurnView(
        id="t1", status=TurnStatus.CANCELLED, parts=parts, started_at=900, ended_at=950
    )

    before, after = render(running, now=NOW), render(stopped, now=NOW)

    assert len(before) == len(after) > 1
    assert before[:-1] == after[:-1]
