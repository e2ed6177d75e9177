"""The beginning and the end of a worktree: its name, its branch, its folder.

Rule: one whose making failed, or was cut short, leaves nothing behind in the end.
"""

import asyncio
import re
import shutil
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

from bot.diffs import readable
from bot.git import Git, GitError, unwritten
from bot.private import make_private
from bot.worktree import Worktree, exists, only_here

PREFIX = "parley"  # of the branches
_NAME_LIMIT = 40
_MANY = 100


def slug(name: str) -> str:
    """A name that git and disks take, in any script."""
    words = re.sub(r"[\W_]+", "-", name.lower())[:_NAME_LIMIT].strip("-")
    return words or "work"


async def plan(main: Git, workspace: Path, root: Path, base: str) -> Worktree:
    """One at *root*, or with a number after it, from the commit *base* ("": HEAD)."""
    if await exists(main, PREFIX):
        raise GitError("work-branch-in-way", branch=PREFIX)
    commit = await _commit(main, base)
    root = root.with_name(await free_name(main, root))
    listed = await main.names("status", "--porcelain", "-z", "--no-renames")
    modules = await main.run("ls-tree", commit, ".gitmodules")
    return Worktree(
        name=root.name,
        root=root,
        path=root / workspace.relative_to(main.folder),
        branch=f"{PREFIX}/{root.name}",
        base=commit,
        main=main.folder,
        complete=False,
        submodules=bool(modules.out),
        left_out=tuple(readable(line[3:]) for line in listed),
    )


async def free_name(main: Git, root: Path) -> str:
    """The name of *root*, with a number if there is a worktree or branch of it."""
    for number in count(1):
        name = root.name if number == 1 else f"{root.name}-{number}"
        there = root.with_name(name).exists() or root.with_name(f"{name}.json").exists()
        if not there and not await exists(main, f"{PREFIX}/{name}"):
            return name
        if number == _MANY:
            break
    raise GitError("work-name-taken", name=root.name)


async def check_out(main: Git, worktree: Worktree) -> Worktree:
    """Make it. Raises `GitError`; then nothing is left of it."""
    try:
        make_private(worktree.root.parent)
        worktree.write()  # first: what a kill leaves half done is found by it
        await main.run(
            *("worktree", "add", "--quiet", "--no-track", "-b", worktree.branch),
            *(str(worktree.root), worktree.base),
        )
        worktree.path.mkdir(parents=True, exist_ok=True)
        complete = replace(worktree, complete=True)
        complete.write()
    except OSError as error:
        await clear(main, worktree)
        raise unwritten(error) from error
    except GitError:
        await clear(main, worktree)
        raise
    return complete


async def clear(main: Git, worktree: Worktree) -> None:
    """Take away one that was never finished, or whose folder is gone."""
    await asyncio.to_thread(shutil.rmtree, worktree.root, ignore_errors=True)
    # Git locks one while it makes it, and does not prune what is locked.
    await main.run("worktree", "unlock", str(worktree.root), expected=(0, 128))
    await main.run("worktree", "prune")
    await delete_branch(main, worktree)
    with suppress(OSError):  # not there, or it never could be
        worktree.note.unlink()


async def delete_branch(main: Git, worktree: Worktree) -> None:
    """Unless it has commits that nothing else has."""
    if not await exists(main, worktree.branch):
        return
    if not await only_here(main, worktree.branch, "HEAD", head=False):
        await main.run("branch", "--quiet", "-D", worktree.branch)


async def _commit(main: Git, base: str) -> str:
    name = f"{base or 'HEAD'}^{{commit}}"
    found = await main.run(
        *("rev-parse", "--verify", "--quiet", "--end-of-options", name),
        expected=(0, 1, 128),
    )
    if found.code == 0:
        return found.out.decode().split()[-1]
    if base:
        raise GitError("work-no-base", base=base)
    raise GitError("work-no-commits")
