"""Git as a program, whose repositories are other people's data.

Rule: nothing that a repository names is run: no hooks, no filters, no drivers.
"""

import errno
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.children import Output, TooSlow, allowed, output_of
from runner.events import Phrase

OLDEST = (2, 26)  # the first that tells where a setting comes from
MB = 1 << 20

#: What a repository's own settings must not decide.
_TAMED = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.pager=cat",
    "core.editor=true",
    "core.attributesFile=/dev/null",
    "core.quotePath=false",
    "commit.gpgSign=false",
    "merge.verifySignatures=false",
    "log.showSignature=false",
    "diff.submodule=short",
    "status.submoduleSummary=false",
    "submodule.recurse=false",
    "protocol.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
)
_ALWAYS = {
    "LC_ALL": "C",  # complaints are looked into
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
    "GIT_ASKPASS": "true",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}
_INHERITED = ("XDG_CONFIG_HOME",)

#: What complaints mean, the first that fits.
_MEANINGS = (
    (r"not a git repository|must be run in a work tree", "work-not-repository"),
    (r"dubious ownership", "work-dubious"),
    (r"No space left on device|Disk quota exceeded", "work-disk-full"),
    (r"\.lock': File exists|Unable to create '.*\.lock'", "work-locked"),
    (r"Permission denied|Read-only file system", "work-forbidden"),
)


class GitError(Exception):
    """Git did not do it. *phrase* tells people why."""

    def __init__(self, key: str, **values: str | float) -> None:
        super().__init__(key, *values.values())
        self.phrase = Phrase(key, values)


class GitMissing(GitError):
    """There is no git on this machine, or one too old."""


class NotARepository(GitError):
    """The folder is in no repository that git would work in."""


@dataclass(frozen=True, slots=True)
class Git:
    """Git for one folder."""

    folder: Path
    executable: str = "git"
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    variables: Mapping[str, str] | None = None  # GIT_DIR and the like, if not as found
    settings: tuple[str, ...] = ()
    held: tuple[int, ...] = ()  # descriptors that stay open as long as it runs
    timeout_s: float = 60

    async def run(
        self,
        *arguments: str,
        given: bytes = b"",
        expected: Sequence[int] = (0,),
        limit: int = 16 * MB,
    ) -> Output:
        """Raises `GitError` unless it exits as *expected*, or was cut at *limit*."""
        settings = (*_TAMED, *self.settings)
        options = [word for setting in settings for word in ("-c", setting)]
        try:
            output = await output_of(
                [self.executable, *options, *arguments],
                cwd=self.folder,
                env=self._environment(),
                timeout_s=self.timeout_s,
                limit=limit,
                given=given,
                pass_fds=self.held,
            )
        except TooSlow as error:
            raise GitError("work-slow", seconds=round(self.timeout_s)) from error
        except OSError as error:
            raise self._not_run(error) from error
        if output.code not in expected and not output.cut:
            raise failure(output)
        return output

    async def text(self, *arguments: str) -> str:
        """What it prints, without the end of the line."""
        output = await self.run(*arguments)
        return output.out.decode(errors="surrogateescape").removesuffix("\n")

    async def names(self, *arguments: str) -> list[str]:
        """Of a command that ends each with a NUL."""
        return split(await self.run(*arguments))

    async def tamed(self) -> "Git":
        """For a folder whose repository may name programs: without those.

        Raises `GitMissing`, `NotARepository`, and what else is wrong with it.
        """
        await self.version()
        listed = await self.run(
            *("config", "--show-scope", "-z", "--name-only"),
            *("--get-regexp", r"^(filter|merge)\..+\."),
            expected=(0, 1),
        )
        fields = split(listed)
        own = {
            name
            for scope, name in zip(fields[::2], fields[1::2], strict=False)
            if scope not in ("system", "global")
        }
        return replace(self, settings=(*self.settings, *map(_without, sorted(own))))

    async def version(self) -> tuple[int, ...]:
        """Raises `GitMissing` if there is none, or only one that is too old."""
        found = re.search(r"(\d+)\.(\d+)", await self.text("version"))
        version = tuple(map(int, found.groups())) if found else ()
        if version < OLDEST:
            words = {"found": _dotted(version), "needed": _dotted(OLDEST)}
            raise GitMissing("work-git-old", **words)
        return version

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: self.environ[name] for name in _INHERITED if name in self.environ
        }
        own = self.variables or {}
        return {**allowed(self.environ), **inherited, **_ALWAYS, **own}

    def _not_run(self, error: OSError) -> GitError:
        if not self.folder.is_dir():
            return NotARepository("work-no-folder", folder=str(self.folder))
        if isinstance(error, FileNotFoundError | PermissionError):
            return GitMissing("work-git-missing")
        return unwritten(error)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def split(output: Output) -> list[str]:
    text = output.out.decode(errors="surrogateescape")
    return text.removesuffix("\0").split("\0") if text else []


def failure(output: Output) -> GitError:
    """What an exit in failure means."""
    for pattern, key in _MEANINGS:
        if re.search(pattern, output.err):
            kind = NotARepository if key == "work-not-repository" else GitError
            return kind(key)
    lines = [line for line in output.err.splitlines() if line.strip()] or ["?"]
    worst = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
    return GitError("work-failed", detail=re.sub(r"^(fatal|error): ", "", worst)[:300])


def unwritten(error: OSError) -> GitError:
    """What it means for people that we could not read or write something."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return GitError("work-disk-full")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return GitError("work-forbidden")
        case _:
            return GitError("work-failed", detail=error.strerror or str(error))


def _without(name: str) -> str:
    """A setting that runs nothing, in place of one that may."""
    match name.partition(".")[0], name.rpartition(".")[2]:
        case "merge", "driver":
            return f"{name}=git merge-file --marker-size=%L %A %O %B"
        case "filter", "required":
            return f"{name}=false"
        case _:
            return f"{name}="
