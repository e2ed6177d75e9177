"""Views of any kind, for properties. How long their texts are is each platform's."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from adapters.language import languages
from adapters.views import (
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    StepKind,
    TurnStatus,
    TurnView,
)

lines = st.one_of(st.text(max_size=60), st.text(max_size=12).map(lambda s: s * 40))
tongues = st.sampled_from(languages())
kinds: Sequence[StepKind] = ["read", "edit", "search", "execute", "delegate", "other"]
steps = st.builds(
    Step,
    id=st.sampled_from("abcdef"),
    title=lines,
    kind=st.sampled_from(kinds),
    ok=st.sampled_from([None, True, False]),
    output=lines,
    parent=st.sampled_from(["", "", "a", "b"]),
)
times = st.one_of(st.none(), st.floats(0, 2000))


def turns(
    texts: SearchStrategy[str], *, asked_by: SearchStrategy[str]
) -> SearchStrategy[TurnView]:
    said = st.builds(Said, texts, st.booleans())
    return st.builds(
        TurnView,
        id=st.just("t1"),
        status=st.sampled_from(TurnStatus),
        parts=st.lists(st.one_of(said, steps), max_size=7).map(tuple),
        prompt=texts,
        note=lines,
        position=st.integers(0, 200),
        thinking=st.booleans(),
        started_at=times,
        ended_at=times,
        cost_usd=st.one_of(st.none(), st.floats(0, 99)),
        model=lines,
        asked_by=asked_by,
        behind=st.booleans(),
        language=tongues,
    )


def options(**more: SearchStrategy[Any]) -> SearchStrategy[Option]:
    return st.builds(
        Option,
        id=st.from_regex(r"[a-z0-9-]{1,16}", fullmatch=True),
        label=lines,
        style=st.sampled_from(["plain", "good", "danger"]),
        description=lines,
        **more,
    )


def questions(
    texts: SearchStrategy[str],
    options: SearchStrategy[list[Option]],
    **more: SearchStrategy[Any],
) -> SearchStrategy[QuestionView]:
    return st.builds(
        QuestionView,
        id=st.just("q" * 20),
        turn_id=st.just("t1"),
        title=lines,
        body=texts,
        details=texts,
        details_shown=st.booleans(),
        options=options.map(tuple),
        several=st.booleans(),
        free_text=st.booleans(),
        status=st.sampled_from(QuestionStatus),
        outcome=lines,
        refused=st.booleans(),
        **more,
    )
