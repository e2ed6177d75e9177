"""Markup made to be slow, and words made to be read as others."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adapters
import bot
import runner
import store
from adapters.language import languages, say
from adapters.markdown import MAX_QUOTES
from adapters.names import file_name, one_line
from adapters.scrub import scrub
from adapters.slack.render import render as slack
from adapters.telegram.render import render as telegram
from adapters.views import Said, Step, TurnStatus, TurnView
from adapters.web.turns import turn_html
from adapters.web.values import Entry
from tests.adapters.slack.views import faults as faults_on_slack
from tests.adapters.telegram.views import faults as faults_on_telegram
from tests.fuzz.hostile import briefly

NOW = 1000.0
#: What is repeated, as often as there is room.
UNITS = (
    *("*a **b ", "*", "_a", "**a", "[", "![", "[a](b", "[a](", ">", "|a", "`", "`a"),
    *("&", "&amp;", "<a ", "<!--", "||a", "~~a", "```\n", "\\", "<http://", "\n"),
    *("\t", "# a\n", "[a]: b\n", "1. a\n", "- a\n", "> - ", "---\n", "a\n=\n"),
    *("https://a.b/ ", "<@U123> ", "a\u0301", "\u202ea", "\x1b]0;", "\ud800", "👨‍👩‍👧"),
)


def _repeated(unit: str, length: int) -> str:
    return unit * (length // len(unit))


BOMBS: dict[str, Callable[[int], str]] = {
    "deeper and deeper": lambda n: "\n".join("  " * i + "- a" for i in range(n // 80)),
    "a long table": lambda n: "|a|b|\n|-|-|\n" + "|1|2|\n" * (n // 6),
    "a wide table": lambda n: "|" + "a|" * (n // 4) + "\n|" + "-|" * (n // 4),
    "ticks of every length": lambda n: "".join("`" * i + "a" for i in range(n // 50)),
    "brackets in brackets": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "quotes in quotes": lambda n: "> " * (n // 2) + "a",
    **{unit: partial(_repeated, unit) for unit in UNITS},
}
SIZE = 1_000


def turn(text: str, *, final: bool = True) -> TurnView:
    status = TurnStatus.DONE if final else TurnStatus.RUNNING
    said = Said(text, complete=final)
    return TurnView(id="t1", status=status, parts=(said,), started_at=1.0)


def shown(view: TurnView) -> None:
    assert list(faults_on_telegram(telegram(view, now=NOW))) == []
    assert list(faults_on_slack(slack(view, now=NOW))) == []
    html = turn_html(1, Entry(view=view), "en")
    assert "<script" not in html


@pytest.mark.parametrize("name", BOMBS, ids=ascii)
def test_a_bomb_is_shown_everywhere_and_costs_no_more_than_its_length(
    name: str,
) -> None:
    costs = [steps(BOMBS[name](size)) for size in (SIZE, 4 * SIZE)]

    shown(turn(BOMBS[name](SIZE)))
    # Four times the length: about 4 if linear, about 16 if quadratic.
    assert costs[1] < 8 * costs[0], costs


def steps(text: str) -> int:
    """How many calls it takes to lay *text* out everywhere: a clock that is exact."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    views = [turn(text, final=final) for final in (True, False)]
    sys.setprofile(count)
    try:
        for view in views:
            telegram(view, now=NOW)
            slack(view, now=NOW)
            turn_html(1, Entry(view=view), "en")
    finally:
        sys.setprofile(None)
    return counted


HOSTILE_TEXT = st.text(
    st.one_of(
        st.sampled_from(
            "\u202e\u2066\u200f\x00\x1b\x85\u2028\ud800`*_[]()<>|&@#!\n\\ "
        ),
        st.characters(),
    ),
    max_size=120,
)


@briefly
@given(HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT)
def test_any_words_are_shown_everywhere(said: str, title: str, output: str) -> None:
    step = Step("1", title, ok=False, output=output)
    shown(
        TurnView(
            id="t1",
            status=TurnStatus.DONE,
            parts=(Said(said), step, Said(said)),
            prompt=title,
            note=output,
            asked_by=title,
            model=output,
            started_at=1.0,
        )
    )


@briefly
@given(HOSTILE_TEXT)
def test_a_name_hides_nothing_and_is_a_name(name: str) -> None:
    safe = file_name(name)

    assert one_line(safe) == safe
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x1f/\\]", safe)
    assert safe not in {"", ".", ".."}
    assert len(safe.encode()) <= 80


@briefly
@given(HOSTILE_TEXT)
def test_scrubbed_words_can_be_kept_and_turn_nothing_around(text: str) -> None:
    clean = scrub(text)

    clean.encode()
    assert not re.search(r"[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]", clean)


@briefly
@given(HOSTILE_TEXT, st.sampled_from(languages()))
def test_a_value_stays_a_value_in_every_language(value: str, language: str) -> None:
    for key, name in (("step-run", "what"), ("step-use", "tool")):
        assert value.strip() in say(language, key, **{name: value})


def test_no_nesting_is_deeper_than_we_can_draw() -> None:
    shown(turn("> " * (50 * MAX_QUOTES) + "*" * 500 + "a"))


# --- regular expressions --------------------------------------------------------

ATOMS = (
    *("a", " ", "\n", "`", "*", "_", "[", "(", "|", "||", "<", "&lt", "&#0", "\\"),
    *("-", "a-", "a.", "> ", "-|", "| ", "0", "1=", "<@", "\x1b[", "\t", "!", "{{"),
    *('"', "data:;", "#", "=", "A", "a:", "@a.", " \n", "\u202a", "<!", ";a"),
)
BEGINNINGS = ("", "/a ", "mailto:", "||", "[", "-|", "\x1b]", "- ", "@@ ", "!a:", "<a:")
#: They only ever see this much of a line.
GLANCED = {
    ("adapters.slack.split", name) for name in ("_FENCE", "_DELIMITER", "_BOUND")
}


def patterns() -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Every pattern of ours that has a name."""
    for package in (adapters, bot, runner, store):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.endswith("__main__"):
                continue
            importlib.import_module(found.name)
            for name, value in vars(sys.modules[found.name]).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield found.name, name, value


@pytest.mark.parametrize(
    ("module", "name", "pattern"),
    [pytest.param(*found, id=".".join(found[:2])) for found in patterns()],
)
def test_no_pattern_can_be_made_to_hang(
    module: str, name: str, pattern: re.Pattern[str]
) -> None:
    """One that backtracks without end runs into the time limit of a test."""
    length = 200 if (module, name) in GLANCED else 2_000
    for beginning in BEGINNINGS:
        for atom in ATOMS:
            text = beginning + atom * (length // len(atom)) + "\x00"
            pattern.match(text)
            pattern.fullmatch(text)
