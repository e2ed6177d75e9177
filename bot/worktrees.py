"""Worktrees of conversations: made, found again, handed over, removed.

Rule: nothing is removed that is nowhere else.
"""

import asyncio
import os
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.names import file_name
from bot import merging
from bot.checkouts import PREFIX, check_out, clear, delete_branch, free_name, plan, slug
from bot.diffs import Diff
from bot.git import Git, GitError, NotARepository
from bot.merging import Merged, commit_all
from bot.places import find
from bot.snapshots import Snapshots
from bot.worktree import (
    Worktree,
    WorktreeGone,
    WorktreeState,
    branch_of,
    read,
    some,
    state,
)
from runner.events import Phrase

_CHECKOUT_S = 600
_YOUNG_S = 60


class WouldLose(GitError):
    """There is work in it that is nowhere else."""

    def __init__(self, name: str, now: WorktreeState) -> None:
        super().__init__(
            "work-would-lose",
            name=name,
            commits=now.only_here,
            changed=len(now.changed) + len(now.untracked),
            files=some((*now.changed, *now.untracked)),
        )
        self.state = now


@dataclass(frozen=True, slots=True)
class Leftover:
    """A worktree that no conversation has any more."""

    worktree: Worktree
    state: WorktreeState | None = None  # None: it has no folder, or was never finished
    problem: Phrase | None = None  # why nobody can say how it stands

    @property
    def would_lose(self) -> bool:
        return bool(self.problem or (self.state and self.state.would_lose))


