"""What changed in a workspace since a turn began.

Rule: of one workspace there is one snapshot at a time, also after a kill: the lock is
held by whatever still writes.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bot.diffs import Diff, diff
from bot.git import Git, GitError, unwritten
from bot.places import Place, TooBig, find
from bot.private import make_private
from bot.shadow import Shadow

log = structlog.get_logger()

_NOT_AGAIN_S = 600  # before another look into a folder that was too big
_PATIENCE_S = 30.0  # for a git that outlived a killed Parley


class SnapshotGone(GitError):
    """It was too long ago, or what it was made of was deleted."""

    def __init__(self) -> None:
        super().__init__("work-snapshot-gone")


class Snapshots:
    """Keeps one repository for each workspace below *folder*."""

    def __init__(
        self,
        folder: Path,
        *,
        executable: str = "git",
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._executable = executable
        self._environ = environ
        self._clock = clock
        self._too_big: dict[Path, tuple[float, TooBig]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def snapshot(self, workspace: Path) -> str:
        """How it is now. Raises `GitError`; `TooBig` if that would take too long."""
        if (again := self._too_big.get(workspace)) and self._clock() < again[0]:
            raise again[1]
        async with self._shadow(workspace) as (shadow, place):
            try:
                return await shadow.snapshot(place, self._clock())
            except TooBig as error:
                self._too_big[workspace] = self._clock() + _NOT_AGAIN_S, error
                raise

    async def diff(
        self, workspace: Path, before: str, after: str | None = None
    ) -> Diff:
        """Between two snapshots; None: until now. Raises `GitError`, `SnapshotGone`."""
        async with self._shadow(workspace) as (shadow, place):
            if after is None:
                after = await shadow.snapshot(place, self._clock())
            if before == after:
                return Diff()
            for tree in (before, after):
                if not await shadow.knows(tree):
                    raise SnapshotGone
            return await diff(shadow.of(place), before, after)

    async def prune(self) -> None:
        """Forget what is older than two weeks. Once a day is enough."""
        for folder in sorted(self._folder.glob("*.git")):
            try:
                async with self._held(folder.stem) as held:
                    git = Git(folder, self._executable, self._environ, held=held)
                    if not await Shadow(folder, git).forget(self._clock()):
                        await asyncio.to_thread(shutil.rmtree, folder)
            except (GitError, OSError) as error:
                log.warning("snapshots.not_pruned", error=repr(error))

    @asynccontextmanager
    async def _shadow(self, workspace: Path) -> AsyncIterator[tuple[Shadow, Place]]:
        workspace = await asyncio.to_thread(workspace.resolve)
        place = await find(Git(workspace, self._executable, self._environ))
        identity = (place.folder, place.top, place.object_format)
        key = hashlib.sha256(os.fsencode("\0".join(map(str, identity)))).hexdigest()
        try:
            async with self._held(key[:32]) as held:
                git = Git(workspace, self._executable, self._environ, held=held)
                yield Shadow(self._folder / f"{key[:32]}.git", git), place
        except OSError as error:
            raise unwritten(error) from error

    @asynccontextmanager
    async def _held(self, key: str) -> AsyncIterator[tuple[int, ...]]:
        """Nobody else has it, not even a child of an earlier run of ours."""
        async with self._locks[key]:
            make_private(self._folder)
            descriptor = os.open(
                self._folder / f"{key}.held", os.O_RDWR | os.O_CREAT, 0o600
            )
            try:
                await _lock(descriptor)
                yield (descriptor,)
            finally:
                os.close(descriptor)


async def _lock(descriptor: int) -> None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    await asyncio.sleep(0.05)
                else:
                    return
    except TimeoutError as error:
        raise GitError("work-locked") from error
