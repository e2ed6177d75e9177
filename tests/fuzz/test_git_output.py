"""What git prints, cut anywhere; and complaints of any kind."""

from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from bot.children import Output
from bot.diffs import FileChange, changes
from bot.git import failure, split
from tests.fuzz.hostile import briefly

Lines: TypeAlias = tuple[int, int]
Edit: TypeAlias = tuple[str, bytes, Lines | None]  # None: no text
Change: TypeAlias = Edit | tuple[bytes, bytes, Lines]  # the latter: a new name

ZEROS = f"{'0' * 40} {'1' * 40}"
#: What names of files may be: no NUL; tabs, new lines and bytes that are no text.
names = st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"\0", b":"))
lines = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))
edits = st.tuples(st.sampled_from("AMDTU"), names, st.none() | lines)
moves = st.tuples(names, names, lines)
lists = st.lists(edits | moves, max_size=6)


def printed(changed: list[Change]) -> bytes:
    """As `git diff -z --raw --numstat` does."""
    raw, numbers = b"", b""
    for one in changed:
        match one:
            case (str(letter), name, counted):
                raw += f":100644 100644 {ZEROS} {letter}\0".encode() + name + b"\0"
                insertions, deletions = counted or ("-", "-")
                numbers += f"{insertions}\t{deletions}\t".encode() + name + b"\0"
            case (old, new, (insertions, deletions)):
                both = b"\0".join((old, new, b""))
                raw += f":100644 100644 {ZEROS} R090\0".encode() + both
                numbers += f"{insertions}\t{deletions}\t\0".encode() + both
    return raw + numbers


def read(out: bytes, *, cut: bool) -> list[FileChange]:
    return list(changes(Output(0, out, "", cut)))


@briefly
@given(lists)
def test_a_whole_list_is_read_whole(changed: list[Change]) -> None:
    assert len(read(printed(changed), cut=False)) == len(changed)


@briefly
@given(lists)
def test_of_a_list_that_is_cut_its_beginning_is_read(
    changed: list[Change],
) -> None:
    out = printed(changed)
    whole = read(out, cut=False)

    for end in range(len(out)):
        some = read(out[:end], cut=True)
        assert some == whole[: len(some)]


@briefly
@given(st.binary())
def test_names_are_what_stands_between_the_ends(out: bytes) -> None:
    named = split(Output(0, out, "", cut=False))

    whole = "\0".join(named).encode(errors="surrogateescape")
    assert whole == out.removesuffix(b"\0")


@briefly
@given(
    st.text() | st.sampled_from(["fatal: ", "error: fatal: x", "\n\u2028\n", "\x85"])
)
def test_any_complaint_is_a_failure_with_words(complaint: str) -> None:
    error = failure(Output(128, b"", complaint, cut=False))

    assert error.phrase.key.startswith("work-")
    assert len(str(error.phrase.values.get("detail", ""))) <= 300
