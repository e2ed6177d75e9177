"""Markdown of any platform: scrubbed, read into a tree, closed while it streams."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.markdown import parse
from adapters.markup import (
    CodeBlock,
    Heading,
    Item,
    Items,
    Link,
    Marked,
    Paragraph,
    Quote,
    Table,
    Words,
)
from adapters.scrub import one_line, scrub
from adapters.unfinished import finished

steady = settings(deadline=None, derandomize=True, max_examples=100)


def paragraph(text: str) -> Paragraph:
    return Paragraph((Words(text),))


def test_a_document_is_a_tree() -> None:
    assert parse("# A\n\n> b **c**\n\n```py\nd\n```") == (
        Heading(1, (Words("A"),)),
        Quote((Paragraph((Words("b "), Marked("bold", (Words("c"),)))),)),
        CodeBlock("d\n", "py"),
    )


def test_numbers_count_on_unless_they_jump() -> None:
    (ones,) = parse("1. a\n1. b")
    (jump,) = parse("7. a\n9. b")

    assert isinstance(ones, Items)
    assert isinstance(jump, Items)
    assert [item.number for item in ones.items] == [1, 2]
    assert [item.number for item in jump.items] == [7, 9]


def test_tasks_are_told_from_lists() -> None:
    assert parse("- [x] a\n- [ ] b\n- [y] c") == (
        Items(
            (
                Item((paragraph("a"),), checked=True),
                Item((paragraph("b"),), checked=False),
                Item((paragraph("[y] c"),)),
            )
        ),
    )


def test_a_table_knows_what_is_set_to_the_right() -> None:
    (table,) = parse("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert isinstance(table, Table)
    assert table.right == (False, True)
    assert len(table.rows) == 2


def test_addresses_stay_as_they_were_written() -> None:
    assert parse("[a](<b c/ü.py>)") == (Paragraph((Link("b c/ü.py", (Words("a"),)),)),)


def test_what_is_nested_too_deep_comes_back_as_words() -> None:
    deep = "- " * 60 + "the end"

    assert parse(deep) == (paragraph(deep),)


@steady
@given(st.text(alphabet="ab *_`~[]()<>!|#-1.\n\\&>", max_size=120))
def test_anything_can_be_read(text: str) -> None:
    assert parse(text) or not text.strip(" \n")


# --- scrubbing ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://e.com\x07label\x1b]8;;\x07", "label"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("if x:\n\treturn", "if x:\n    return"),
        ("rm \u202ecod.txt\u2066 -rf", "rm cod.txt -rf"),
        ("\ud83d \x00\x07\x9b", "\ufffd "),
        ("👨‍👩‍👧 é ü", "👨‍👩‍👧 é ü"),
    ],
)
def test_scrubbing(raw: str, clean: str) -> None:
    assert scrub(raw) == clean


@steady
@given(st.text())
def test_scrubbing_twice_changes_nothing(text: str) -> None:
    assert scrub(scrub(text)) == scrub(text)


def test_one_line_says_that_it_was_cut() -> None:
    assert one_line("a\n  b", 10) == "a b"
    assert one_line("a long story", 7) == "a long…"


# --- while it is being written ------------------------------------------------


@pytest.mark.parametrize(
    ("so_far", "stands"),
    [
        ("plain words", "plain words"),
        ("a **bold wo", "a **bold wo**"),
        ("a **bold*", "a **bold**"),
        ("a **", "a"),
        ("a ~~gone", "a ~~gone~~"),
        ("an *it", "an *it*"),
        ("a **b *c", "a **b *c***"),
        ("snake_case, 2 * 3", "snake_case, 2 * 3"),
        ("run `npm te", "run `npm te`"),
        ("run `", "run"),
        ("run ``a`b", "run ``a`b``"),
        ("run ``a`b`", "run ``a`b``"),
        ("see [the docs](https://e.c", "see the docs"),
        ("see [`x.py`](src/x", "see `x.py`"),
        ("done **x**\n\nnext *wo", "done **x**\n\nnext *wo*"),
        ("```py\nx = `a` **b", "```py\nx = `a` **b"),
        ("```py\nx\n``", "```py\nx"),
        ("```py\nx\n```\n**y", "```py\nx\n```\n**y**"),
        ("1. a\n   ```sh\n   ls *", "1. a\n   ```sh\n   ls *"),
    ],
)
def test_what_is_open_is_closed(so_far: str, stands: str) -> None:
    assert finished(so_far) == stands


@steady
@given(st.text(alphabet="ab *_`~[](!\n", max_size=80))
def test_nothing_is_made_up(text: str) -> None:
    stands = finished(text)

    assert set(stands) <= set(text) | {"…"}
    assert len(stands) <= len(text) + 12
