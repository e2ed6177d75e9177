"""Values that nobody expects, and every place they can be put."""

import json
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any, TypeAlias

from hypothesis import settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

#: The same examples each time, and few of them: `python -m tests.fuzz` tries more.
briefly = settings(deadline=None, derandomize=True, max_examples=40)

Way: TypeAlias = tuple[Any, ...]

GONE: Any = object()
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**400, 1e999, float("nan"), 0.5),
    *("", "\ud800", "a\x00b", "\u202egnp.exe", "x" * 5000),
    *([], {}, [None], [[]], [{}], {"a": None}),
)
SCALARS = st.one_of(
    st.sampled_from(VALUES),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=20),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=8), inner, max_size=3),
    ),
    max_leaves=6,
)


def ways(value: Any, so_far: Way = ()) -> Iterator[Way]:
    """To every place in it; of a list only the first two."""
    yield so_far
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ways(inner, (*so_far, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value[:2]):
            yield from ways(inner, (*so_far, place))


def changed(value: Any, way: Way, new: Any) -> Any:
    """A copy with *new* there; `GONE`: with nothing there."""
    if not way:
        return None if new is GONE else new
    key, *rest = way
    copy = value.copy()
    if not rest and new is GONE:
        del copy[key]
    else:
        copy[key] = changed(value[key], tuple(rest), new)
    return copy


def mutants(value: Any, each: int = len(VALUES)) -> Iterator[tuple[str, Any]]:
    """It without each of its parts, and with *each* hostile values in their place.

    With what was done, for the message of a test that fails.
    """
    values = cycle(VALUES)
    for way in ways(value):
        for new in (GONE, *islice(values, each)):
            what = "gone" if new is GONE else ascii(new)[:30]
            yield f"{'.'.join(map(str, way))} = {what}", changed(value, way, new)


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@st.composite
def mutant(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """One of *seeds* with any values in one or two places, or with its bytes cut."""
    seed = draw(st.sampled_from(seeds))
    try:
        value = json.loads(seed)
    except ValueError:
        value = None
    if value is None or draw(st.integers(0, 9)) == 0:
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(seed))] * 2)))
        return seed[:start] + draw(st.binary(max_size=8)) + seed[end:]
    for _ in range(draw(st.integers(1, 2))):
        way = draw(st.sampled_from(list(ways(value))))
        value = changed(value, way, draw(st.one_of(st.just(GONE), ANYTHING)))
    return json.dumps(value).encode()


def keepable() -> Callable[[Any], None]:
    """Fails for a dataclass whose fields are not what they say, or fit in no file."""
    known: dict[type, TypeAdapter[Any]] = {}

    def check(value: Any) -> None:
        kind = type(value)
        adapter = known.get(kind) or known.setdefault(kind, TypeAdapter(kind))
        adapter.dump_json(value, warnings="error")

    return check


check_kept = keepable()
