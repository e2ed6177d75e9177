"""One worktree: what is noted about it, and how it stands. Nothing is changed."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.diffs import readable
from bot.git import Git, GitError

_UNFINISHED = (
    *("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"),
    *("rebase-merge", "rebase-apply"),
)
_NAMED = 5


class WorktreeGone(GitError):
    """Its folder is not there, or not as Parley left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """A checkout of its own, on a branch of its own."""

    project: str = ""
    name: str
    root: Path  # the checkout
    path: Path  # where the agent works: in it, as deep as the workspace is
    branch: str  # it was made on
    base: str  # the commit it was made from
    main: Path  # the tree that has the repository
    complete: bool = True  # it was checked out as a whole
    submodules: bool = False  # the repository has some; here they are empty
    left_out: tuple[str, ...] = ()  # files whose changes in *main* were not taken

    @property
    def note(self) -> Path:
        return self.root.with_name(f"{self.root.name}.json")

    def write(self) -> None:
        new = self.note.with_suffix(".new")
        new.write_text(json.dumps(asdict(self), default=str))
        new.replace(self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorktreeState:
    branch: str  # that is checked out; "": none
    target: str  # the branch the main tree has checked out; "": none
    ahead: int = 0  # commits that the main tree lacks
    behind: int = 0  # commits that only the main tree has
    only_here: int = 0  # commits that no other branch, tag or remote has
    changed: tuple[str, ...] = ()  # files with changes that are in no commit
    untracked: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()  # by .gitignore; they go with the folder
    unfinished: bool = False  # in the middle of a merge or a rebase

    @property
    def dirty(self) -> bool:
        return bool(self.changed or self.untracked or self.unfinished)

    @property
    def merged(self) -> bool:
        """The main tree has all of it."""
        return not self.dirty and not self.ahead

    @property
    def would_lose(self) -> bool:
        """If folder and branch were deleted now."""
        return self.dirty or self.only_here > 0


def read(note: Path) -> Worktree:
    """Raises `WorktreeGone`."""
    try:
        noted = json.loads(note.read_text())
        noted |= {name: Path(noted[name]) for name in ("root", "path", "main")}
        return Worktree(**noted | {"left_out": tuple(noted["left_out"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorktreeGone("work-gone", name=note.stem) from error


async def state(git: Git, main: Git, worktree: Worktree) -> WorktreeState:
    """*git* is of the worktree, *main* of the tree that has the repository."""
    theirs = await main.text("rev-parse", "HEAD")
    behind, ahead = (
        await git.text("rev-list", "--left-right", "--count", f"{theirs}...HEAD")
    ).split()
    changed, untracked, ignored = await _files(git)
    return WorktreeState(
        branch=await branch_of(git),
        target=await branch_of(main),
        ahead=int(ahead),
        behind=int(behind),
        only_here=await only_here(git, worktree.branch, theirs),
        changed=changed,
        untracked=untracked,
        ignored=ignored,
        unfinished=await unfinished(git),
    )


async def branch_of(git: Git) -> str:
    """What is checked out; "" if that is no branch."""
    said = await git.run("symbolic-ref", "--quiet", "--short", "HEAD", expected=(0, 1))
    return said.out.decode(errors="replace").strip()


async def exists(git: Git, branch: str) -> bool:
    ref = f"refs/heads/{branch}"
    found = await git.run("show-ref", "--verify", "--quiet", ref, expected=(0, 1, 128))
    return found.code == 0


async def only_here(git: Git, branch: str, *known: str, head: bool = True) -> int:
    """How many commits would be out of reach without HEAD and *branch*."""
    starts = ["HEAD"] * head
    if await exists(git, branch):
        starts.append(f"refs/heads/{branch}")
    if not starts:
        return 0
    others = (f"--exclude={branch}", "--branches", "--remotes", "--tags")
    return int(await git.text("rev-list", "--count", *starts, "--not", *others, *known))


async def unfinished(git: Git) -> bool:
    names = [word for name in _UNFINISHED for word in ("--git-path", name)]
    paths = (await git.text("rev-parse", *names)).split("\n")
    return any((git.folder / path).exists() for path in paths)


async def changed_files(git: Git) -> tuple[str, ...]:
    """Files that git knows and that differ from the last commit."""
    return (await _files(git))[0]


def some(names: Sequence[str]) -> str:
    """The first few, for a sentence."""
    rest = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest


async def _files(git: Git) -> tuple[tuple[str, ...], ...]:
    """Changed, untracked, ignored."""
    listed = iter(
        await git.names(
            *("status", "--porcelain", "-z", "--untracked-files=all"),
            "--ignored=matching",  # a whole folder is named as one
        )
    )
    changed, untracked, ignored = [], [], []
    for line in listed:
        kind, name = line[:2], readable(line[3:])
        if kind == "??":
            untracked.append(name)
        elif kind == "!!":
            ignored.append(name)
        else:
            changed.append(name)
        if "R" in kind or "C" in kind:
            next(listed)  # what it was called before
    return tuple(changed), tuple(untracked), tuple(ignored)
