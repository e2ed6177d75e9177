"""What is put together, what is not, and that the timing cannot lose a word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import Edited, Inbound, Kept
from adapters.telegram.assemble import LONG, PASTE_CHARACTERS, Assembly, Batch
from adapters.telegram.inbound import Message, read
from adapters.telegram.recent import Recent
from tests.adapters.telegram.incoming import (
    NOON,
    forward,
    parse_button,
    picture,
    said,
    steadily,
)


def messages(*rows: Kept) -> list[Message]:
    got = [read(row, parse_button) for row in rows]
    return [message for message in got if isinstance(message, Message)]


def played(arrivals: Iterable[Message]) -> list[Batch]:
    """What comes out if time passes as the messages say, and then goes on."""
    assembly = Assembly()
    out: list[Batch] = []
    for message in arrivals:
        if assembly.due is not None and assembly.due < message.arrived_at:
            out += assembly.flush()
        out += assembly.add(message)
    return [*out, *assembly.flush()]


def replayed(arrivals: Iterable[Message]) -> list[Batch]:
    """What comes out if everything is there at once."""
    assembly = Assembly()
    out = [*chain.from_iterable(map(assembly.add, arrivals))]
    return [*out, *assembly.flush()]


def events(batches: Iterable[Batch]) -> list[tuple[str, ...]]:
    return [batch.events for batch in batches]


# --- one by one ---------------------------------------------------------------


def test_ordinary_text_does_not_wait() -> None:
    assembly = Assembly()
    (message,) = messages(said(1, text="x" * (LONG - 1)))

    assert events(assembly.add(message)) == [("1",)]
    assert assembly.due is None


def test_a_text_cut_into_parts_is_joined_and_leaves_with_its_last_part() -> None:
    assembly = Assembly()
    first, second, third = messages(
        said(1, text="a" * 4096),
        said(2, text="b" * 4090, at=NOON + 1.4),
        said(3, text="c" * 10, at=NOON + 2.8),
    )

    assert assembly.add(first) + assembly.add(second) == []
    (batch,) = assembly.add(third)

    assert batch.events == ("1", "2", "3")
    assert batch.text == "a" * 4096 + "b" * 4090 + "c" * 10
    assert assembly.due is None


def test_parts_are_counted_as_telegram_counts() -> None:
    assembly = Assembly()
    (message,) = messages(said(1, text="😀" * (LONG // 2)))

    assert assembly.add(message) == []
    assert assembly.due == NOON + 1.5


def test_a_long_text_and_another_one_later_are_two() -> None:
    long, other = messages(
        said(1, text="a" * 4096), said(2, text="other", at=NOON + 1.6)
    )

    assert events(replayed([long, other])) == [("1",), ("2",)]


def test_what_was_sent_apart_and_kept_together_stays_apart() -> None:
    long, other = messages(said(1, text="a" * 4096), said(2, text="other"))
    later = replace(other, sent_at=other.sent_at + 1800)

    assert events(played([long, later])) == [("1",), ("2",)]


def test_a_reply_is_not_the_rest_of_a_text() -> None:
    answered = {"message_id": 1, "text": "a"}
    long, reply = messages(
        said(3, text="a" * 4096), said(4, text="b", reply_to_message=answered)
    )

    assert events(played([long, reply])) == [("3",), ("4",)]


def test_a_paste_ends_at_twelve_parts() -> None:
    parts = messages(*(said(n, text="a" * 4000) for n in range(1, 14)))

    assert [len(batch.messages) for batch in played(parts)] == [12, 1]


def test_a_paste_ends_at_fifty_thousand_characters() -> None:
    parts = messages(*(said(n, text="a" * 4200) for n in range(1, 13)))

    assert [len(batch.messages) for batch in played(parts)] == [11, 1]
    assert 11 * 4200 <= PASTE_CHARACTERS < 12 * 4200


def test_a_paste_does_not_wait_for_ever() -> None:
    parts = messages(
        *(said(n, text="a" * 4000, at=NOON + n * 1.4) for n in range(1, 8))
    )

    first, *_ = played(parts)

    assert first.messages[-1].arrived_at - first.messages[0].arrived_at <= 7.5
    assert len(first.messages) == 6


def test_an_album_is_one_in_the_order_in_which_it_was_sent() -> None:
    third, first, second = messages(
        picture(3, media_group_id="g", caption="three"),
        picture(1, media_group_id="g", caption="one", at=NOON + 0.9),
        picture(2, media_group_id="g", at=NOON + 1.8),
    )

    (batch,) = played([third, first, second])

    assert batch.events == ("3", "1", "2")
    assert batch.text == "one\n\nthree"
    assert [message.id for message in batch.in_order] == [1, 2, 3]
    assert batch.inbound(()).message == "1"


def test_a_full_album_waits_for_nothing() -> None:
    album = messages(*(picture(n, media_group_id="g") for n in range(1, 11)))
    assembly = Assembly()

    (batch,) = chain.from_iterable(map(assembly.add, album))

    assert len(batch.messages) == 10


def test_a_picture_that_comes_too_late_follows_its_album() -> None:
    album = messages(
        picture(1, media_group_id="g"),
        picture(2, media_group_id="g"),
        picture(3, media_group_id="g", at=NOON + 6),
        picture(4, media_group_id="g", at=NOON + 6.5),
    )

    first, late = played(album)

    assert (first.events, first.follows) == (("1", "2"), "")
    assert (late.events, late.follows) == (("3", "4"), "1")


def test_words_between_two_pictures_of_an_album_keep_their_place() -> None:
    arrivals = messages(
        picture(1, media_group_id="g"),
        said(2, text="a"),
        picture(3, media_group_id="g"),
    )

    got = played(arrivals)

    assert events(got) == [("1",), ("2",), ("3",)]
    assert [batch.follows for batch in got] == ["", "", "1"]


def test_albums_side_by_side_stay_apart() -> None:
    arrivals = messages(
        picture(1, media_group_id="g"),
        picture(2, media_group_id="g"),
        picture(3, media_group_id="h"),
    )

    assert events(played(arrivals)) == [("1", "2"), ("3",)]


def test_forwards_are_collected_and_follow_the_comment_before_them() -> None:
    comment, one, two = messages(
        said(1, text="what do you think?"),
        forward(2, text="first", at=NOON + 0.8),
        forward(3, text="second", at=NOON + 1.7),
    )

    alone, forwards = played([comment, one, two])

    assert alone.events == ("1",)
    assert forwards.events == ("2", "3")
    assert forwards.follows == "1"
    assert (
        forwards.text == "Forwarded from Bo:\n> first\n\nForwarded from Bo:\n> second"
    )


def test_forwards_long_after_a_text_do_not_follow_it() -> None:
    got = played(messages(said(1, text="hi"), forward(2, text="a", at=NOON + 1.1)))

    assert [batch.follows for batch in got] == ["", ""]


def test_a_forwarded_album_is_collected_with_the_other_forwards() -> None:
    arrivals = messages(
        forward(1, text="a"),
        forward(2, photo=[{"file_id": "p"}], media_group_id="g"),
        forward(3, photo=[{"file_id": "p"}], media_group_id="g"),
    )

    assert events(played(arrivals)) == [("1", "2", "3")]


def test_a_stream_of_forwards_is_cut_and_its_parts_follow_each_other() -> None:
    arrivals = messages(*(forward(n, text="a", at=NOON + n * 0.9) for n in range(30)))

    for batches in (played(arrivals), replayed(arrivals)):
        first, second, *_ = batches
        assert first.messages[-1].arrived_at - first.messages[0].arrived_at <= 8
        assert second.follows == "0"


# --- however it arrives -------------------------------------------------------


@dataclass(frozen=True)
class Arrival:
    gap: float
    kind: str
    length: int = field(default=5)


kinds = st.sampled_from(["text", "long", "g", "h", "forward", "forwarded album"])
arrivals = st.lists(
    st.builds(
        Arrival,
        gap=st.sampled_from([0, 0.1, 0.5, 1.0, 1.2, 1.5, 3.0, 9.0]),
        kind=kinds,
        length=st.integers(1, 4096),
    ),
    max_size=25,
)


def arriving(script: Sequence[Arrival]) -> list[Message]:
    rows, at = [], float(NOON)
    for number, arrival in enumerate(script, start=1):
        at += arrival.gap
        match arrival.kind:
            case "text":
                rows.append(said(number, text=f"<{number}>", at=at))
            case "long":
                body = f"<{number}>".ljust(LONG + arrival.length % 97, "x")
                rows.append(said(number, text=body, at=at))
            case "forward":
                rows.append(forward(number, text=f"<{number}>", at=at))
            case "forwarded album":
                rows.append(
                    forward(
                        number, caption=f"<{number}>", media_group_id="f", at=at,
                        photo=[{"file_id": "p"}],
                    )
                )  # fmt: skip
            case group:
                caption = f"<{number}>"
                rows.append(
                    picture(number, media_group_id=group, caption=caption, at=at)
                )
    return messages(*rows)


@steadily
@given(arrivals)
def test_every_message_ends_in_exactly_one_batch_in_order(
    script: list[Arrival],
) -> None:
    sent = arriving(script)

    for batches in (played(sent), replayed(sent)):
        assert [*chain.from_iterable(events(batches))] == [m.event for m in sent]


@steadily
@given(arrivals)
def test_no_word_is_lost(script: list[Arrival]) -> None:
    sent = arriving(script)

    for batches in (played(sent), replayed(sent)):
        text = "\n".join(batch.text for batch in batches)
        places = [text.find(f"<{m.id}>") for m in sent]
        assert -1 not in places
        assert places == sorted(places)


@steadily
@given(arrivals, st.integers(0, 25))
def test_a_replay_gives_the_same_or_more_at_once(
    script: list[Arrival], taken: int
) -> None:
    before = played(arriving(script))[taken:]  # what a crash left undelivered
    left = [message for batch in before for message in batch.messages]

    again = events(replayed(left))

    for batch in before:
        assert sum(set(batch.events) <= set(batch_) for batch_ in again) == 1


@steadily
@given(arrivals)
def test_only_what_may_go_on_waits_and_never_long(script: list[Arrival]) -> None:
    assembly = Assembly()
    opened = 0.0
    for message in arriving(script):
        if assembly.due is not None and assembly.due < message.arrived_at:
            assembly.flush()
        waiting = assembly.due is not None
        done = assembly.add(message)
        opened = opened if waiting and not done else message.arrived_at
        if message.plain and message.length < LONG:
            assert assembly.due is None
        if assembly.due is not None:
            assert assembly.due <= min(message.arrived_at + 1.5, opened + 8)


# --- edits --------------------------------------------------------------------


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
    assert got.body == Edited("false?\n\nForwarded from Bo:\n> news")


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
