"""Nobody is rung by what an agent says, however it is written or cut."""

import html
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.mentions import LONGEST_BEGINNING, hold_back, neutralise

#: What Slack would ring for, read by somebody who also undoes what Markdown hides.
LIVE = re.compile(
    r"<(!(channel|here|everyone|group|subteam\^)|@[UWB][A-Z0-9]{2,})", re.IGNORECASE
)
TOKENS = [
    *("<", "&lt;", "&lt", "&LT;", "&#60;", "&#x3c;", "&#x3C;", "&#0060;", "&#x003c;"),
    *("!", "@", "\\!", "\\@", "\\", "&#33;", "&#x40;", "&excl;", "&commat;"),
    *("channel", "here", "everyone", "group", "subteam^", "subteam\\^", "chan", "nel"),
    *("U123", "U0ADA", "W9", "B1", "u1", "X", ">", "|", " ", "\n", "word", "&", "#"),
]
steady = settings(deadline=None, derandomize=True, max_examples=400)
texts = st.lists(st.sampled_from(TOKENS), max_size=12).map("".join)


def rings(text: str) -> bool:
    readings = (text, html.unescape(text), html.unescape(text).replace("\\", ""))
    return any(LIVE.search(reading) for reading in readings)


def streamed(text: str, cuts: list[int]) -> Iterator[str]:
    """The text in pieces, as it is sent while it is still being written."""
    sent, edges = 0, sorted({min(cut, len(text)) for cut in cuts})
    for edge in edges:
        ready = edge - hold_back(text[sent:edge])
        yield neutralise(text[sent:ready])
        sent = ready
    yield neutralise(text[sent:])


@steady
@given(texts)
def test_no_ping_survives(text: str) -> None:
    assert not rings(neutralise(text))


@steady
@given(texts)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    once = neutralise(text)

    assert neutralise(once) == once


@steady
@given(st.one_of(texts, st.text()))
def test_nothing_but_a_joiner_is_added(text: str) -> None:
    assert neutralise(text).replace("\u2060", "") == text.replace("\u2060", "")


@steady
@given(texts, st.lists(st.integers(0, 60), max_size=6))
def test_no_ping_survives_however_a_text_is_cut(text: str, cuts: list[int]) -> None:
    shown = "".join(streamed(text, cuts))

    assert not rings(shown)
    assert shown.replace("\u2060", "") == text


@steady
@given(st.one_of(texts, st.text()))
def test_only_a_little_is_held_back(text: str) -> None:
    assert 0 <= hold_back(text) <= min(len(text), LONGEST_BEGINNING)


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>",
        "<!-- a comment -->",
        "<https://example.com|here>",
        "Vec<@T>, List<User>, a < b && c > d",
        "<b>bold</b> <a@b.example> @here @channel",
        "if (x <here) { return &lt;p&gt;; }",
    ],
)
def test_what_is_no_ping_stays_as_it_is(text: str) -> None:
    assert neutralise(text) == text


def test_the_one_mention_of_ours_stays_live() -> None:
    text = neutralise("<@U123> <@U1234> <!here> &lt;@U123>", "U123")

    assert text == "<@U123> <\u2060@U1234> <\u2060!here> &lt;\u2060@U123>"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("done", 0),
        ("a <", 1),
        ("a <!chan", 6),
        ("a <@U1", 4),
        ("a <@U12", 0),  # whole enough to be seen for what it is
        ("a <b", 0),
        ("&l", 2),
        ("&lt;!her", 8),
        ("&amp", 0),
        ("&#x3c;\\!subteam\\", 16),
    ],
)
def test_what_may_become_a_ping_is_held_back(text: str, held: int) -> None:
    assert hold_back(text) == held
