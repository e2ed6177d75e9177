import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import ProtocolError
from runner.ndjson import LineBuffer

lines = st.lists(st.binary(min_size=1).map(lambda b: b.replace(b"\n", b"x") + b"x"))


@given(lines, st.integers(min_value=1, max_value=7))
def test_how_the_bytes_are_cut_does_not_matter(wanted: list[bytes], size: int) -> None:
    stream = b"".join(line + b"\n" for line in wanted)
    buffer = LineBuffer()

    chunks = (stream[i : i + size] for i in range(0, len(stream), size))
    got = [line for chunk in chunks for line in buffer.feed(chunk)]

    assert got == wanted


def test_a_huge_line_comes_whole() -> None:
    buffer, piece = LineBuffer(), b"x" * 65536

    for _ in range(900):
        assert list(buffer.feed(piece)) == []
    [line] = buffer.feed(b"\nnext")

    assert line == piece * 900


def test_a_line_that_is_too_long_is_dropped_whole_and_the_next_one_read() -> None:
    buffer = LineBuffer(max_line=10)

    assert list(buffer.feed(b"12345678")) == []
    with pytest.raises(ProtocolError):
        list(buffer.feed(b"9012345"))
    assert list(buffer.feed(b"more of it")) == []
    assert list(buffer.feed(b" the end\nnext\n")) == [b"next"]
