"""Every target of `python -m tests.fuzz`, briefly."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.hostile import briefly, mutant
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_good_input_is_taken(name: str) -> None:
    target = TARGETS[name]

    for seed in target.seeds:
        target.attempt(seed)


@pytest.mark.parametrize("name", TARGETS)
@settings(briefly, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_hostile_input_is_taken_or_refused(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]

    target.attempt(data.draw(st.one_of(mutant(target.seeds), st.binary(max_size=200))))
