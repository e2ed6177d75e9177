"""Any view at all, for properties; and what Slack would say of a message."""

import re
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from hypothesis import strategies as st

from adapters.language import languages
from adapters.scrub import scrub
from adapters.slack.message import MAX_BYTES, Block, Piece, size, words_of
from adapters.slack.split import seam
from adapters.views import (
    FileView,
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    StepKind,
    TurnStatus,
    TurnView,
)
from tests.adapters.telegram.corpus import CORPUS, noise
from tests.slack_server_blocks import check_blocks
from tests.slack_server_rules import Refused

texts = st.one_of(
    st.sampled_from(sorted(CORPUS)).map(lambda name: CORPUS[name]),
    st.integers(0, 10_000).map(noise),
    st.text(max_size=200),
    st.lists(st.text(max_size=30), max_size=8).map("\n\n".join),
    st.text(max_size=40).map(lambda text: f"{text} " * 300),
)
lines = st.one_of(st.text(max_size=60), st.text(max_size=12).map(lambda s: s * 40))
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
parts = st.lists(st.one_of(st.builds(Said, texts, st.booleans()), steps), max_size=7)
times = st.one_of(st.none(), st.floats(0, 2000))
languages_ = st.sampled_from(languages())
turns = st.builds(
    TurnView,
    id=st.just("t1"),
    status=st.sampled_from(TurnStatus),
    parts=parts.map(tuple),
    prompt=texts,
    note=lines,
    position=st.integers(0, 200),
    thinking=st.booleans(),
    started_at=times,
    ended_at=times,
    cost_usd=st.one_of(st.none(), st.floats(0, 99)),
    model=lines,
    asked_by=st.sampled_from(["", "", "Ada (Telegram)"]),
    behind=st.booleans(),
    language=languages_,
)
option_ids = st.from_regex(r"[a-z0-9-]{1,16}", fullmatch=True)
options = st.builds(
    Option,
    id=option_ids,
    label=lines,
    style=st.sampled_from(["plain", "good", "danger"]),
    description=lines,
    words=st.sampled_from(["", "Why?"]),
)
questions = st.builds(
    QuestionView,
    id=st.just("q" * 20),
    turn_id=st.just("t1"),
    title=lines,
    body=texts,
    details=texts,
    details_shown=st.booleans(),
    options=st.lists(options, max_size=30, unique_by=lambda one: one.id).map(tuple),
    several=st.booleans(),
    free_text=st.booleans(),
    for_id=st.sampled_from(["", "U0ADA"]),
    status=st.sampled_from(QuestionStatus),
    outcome=lines,
    refused=st.booleans(),
    language=languages_,
)
notices = st.builds(
    Notice,
    id=st.just("n1"),
    text=texts,
    only_for=st.sampled_from(["", "U0ADA"]),
    language=languages_,
)
files = st.builds(
    FileView,
    id=st.just("f1"),
    path=st.just("/nowhere"),
    name=lines.filter(str.strip),
    media_type=st.just("text/plain"),
    size=st.just(1),
    caption=texts,
    language=languages_,
)


def faults(pieces: Sequence[Piece]) -> Iterator[str]:
    """What Slack would refuse, cut, or show as nothing."""
    if not pieces:
        yield "nothing to show"
    if len({piece.part for piece in pieces}) < len(pieces):
        yield "a part twice"
    for piece in pieces:
        words = words_of(piece.blocks)
        if not words or not piece.text.strip() or len(piece.text) > 4_000:
            yield f"nothing to read, or too much to notify of: {piece.text!r}"
        if size(words) > MAX_BYTES:
            yield f"{size(words)} bytes"
        if bool(piece.rest) is not bool(piece.rest_name):
            yield "a file without a name, or a name without a file"
        if any(seam(text)[0] for text in markdown_in(piece)):
            yield "an open code block"
        try:
            check_blocks([*piece.blocks])
        except Refused as refused:
            yield str(refused)


def markdown_in(piece: Piece) -> list[str]:
    return [block["text"] for block in piece.blocks if block["type"] == "markdown"]


def readable(pieces: Sequence[Piece]) -> str:
    """All there is to read, in messages, on buttons and in files."""
    return "\n".join(
        "\n".join((words_of(piece.blocks), *labels(piece), piece.rest))
        for piece in pieces
    )


def labels(piece: Piece) -> list[str]:
    """What buttons, boxes and menus say."""
    elements = [one for block in piece.blocks for one in block.get("elements", ())]
    elements += [block["accessory"] for block in piece.blocks if "accessory" in block]
    choices = [one for element in elements for one in element.get("options", ())]
    labelled = [
        one for one in [*elements, *choices] if isinstance(one.get("text"), dict)
    ]
    return [str(one["text"]["text"]) for one in labelled]


def buttons(piece: Piece) -> list[Block]:
    rows = [block["elements"] for block in piece.blocks if block["type"] == "actions"]
    return [one for row in rows for one in row if one["type"] == "button"]


def words_in(text: str) -> set[str]:
    """Words as they can be found again, wherever a long text was cut."""
    words = re.findall(r"\w{2,}", normalize("NFC", scrub(text)))
    return {word for word in words if len(word) < 200}
