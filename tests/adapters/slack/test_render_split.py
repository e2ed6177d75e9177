"""Where Markdown is cut into messages, and what mends the seam."""

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.markdown import parse
from adapters.markup import CodeBlock, Table
from adapters.scrub import scrub
from adapters.slack.message import size
from adapters.slack.split import cut, seam, split_markdown
from tests.adapters.slack.views import texts, words_in
from tests.adapters.telegram.corpus import CORPUS, REPORT

steady = settings(deadline=None, derandomize=True, max_examples=150)


@steady
@given(texts.map(scrub), st.integers(500, 9000), st.integers(500, 9000))
def test_portions_fit_and_lose_no_word(text: str, limit: int, first: int) -> None:
    portions = split_markdown(text, limit, first_bytes=min(first, limit))

    assert all(portion.strip() and size(portion) <= limit for portion in portions)
    assert all(size(portion) <= first for portion in portions[:1])
    assert all(seam(portion)[0] == "" for portion in portions)
    together = normalize("NFC", "".join(portions))
    assert {word for word in words_in(text) if word not in together} == set()


def test_a_cut_falls_between_paragraphs_and_never_below_a_heading() -> None:
    text = "\n\n".join(f"## Part {n}\n\n{'word ' * 40}" for n in range(20))

    for portion in split_markdown(text, 1000):
        assert portion.startswith("## Part")
        assert not portion.rsplit("\n", 1)[-1].startswith("#")


def test_a_code_block_is_closed_and_goes_on_in_its_language() -> None:
    portions = split_markdown(CORPUS["long code"], 3000)

    assert len(portions) > 3
    assert portions[0].endswith("\n```")
    assert all(portion.startswith("```python\n") for portion in portions[1:])
    code = [
        block.text
        for portion in portions
        for block in parse(portion)
        if isinstance(block, CodeBlock)
    ]
    assert "".join(code) == CORPUS["long code"].split("python\n")[1].split("```")[0]


def test_a_table_begins_with_its_header_again() -> None:
    portions = split_markdown(CORPUS["wide table"], 2000)

    tables = [block for portion in portions for block in parse(portion)]
    assert len(portions) > 1
    assert all(isinstance(table, Table) for table in tables)
    rows = [len(table.rows) - 1 for table in tables if isinstance(table, Table)]
    assert sum(rows) == 60
    assert min(rows) > 0


def test_a_closing_fence_is_not_left_to_the_next_message() -> None:
    for lines in range(40, 60):
        text = "```\n" + "a line of code\n" * lines + "```\n\n" + "word " * 100
        _first, *others = split_markdown(text, 800)

        assert all("```\n```" not in portion for portion in others)


def test_a_report_stays_in_order() -> None:
    text = "".join(f"### Section {n}\n\n{REPORT}" for n in range(30))

    together = "\n".join(split_markdown(text, 5000))

    found = [together.index(f"### Section {n}\n") for n in range(30)]
    assert found == sorted(found)


def test_what_fits_is_not_cut() -> None:
    assert cut("short", 500) == 5
    assert split_markdown("short", 500) == ["short"]
    assert split_markdown(" \n ", 500) == []
    assert len(split_markdown(" " * 2000 + "word", 500)) == 1


def test_an_emoji_on_the_border_stays_whole() -> None:
    for before in range(440, 460):
        portions = split_markdown("x" * before + "👨‍👩‍👧‍👦" * 9, 500)

        assert sum(portion.count("👨‍👩‍👧‍👦") for portion in portions) == 9


@pytest.mark.parametrize(
    ("text", "rest", "closing", "reopening"),
    [
        ("plain", None, "", ""),
        ("```py\nx = 1\n", None, "```", "```py\n"),
        ("```py\nx = 1", None, "\n```", "```py\n"),
        ("~~~~ sh extra\nls", None, "\n~~~~", "~~~~sh\n"),
        ("```py\nx\n```\n", None, "", ""),
        ("````md\n```\n", None, "````", "````md\n"),
        ("1. a\n   ```sh\n   ls\n", None, "   ```", "   ```sh\n"),
        ("- ```sh\n  ls\n", None, "  ```", "  ```sh\n"),
        ("> ```\n> x\n", None, "> ```", "> ```\n"),
        ("a ```word``` b\n```not a fence```\n", None, "", ""),
        ("| a |\n|---|\n| 1 |\n", None, "", "| a |\n|---|\n"),
        ("| a |\n|---|\n| 1 |\n", "| 2 |\n", "", "| a |\n|---|\n"),
        ("| a |\n|---|\n| 1 |\n", "\nafter", "", ""),
        ("| a |\n|---|\n| 1 |\n\n", None, "", ""),
        ("a | b\n", None, "", ""),
    ],
)
def test_a_seam_closes_what_is_open_and_opens_it_again(
    text: str, rest: str | None, closing: str, reopening: str
) -> None:
    assert seam(text, rest) == (closing, reopening)
