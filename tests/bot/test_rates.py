from hypothesis import given
from hypothesis import strategies as st

from bot.errors import in_words
from bot.rates import Rates, too_fast


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_messages_may_come_at_once_and_the_next_one_is_told_when() -> None:
    clock = Clock()
    rates = Rates(3, clock=clock)

    assert [rates.wait_s("ada") for _ in range(3)] == [0, 0, 0]
    assert rates.wait_s("ada") == 20
    clock.now = 15
    assert rates.wait_s("ada") == 5
    assert rates.wait_s("grace") == 0

    clock.now = 20
    assert rates.wait_s("ada") == 0


def test_a_flood_is_told_so_once_a_minute() -> None:
    clock = Clock()
    rates = Rates(3, clock=clock)

    assert rates.tell("ada")
    clock.now = 59
    assert not rates.tell("ada")
    assert rates.tell("grace")
    clock.now = 60
    assert rates.tell("ada")


def test_zero_is_no_limit() -> None:
    rates = Rates(0)

    assert not any(rates.wait_s("ada") for _ in range(1000))


def test_the_words_say_when_to_try_again() -> None:
    assert "20 messages a minute" in in_words(too_fast(2.1, 20), "en")
    assert in_words(too_fast(2.1, 20), "en").endswith("in 3 s.")
    assert "one message a minute" in in_words(too_fast(59, 1), "en")


@given(
    per_minute=st.integers(1, 60),
    pauses=st.lists(st.floats(0, 120), min_size=1, max_size=200),
)
def test_no_minute_takes_more_than_two_minutes_worth(
    per_minute: int, pauses: list[float]
) -> None:
    """A full bucket, and what flows in while it empties; and what is said is true."""
    clock, taken = Clock(), list[float]()
    rates = Rates(per_minute, clock=clock)
    for pause in pauses:
        clock.now += pause
        wait_s = rates.wait_s("ada")
        assert 0 <= wait_s <= 60 / per_minute + 1e-6
        if wait_s == 0:
            taken.append(clock.now)

    for begin in taken:
        assert sum(begin <= at < begin + 60 for at in taken) <= 2 * per_minute
