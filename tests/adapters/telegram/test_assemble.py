"""Albums, split pastes and forwards become one message each."""

from dataclasses import replace
from itertools import chain

from adapters.telegram.assemble import LONG, PASTE_CHARACTERS, Assembly
from tests.adapters.telegram.assembled import events, messages, played, replayed
from tests.adapters.telegram.incoming import NOON, forward, picture, said


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
