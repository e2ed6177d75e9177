"""Bringing the work of a worktree together: its commits, and the main tree's branch.

Rule: the main tree ends either with everything or exactly as it was.
"""

import re
from dataclasses import dataclass, replace

from bot.children import Output
from bot.git import Git, GitError, failure, split
from bot.worktree import Worktree, branch_of, changed_files, some, state, unfinished

_NAMELESS = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Parley"), ("EMAIL", "parley@localhost"))
}
_SETTINGS = ("merge.ff=true", "rerere.enabled=false", "merge.autoStash=false")


class Conflicts(GitError):
    """Both sides changed the same lines; nothing was merged."""

    def __init__(self, files: tuple[str, ...], target: str) -> None:
        super().__init__(
            "work-conflicts", count=len(files), files=some(files), branch=target
        )
        self.files = files


@dataclass(frozen=True, slots=True)
class Merged:
    target: str  # the branch that has it now
    commits: int  # that are new there; 0: it had everything


async def commit_all(git: Git, worktree: Worktree, main: Git, message: str) -> bool:
    """Commit all that .gitignore does not leave out; False if there is nothing."""
    now = await state(git, main, worktree)
    if now.unfinished:
        raise GitError("work-unfinished")
    if inside := [name for name in now.untracked if name.endswith("/")]:
        raise GitError("work-nested", folders=some(inside))
    if not now.dirty:
        return False
    await git.run("add", "--all", "--", ":(top)")
    named = await _with_name(git)
    await named.run(
        *("commit", "--quiet", "--cleanup=whitespace", "--file=-"),
        given=message.encode(),
    )
    return True


async def merge(git: Git, main: Git, worktree: Worktree, message: str) -> Merged:
    """Commit what is not, then merge it into the branch that *main* has checked out.

    Raises `Conflicts`, and `GitError` if *main* is in no state for it; then nothing
    was changed there.
    """
    target = await _ready(main)
    await commit_all(git, worktree, main, message)
    tip = await git.text("rev-parse", "HEAD")
    commits = int(await main.text("rev-list", "--count", tip, "--not", "HEAD"))
    if commits:
        name = await branch_of(git) or tip[:12]
        await _merge(main, tip, f"Merge branch '{name}'", target)
    return Merged(target, commits)


async def _ready(main: Git) -> str:
    target = await branch_of(main)
    if not target:
        raise GitError("work-main-detached")
    if await unfinished(main):
        raise GitError("work-main-unfinished", branch=target)
    if changed := await changed_files(main):
        raise GitError(
            "work-main-dirty", count=len(changed), files=some(changed), branch=target
        )
    return target


async def _merge(main: Git, tip: str, message: str, target: str) -> None:
    git = await _with_name(replace(main, settings=(*main.settings, *_SETTINGS)))
    try:
        merged = await git.run(
            *("merge", "--quiet", "--no-stat", "-m", message, tip),
            expected=(0, 1, 2, 128),
        )
        conflicts = await _conflicts(main) if merged.code else ()
    finally:
        if await unfinished(main):
            await main.run("merge", "--abort")
    if conflicts:
        raise Conflicts(conflicts, target)
    if merged.code:
        raise _in_the_way(merged) or failure(merged)


def _in_the_way(merged: Output) -> GitError | None:
    """Git touches nothing if files that it does not know would be overwritten."""
    files = re.findall(r"^\t(.+)$", merged.err, re.MULTILINE)
    if not files or "untracked" not in merged.err:
        return None
    return GitError("work-main-in-way", files=some(files))


async def _conflicts(main: Git) -> tuple[str, ...]:
    listed = await main.run(
        *("diff", "--no-ext-diff", "--name-only", "--diff-filter=U", "-z")
    )
    return tuple(split(listed))


async def _with_name(git: Git) -> Git:
    """Whoever has told git no name commits as Parley."""
    known = await git.run("var", "GIT_COMMITTER_IDENT", expected=(0, 128))
    if known.code == 0:
        return git
    return replace(git, variables={**(git.variables or {}), **_NAMELESS})
