"""What differs between two states of a folder, as git tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.children import Output
from bot.git import MB, Git, split

Kind: TypeAlias = Literal["added", "deleted", "renamed", "changed"]

_KINDS: dict[str, Kind] = {"A": "added", "D": "deleted", "R": "renamed"}
_PLAIN = ("-M", "--no-ext-diff", "--no-textconv", "--no-color", "--relative")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    path: str
    kind: Kind
    was: str = ""  # its path before, if it was renamed
    insertions: int = 0  # lines
    deletions: int = 0
    named_only: bool = False  # no text, or too much of it: lines were not compared


@dataclass(frozen=True, slots=True)
class Diff:
    files: tuple[FileChange, ...] = ()
    insertions: int = 0
    deletions: int = 0
    text: str = ""  # unified
    cut: bool = False  # *text* is only the beginning


async def diff(git: Git, *states: str, limit: int = MB) -> Diff:
    """Between two trees, or one and the files as they are; *limit*: bytes of text."""
    listed = await git.run(
        "diff", *_PLAIN, "-z", "--raw", "--numstat", *states, limit=64 * MB
    )
    files = tuple(changes(listed))
    if not files:
        return Diff(cut=listed.cut)
    patch = await git.run(
        *("diff", *_PLAIN, "--src-prefix=a/", "--dst-prefix=b/", *states), limit=limit
    )
    return Diff(
        files,
        sum(file.insertions for file in files),
        sum(file.deletions for file in files),
        patch.out.decode(errors="replace"),
        patch.cut or listed.cut,
    )


def changes(listed: Output) -> Iterator[FileChange]:
    """From what `--raw --numstat -z` lists: first all kinds, then all numbers.

    What the end of a list that was cut does not name is left out.
    """
    kinds: dict[str, Kind] = {}
    fields = split(listed)
    rest = iter(fields[:-1] if listed.cut else fields)  # the last may be a half
    for field in rest:
        if field.startswith(":"):
            letter = field.rpartition(" ")[2][:1]
            path = next(rest, "")
            kinds[next(rest, "") if letter == "R" else path] = _KINDS.get(
                letter, "changed"
            )
        elif field:
            insertions, deletions, path = field.split("\t", 2)
            was = "" if path else next(rest, "")
            path = path or next(rest, "")
            if not path:
                return
            yield FileChange(
                path=readable(path),
                kind=kinds.get(path, "changed"),
                was=readable(was),
                insertions=_number(insertions),
                deletions=_number(deletions),
                named_only=insertions == "-",
            )


def readable(path: str) -> str:
    """A name for people: bytes that are no text are marked."""
    return path.encode(errors="surrogateescape").decode(errors="replace")


def _number(lines: str) -> int:
    return 0 if lines == "-" else int(lines)
