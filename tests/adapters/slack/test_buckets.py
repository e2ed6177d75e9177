import pytest

from adapters.base import Busy
from adapters.lane import Urgency
from adapters.slack.buckets import PER_MINUTE, Buckets

METHODS = ["chat.startStream", "chat.appendStream", "chat.update"]


class Clock:
    """A time that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def wait_of(
    buckets: Buckets, method: str, urgency: Urgency, channel: str = ""
) -> float:
    """Seconds until a call may be made; 0: it was counted."""
    try:
        buckets.take(method, channel, urgency)
    except Busy as busy:
        return busy.wait_s
    return 0.0


def drain(buckets: Buckets, method: str, urgency: Urgency, channel: str = "") -> int:
    taken = 0
    while not wait_of(buckets, method, urgency, channel):
        taken += 1
    return taken


@pytest.mark.parametrize("method", METHODS)
def test_edits_leave_something_for_all_that_is_more_urgent(method: str) -> None:
    buckets = Buckets(Clock())

    taken = [drain(buckets, method, urgency) for urgency in reversed(Urgency)]

    assert all(taken)


@pytest.mark.parametrize("method", METHODS)
def test_no_minute_sees_more_calls_than_slack_documents(method: str) -> None:
    documented = {
        "chat.startStream": 20,
        "chat.appendStream": 100,
        "chat.update": 50,
    }[method]
    clock = Clock()
    buckets, taken = Buckets(clock), 0

    while clock.now < 1060:
        taken += drain(buckets, method, Urgency.QUESTION)
        clock.now += 0.1

    assert PER_MINUTE[method] <= taken <= documented * 1.15


def test_who_has_to_wait_is_told_exactly_how_long() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    drain(buckets, "chat.update", Urgency.EDIT)

    wait_s = wait_of(buckets, "chat.update", Urgency.EDIT)
    clock.now += wait_s - 0.01
    assert wait_of(buckets, "chat.update", Urgency.EDIT)
    clock.now += 0.01

    assert not wait_of(buckets, "chat.update", Urgency.EDIT)


def test_posts_are_counted_per_channel() -> None:
    buckets = Buckets(Clock())
    drain(buckets, "chat.postMessage", Urgency.QUESTION, "C1")

    assert wait_of(buckets, "chat.postMessage", Urgency.QUESTION, "C1")
    assert not wait_of(buckets, "chat.postMessage", Urgency.QUESTION, "C2")


def test_a_limit_binds_one_method_only() -> None:
    clock = Clock()
    buckets = Buckets(clock)

    buckets.hold("chat.appendStream", "C1", 30)

    assert wait_of(buckets, "chat.appendStream", Urgency.QUESTION, "C2") == 30
    assert not wait_of(buckets, "chat.update", Urgency.EDIT, "C1")
    clock.now += 30
    assert drain(buckets, "chat.appendStream", Urgency.QUESTION) == 1  # and no burst


def test_nothing_is_set_aside_where_no_views_are_drawn() -> None:
    buckets = Buckets(Clock())

    assert drain(buckets, "users.info", Urgency.EDIT) == 10


def test_channels_that_rest_are_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(clock)

    for number in range(100):
        buckets.take("chat.postMessage", f"C{number}", Urgency.FINAL)
        clock.now += 10

    assert len(buckets._paces) <= 2