class Worktrees:
    """Those below *folder*, each beside a note about it."""

    def __init__(
        self,
        folder: Path,
        snapshots: Snapshots,
        *,
        executable: str = "git",
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._folder = folder.resolve()
        self._snapshots = snapshots
        self._executable = executable
        self._environ = environ
        self._lock = asyncio.Lock()  # around all that changes something

    async def create(
        self, workspace: Path, project: str, name: str, base: str = ""
    ) -> Worktree:
        """A fresh one from the commit *base*; "": the one the workspace is at.

        A name that is taken gets a number. What is in no commit is not taken along
        (`Worktree.left_out`). Raises `GitError`; then nothing is left of it.
        """
        async with self._lock:
            workspace = await asyncio.to_thread(workspace.resolve)
            main = await self._main(workspace)
            home = self._folder / file_name(project)
            worktree = await plan(main, workspace, home / slug(name), base)
            worktree = replace(worktree, project=project)
            return await check_out(main, worktree)

    def open(self, path: Path) -> Worktree:
        """The one with this path, or around it. Raises `WorktreeGone`."""
        try:
            project, name = path.resolve().relative_to(self._folder).parts[:2]
        except ValueError:
            raise WorktreeGone("work-gone", name=path.name) from None
        worktree = read(self._folder / project / f"{name}.json")
        if not worktree.complete or not worktree.root.is_dir():
            raise WorktreeGone("work-gone", name=worktree.name)
        return worktree

    async def state(self, worktree: Worktree) -> WorktreeState:
        git, main = await self._both(worktree)
        return await state(git, main, worktree)

    async def diff(self, worktree: Worktree) -> Diff:
        """All that was done in it: commits, and what is in no commit yet."""
        git, main = await self._both(worktree)
        theirs = await main.text("rev-parse", "HEAD")
        common = await git.run("merge-base", "HEAD", theirs, expected=(0, 1))
        base = common.out.decode().strip() or worktree.base
        tree = await git.text("rev-parse", f"{base}^{{tree}}")
        return await self._snapshots.diff(worktree.root, tree)

    async def merge(self, worktree: Worktree, message: str) -> Merged:
        """Commit what is not, and merge all into the branch of the main tree.

        The worktree stays. Raises `Conflicts` (nothing was merged) and `GitError`.
        """
        async with self._lock:
            git, main = await self._both(worktree)
            return await merging.merge(git, main, worktree, message)

    async def hand_over(self, worktree: Worktree, message: str) -> str:
        """Commit what is not, remove the folder, keep the branch: its name."""
        async with self._lock:
            git, main = await self._both(worktree)
            await commit_all(git, worktree, main, message)
            branch = await branch_of(git)
            if not branch:
                branch = f"{PREFIX}/{await free_name(main, worktree.root)}"
                await git.run("branch", "--no-track", branch, "HEAD")
            await self._take_away(main, worktree)
            return branch

    async def remove(self, worktree: Worktree) -> None:
        """Folder and branch. Raises `WouldLose` if something is only there."""
        async with self._lock:
            git, main = await self._both(worktree)
            now = await state(git, main, worktree)
            if now.would_lose:
                raise WouldLose(worktree.name, now)
            await self._take_away(main, worktree)
            await delete_branch(main, worktree)

    async def leftovers(self, known: Collection[Path]) -> list[Leftover]:
        """Those whose path is not in *known*, which conversations have."""
        notes = await asyncio.to_thread(self._old_notes)
        with_note = [worktree for worktree in notes if worktree.path not in known]
        return [await self._leftover(worktree) for worktree in with_note]

    async def prune(self, known: Collection[Path]) -> list[Worktree]:
        """Remove leftovers that have nothing of their own: which."""
        removed = []
        for leftover in await self.leftovers(known):
            if leftover.would_lose:
                continue
            worktree = leftover.worktree
            with suppress(GitError):  # it stays, and is listed again
                if leftover.state:
                    await self.remove(worktree)
                else:
                    async with self._lock:
                        await self._clear(worktree)
                removed.append(worktree)
        return removed

    async def _main(self, folder: Path) -> Git:
        """Git for a tree with a repository that is as it has to be."""
        git = await Git(folder, self._executable, self._environ).tamed()
        bare = await git.run("rev-parse", "--is-bare-repository")
        if bare.out.strip() == b"true":
            raise NotARepository("work-bare")
        await git.text("rev-parse", "--show-toplevel")
        place = await find(git)
        if place.index is None:
            raise NotARepository("work-not-repository")
        return replace(git, folder=place.top, timeout_s=_CHECKOUT_S)

    async def _both(self, worktree: Worktree) -> tuple[Git, Git]:
        if not worktree.main.is_dir():
            raise GitError("work-main-gone", folder=str(worktree.main))
        if not worktree.root.is_dir():
            raise WorktreeGone("work-gone", name=worktree.name)
        main = await self._main(worktree.main)
        plain = Git(worktree.root, self._executable, self._environ)
        git = replace(await plain.tamed(), timeout_s=_CHECKOUT_S)
        # Whoever works in it could have made it point to another repository.
        top = await git.text("rev-parse", "--show-toplevel")
        if top != str(worktree.root) or await _common(git) != await _common(main):
            raise WorktreeGone("work-gone", name=worktree.name)
        return git, main

    def _old_notes(self) -> list[Worktree]:
        """Without those just made, which their conversation is about to get."""
        notes = sorted(self._folder.glob("*/*.json"))
        latest = time.time() - _YOUNG_S
        found = []
        for note in notes:
            with suppress(WorktreeGone, FileNotFoundError):
                if note.stat().st_mtime <= latest:
                    found.append(read(note))
        return found

    async def _leftover(self, worktree: Worktree) -> Leftover:
        if not worktree.complete or not worktree.root.is_dir():
            return Leftover(worktree)
        try:
            return Leftover(worktree, await self.state(worktree))
        except GitError as error:
            return Leftover(worktree, problem=error.phrase)

    async def _take_away(self, main: Git, worktree: Worktree) -> None:
        await main.run("worktree", "remove", "--force", str(worktree.root))
        worktree.note.unlink(missing_ok=True)

    async def _clear(self, worktree: Worktree) -> None:
        if worktree.main.is_dir():
            await clear(await self._main(worktree.main), worktree)
        else:
            worktree.note.unlink(missing_ok=True)


async def _common(git: Git) -> Path:
    """Where the repository of a tree is."""
    said = git.folder / await git.text("rev-parse", "--git-common-dir")
    return await asyncio.to_thread(said.resolve)
