"""Any view at all, for properties; and what Slack would say of a message."""

import re
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from hypothesis import strategies as st

from adapters.scrub import scrub
from adapters.slack.message import MAX_BYTES, Block, Piece, size, words_of
from adapters.slack.split import seam
from adapters.views import (
    FileView,
    Notice,
)
from tests.adapters import any_view
from tests.adapters.any_view import lines, tongues
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
turns = any_view.turns(texts, asked_by=st.sampled_from(["", "", "Ada (Telegram)"]))
options = any_view.options(words=st.sampled_from(["", "Why?"]))
questions = any_view.questions(
    texts,
    st.lists(options, max_size=30, unique_by=lambda one: one.id),
    for_id=st.sampled_from(["", "U0ADA"]),
    language=tongues,
)
notices = st.builds(
    Notice,
    id=st.just("n1"),
    text=texts,
    only_for=st.sampled_from(["", "U0ADA"]),
    language=tongues,
)
files = st.builds(
    FileView,
    id=st.just("f1"),
    path=st.just("/nowhere"),
    name=lines.filter(str.strip),
    media_type=st.just("text/plain"),
    size=st.just(1),
    caption=texts,
    language=tongues,
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
