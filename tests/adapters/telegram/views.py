"""Any view at all, for properties; and what Telegram would say of a message."""

from collections.abc import Iterator, Sequence

from hypothesis import strategies as st

from adapters.telegram.entities import blank, units
from adapters.telegram.render import Piece, parse_button
from tests.adapters import any_view
from tests.adapters.any_view import lines
from tests.adapters.telegram.corpus import CORPUS, noise
from tests.telegram_oracle import clean, validate

texts = st.one_of(
    st.sampled_from(sorted(CORPUS)).map(lambda name: CORPUS[name][:5000]),
    st.integers(0, 10_000).map(noise),
    st.text(max_size=200),
    st.lists(st.text(max_size=30), max_size=8).map("\n\n".join),
)
turns = any_view.turns(texts, asked_by=st.one_of(st.just(""), lines))
questions = any_view.questions(texts, st.lists(any_view.options(), max_size=8))


def faults(pieces: Sequence[Piece]) -> Iterator[str]:
    """What Telegram would refuse, or show otherwise than we think."""
    if not pieces:
        yield "nothing to show"
    if len({piece.part for piece in pieces}) < len(pieces):
        yield "a part twice"
    for piece in pieces:
        if blank(piece.text):
            yield "a blank message"
        if units(piece.text) > 4096:
            yield "too long"
        if len(piece.entities) > 100:
            yield "too many entities"
        if units(piece.stub) > 60:
            yield "a long stub"
        if error := validate(piece.text, piece.entities):
            yield error
        elif clean(piece.text, piece.entities) != (piece.text, [*piece.entities]):
            yield "Telegram would change it"
        for button in (button for row in piece.buttons for button in row):
            if len(button.data.encode()) > 64 or parse_button(button.data) is None:
                yield f"button data {button.data!r}"
            if blank(button.label):
                yield "a button without a label"
