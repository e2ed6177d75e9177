"""An edit tells the new words of what was put together."""

from dataclasses import replace

from adapters.inbound import Edited, Inbound, Kept
from adapters.telegram.recent import Recent
from tests.adapters.telegram.assembled import messages, played
from tests.adapters.telegram.incoming import forward, said


def edited(recent: Recent, row: Kept) -> Inbound | None:
    (message,) = messages(row)
    return recent.edited(replace(message, event="edit"))


def test_an_edit_that_changes_no_word_is_nothing() -> None:
    recent = Recent()
    for batch in played(messages(said(1, text="hello"))):
        recent.add(batch)

    assert edited(recent, said(1, text="hello")) is None


def test_an_edit_tells_the_new_words() -> None:
    recent = Recent()
    for batch in played(messages(said(1, text="hello"))):
        recent.add(batch)

    got = edited(recent, said(1, text="hello there"))

    assert got
    assert (got.body, got.message) == (Edited("hello there"), "1")
    assert got.events == ("edit",)
    assert edited(recent, said(1, text="hello there")) is None


def test_an_edit_of_one_part_tells_the_whole_text() -> None:
    recent = Recent()
    for batch in played(messages(said(1, text="a" * 4000), said(2, text="tail"))):
        recent.add(batch)

    got = edited(recent, said(2, text="end"))

    assert got
    assert (got.body, got.message) == (Edited("a" * 4000 + "end"), "1")


def test_an_edited_comment_keeps_its_forwards() -> None:
    recent = Recent()
    for batch in played(messages(said(1, text="true?"), forward(2, text="news"))):
        recent.add(batch)

    got = edited(recent, said(1, text="false?"))

    assert got
    words = "false?\n\nForwarded from Bo:\n> news"
    assert got.body == Edited(words, foreign=True)


def test_an_edit_of_something_unknown_stands_for_itself() -> None:
    got = edited(Recent(), said(1, text="hello"))

    assert got
    assert (got.body, got.message) == (Edited("hello"), "1")


def test_what_is_remembered_for_edits_is_bounded() -> None:
    recent = Recent()
    for batch in played(messages(*(said(n, text="a") for n in range(1, 400)))):
        recent.add(batch)

    assert edited(recent, said(1, text="a"))
    assert edited(recent, said(399, text="a")) is None
