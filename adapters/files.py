"""Files people send: fetched, given safe names, kept within limits.

Rule: whatever goes wrong ends in one sentence for the person, never in an exception.
"""

import filecmp
import math
import os
import re
import shutil
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol, TypeAlias

import structlog

from adapters.base import AdapterError, Rejected
from adapters.inbound import Address, Attachment
from adapters.kinds import UNKNOWN, media_type
from adapters.language import say
from adapters.names import file_name
from adapters.retry import PASSING, Sleep, for_a_minute

log = structlog.get_logger()

FindFolder: TypeAlias = Callable[[Address], Awaitable[Path]]

MB = 1 << 20
FOLDER_LIMIT = 200 * MB


@dataclass(frozen=True, slots=True)
class Media:
    """A file on a platform's servers. Nothing of it is to be trusted."""

    file_id: str  # what the platform fetches it by: an id, an address
    name: str  # as claimed
    media_type: str  # as claimed
    size: int = 0  # bytes, as claimed; 0 if not said


@dataclass(frozen=True, slots=True)
class Source:
    """A platform that files come from."""

    name: str  # as the catalogue calls it: "telegram", "slack", "request", "web"
    limit: int  # bytes of one file


class FileTooBig(Rejected):
    """More bytes than the platform, or we, allow."""


class Downloads(Protocol):
    """The part of a platform's API that is needed here."""

    async def download(self, file_id: str, target: Path, /, *, limit: int) -> int:
        """Write to *target*; how many bytes. Raises `FileTooBig` over *limit*."""
        ...


class NotSaved(Exception):
    """Says why, to the person, by a key of the catalogue."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Files:
    """Saves into the folder that *find_folder* gives for an address."""

    def __init__(
        self,
        find_folder: FindFolder,
        downloads: Downloads,
        *,
        source: Source,
        sleep: Sleep,
    ) -> None:
        self._find_folder = find_folder
        self._downloads = downloads
        self._source = source
        self._sleep = sleep

    async def save(
        self,
        media: Media,
        address: Address,
        mark: int | str,
        language: str,
    ) -> Attachment:
        """Fetch a file, or say in `Attachment.problem` why not.

        *mark* goes before its name: the same each time for this file of this message.
        """
        name = file_name(media.name)
        try:
            return await self._saved(media, name, address, mark)
        except NotSaved as error:
            problem = say(language, error.key, name=name, **error.values)
        except (AdapterError, OSError) as error:
            log.warning("file.not_saved", error=repr(error), size=media.size)
            problem = self.failed(name, error, language)
        except Exception:
            log.exception("file.not_saved", size=media.size)
            problem = say(language, "file-not-fetched", name=name)
        return Attachment(name, _claimed(media), media.size, problem=problem)

    def failed(self, name: str, error: AdapterError | OSError, language: str) -> str:
        """The sentence for somebody whose file did not come."""
        if isinstance(error, OSError):
            reason = str(error.strerror or error)
            return say(language, "file-not-fetched-because", name=name, reason=reason)
        passing = isinstance(error, PASSING)
        key = "file-not-fetched-now" if passing else "file-not-fetched-from"
        return say(language, key, name=name, source=self._source.name)

    async def _saved(
        self, media: Media, name: str, address: Address, mark: int | str
    ) -> Attachment:
        if media.size > self._source.limit:
            raise self._too_big(media.size)
        folder = await self._find_folder(address)
        _room(folder, media.size)
        # Named for what it is, so that a replay replaces what a killed run left.
        with _scratch(folder / f".incoming-{address.chat}-{mark}") as scratch:
            fetched = scratch / "file"
            size = await self._fetched(media, fetched)
            # No await below: two files must not both be the last to fit.
            _room(folder, size)
            target = _place(fetched, folder, mark, name)
        return Attachment(
            name, media_type(target, _claimed(media)), size, path=str(target)
        )

    async def _fetched(self, media: Media, target: Path) -> int:
        try:
            size: int = await for_a_minute(self._sleep)(
                self._downloads.download,
                media.file_id,
                target,
                limit=self._source.limit,
            )
        except FileTooBig as error:
            raise self._too_big(0) from error
        return size

    def _too_big(self, size: int) -> NotSaved:
        """*size* is 0 if nobody knows it."""
        return NotSaved(
            "file-too-big",
            megabytes=math.ceil(size / MB),
            source=self._source.name,
            limit=self._source.limit // MB,
        )


def _room(folder: Path, size: int) -> None:
    """Raises `NotSaved` if the folder would be over its limit."""
    with os.scandir(folder) as entries:
        used = sum(
            entry.stat(follow_symlinks=False).st_size
            for entry in entries
            if entry.is_file(follow_symlinks=False)
        )
    if used + size > FOLDER_LIMIT:
        raise NotSaved(
            "file-no-room",
            used=used // MB,
            limit=FOLDER_LIMIT // MB,
            folder=str(folder),
        )


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place(fetched: Path, folder: Path, mark: int | str, name: str) -> Path:
    """Give a file its name. Nothing that is there is overwritten or followed."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - not a path
    for attempt in count(1):
        again = f"-{attempt}" if attempt > 1 else ""
        target = folder / f"{mark}-{stem}{again}{suffix}"
        try:
            flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY
            os.close(os.open(target, flags, mode=0o600))
        except FileExistsError:
            if _same(target, fetched):
                return target  # a killed run had got this far
            continue
        fetched.chmod(0o600)
        fetched.replace(target)  # only ever our own empty file
        return target
    raise AssertionError("count() has no end")


def _same(target: Path, fetched: Path) -> bool:
    regular = stat.S_ISREG(target.lstat().st_mode)  # a link is not followed
    return regular and filecmp.cmp(target, fetched, shallow=False)


def _claimed(media: Media) -> str:
    return (
        media.media_type
        if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media.media_type)
        else UNKNOWN
    )
