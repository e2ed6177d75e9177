import random
from collections.abc import Callable

import pytest

from tests.soak.growth import Series, TooShort, growth


def minutes(value: Callable[[float], float], *, noise: float = 0.0) -> Series:
    """Half an hour of samples, one each ten seconds."""
    chance = random.Random(7)
    return [
        (at, value(at) + chance.uniform(-noise, noise))
        for at in (10.0 * n for n in range(180))
    ]


def test_a_level_series_does_not_grow_however_noisy() -> None:
    assert not growth(minutes(lambda _: 100.0, noise=20), tolerance=5).grows


def test_a_slow_leak_is_found_under_noise_larger_than_itself() -> None:
    found = growth(minutes(lambda at: 100 + at / 100, noise=8), tolerance=5)

    assert found.grows
    assert found.by_slope == pytest.approx(13.4, abs=2.5)


def test_what_grows_only_while_it_warms_up_does_not_grow() -> None:
    assert not growth(minutes(lambda at: min(100.0, at)), tolerance=5).grows


def test_one_wild_value_is_no_growth() -> None:
    series = [*minutes(lambda _: 100.0)[:-1], (1790.0, 10_000.0)]

    assert not growth(series, tolerance=5).grows


def test_what_rises_and_falls_again_does_not_grow() -> None:
    saw = growth(minutes(lambda at: at % 300), tolerance=60)

    assert not saw.grows


def test_growth_within_the_tolerance_is_let_pass() -> None:
    series = minutes(lambda at: at / 1000)

    assert not growth(series, tolerance=2).grows
    assert growth(series, tolerance=1).grows


def test_a_leak_in_steps_is_found() -> None:
    assert growth(minutes(lambda at: 10.0 * (at // 400)), tolerance=5).grows


def test_too_few_samples_tell_nothing() -> None:
    with pytest.raises(TooShort):
        growth([(10.0 * n, 1.0) for n in range(10)], tolerance=1)
