"""A repository of our own that remembers how a folder was; the folder's is only read.

What the folder's repository knows already is borrowed (its objects, its index), so that
only files that changed since are read.
"""

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.git import Git, GitError, split
from bot.places import MAX_FILES, Found, Place, TooBig, find, look

_MAX_NESTED = 50
#: More files than this are written as one pack ("big" ones are, since git 2.37): five
#: times as fast, and a thirtieth of the space.
_MANY = 200
_LOOK_S = 15
_KEPT_DAYS = 14
_DAY_S = 86_400
_ATTRIBUTES = "* -filter -ident !diff -working-tree-encoding\n"


@dataclass(frozen=True, slots=True)
class Shadow:
    """Rule: whoever uses one holds its lock (`bot.snapshots`)."""

    folder: Path
    git: Git  # of the folder that is remembered, as it is found

    async def snapshot(self, place: Place, now: float) -> str:
        """How the folder is now: the id of a tree, kept for some days."""
        await self._prepare(place)
        tree = await self._tree(place, "index", depth=0)
        ref = f"refs/snapshots/{int(now // _DAY_S)}/{tree}"
        await self.of(place).run("update-ref", ref, tree)
        return tree

    def of(self, place: Place) -> Git:
        """Git for what is remembered of a folder."""
        return self._git(place.folder, "index", place.top)

    async def knows(self, tree: str) -> bool:
        if not self.folder.exists() or not re.fullmatch(r"[0-9a-f]{40,64}", tree):
            return False
        git = self.of(Place(self.folder, self.folder))
        found = await git.run("cat-file", "-e", tree, expected=(0, 1, 128))
        return found.code == 0

    async def forget(self, now: float) -> bool:
        """What is older than some days; whether anything is left."""
        oldest = int(now // _DAY_S) - _KEPT_DAYS
        git = self.of(Place(self.folder, self.folder))
        refs = (await git.text("for-each-ref", "--format=%(refname)")).split()
        old = [ref for ref in refs if int(ref.split("/")[2]) < oldest]
        if len(old) == len(refs):
            return False
        orders = "".join(f"delete {ref}\n" for ref in old)
        await git.run("update-ref", "--stdin", given=orders.encode())
        for scratch in self.folder.glob("tmp*"):
            shutil.rmtree(scratch)
        await git.run("gc", "--quiet", "--prune=now")
        return True

    async def _prepare(self, place: Place) -> None:
        if not self.folder.exists():
            await self._create(place)
        locks = self.folder.glob("*.lock"), self.folder.glob("refs/**/*.lock")
        for lock in chain(*locks):
            lock.unlink()  # of a git that was killed: whoever lives holds our lock
        self._borrow(place)

    async def _create(self, place: Place) -> None:
        """It is there as a whole, or not at all."""
        new = self.folder.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        await self.git.run(
            *("init", "--quiet", "--bare", "--template="),
            *(f"--object-format={place.object_format}", str(new)),
        )
        (new / "info").mkdir(exist_ok=True)
        (new / "info" / "attributes").write_text(_ATTRIBUTES)
        new.rename(self.folder)

    def _borrow(self, place: Place) -> None:
        """Use the objects of the folder's repository, too."""
        alternates = self.folder / "objects" / "info" / "alternates"
        known = alternates.read_text().splitlines() if alternates.exists() else []
        if place.objects and str(place.objects) not in known:
            alternates.write_text("\n".join([*known, str(place.objects), ""]))

    async def _tree(self, place: Place, index: str, depth: int) -> str:
        """From the index as it was left; if that does not do, from a fresh one."""
        if (self.folder / index).exists():
            with suppress(GitError):
                return await self._read(place, index, depth)
        self._begin(place, index)
        try:
            return await self._read(place, index, depth)
        except TooBig:
            raise
        except GitError:
            (self.folder / index).unlink(missing_ok=True)
            return await self._read(place, index, depth)

    def _begin(self, place: Place, index: str) -> None:
        """With what the folder's repository knows about its files."""
        (self.folder / index).unlink(missing_ok=True)
        if place.index and place.index.is_file():
            # Times are copied: git tells by them which files it has to look into.
            shutil.copy2(place.index, self.folder / index)

    async def _read(self, place: Place, index: str, depth: int) -> str:
        git = self._git(place.folder, index, place.top)
        excluded = [f"--exclude-from={place.excluded}"] * _exists(place.excluded)
        listed = await replace(git, timeout_s=_LOOK_S).run(
            *("ls-files", "-z", "--modified", "--others", "--exclude-standard"),
            *excluded,
            limit=100 * MAX_FILES,
        )
        names = list(dict.fromkeys(split(listed)))
        if listed.cut or len(names) > MAX_FILES:
            raise TooBig("work-too-many-files", limit=MAX_FILES)
        found = await asyncio.to_thread(look, place.folder, names)
        if found.small:
            many = len(found.small) > _MANY and await git.version() >= (2, 37)
            settings = ("core.bigFileThreshold=1",) if many else ()
            await replace(git, settings=settings).run(
                *("update-index", "-z", "--add", "--remove", "--stdin"),
                given=_listing(found.small),
            )
        return await self._with_the_rest(git, place, found, depth)

    async def _with_the_rest(
        self, git: Git, place: Place, found: Found, depth: int
    ) -> str:
        """The tree, with what the index had better not know."""
        nested = found.nested[:_MAX_NESTED] if depth < 2 else []
        if not found.large and not nested:
            return await git.text("write-tree")
        if found.large:
            await git.run(
                *("update-index", "-z", "--force-remove", "--stdin"),
                given=_listing(found.large),
            )
        assert git.variables
        name = f"{Path(git.variables['GIT_INDEX_FILE']).name}-whole"
        with suppress(FileNotFoundError):
            shutil.copy2(git.variables["GIT_INDEX_FILE"], self.folder / name)
        whole = self._git(place.top, name, place.top)
        prefix = (
            ""
            if place.folder == place.top
            else (f"{place.folder.relative_to(place.top)}/")
        )
        await self._stand_in(whole, prefix, found.large)
        for below in nested:
            await self._graft(whole, prefix, place.folder / below, below, depth)
        return await whole.text("write-tree")

    async def _stand_in(self, whole: Git, prefix: str, large: dict[str, str]) -> None:
        with TemporaryDirectory(dir=self.folder) as scratch:
            paths = [Path(scratch, str(number)) for number in range(len(large))]
            for path, text in zip(paths, large.values(), strict=True):
                path.write_text(text)
            hashed = await whole.run(
                *("hash-object", "-w", "--no-filters", "--stdin-paths"),
                given="".join(f"{path}\n" for path in paths).encode(),
            )
        entries = zip(hashed.out.decode().split(), large, strict=True)
        await whole.run(
            *("update-index", "-z", "--index-info"),
            given=_listing(f"100644 {sha}\t{prefix}{name}" for sha, name in entries),
        )

    async def _graft(
        self, whole: Git, prefix: str, folder: Path, below: str, depth: int
    ) -> None:
        """A repository inside: git would not look into it."""
        place = await find(Git(folder, self.git.executable, self.git.environ))
        if place.top != folder or place.object_format != "sha1":
            return
        self._borrow(place)
        key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        tree = await self._tree(place, f"inside-{key}", depth + 1)
        await whole.run("read-tree", "-i", f"--prefix={prefix}{below}", tree)

    def _git(self, folder: Path, index: str, top: Path) -> Git:
        return Git(
            folder,
            self.git.executable,
            self.git.environ,
            variables={
                "GIT_DIR": str(self.folder),
                "GIT_WORK_TREE": str(top),
                "GIT_INDEX_FILE": str(self.folder / index),
            },
            held=self.git.held,
            timeout_s=self.git.timeout_s,
        )


def _exists(path: Path | None) -> bool:
    return path is not None and path.is_file()


def _listing(names: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(name) + b"\0" for name in names)
