"""Files that come with a request, saved by the rules for files of every platform.

Rule: an upload's id is the mark in front of its name in the session's own folder, so
it is known after a restart, and to this session only.
"""

import asyncio
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, UploadFile, status

from adapters.files import MB, Files, FileTooBig, Media, Source
from adapters.inbound import Address, Attachment
from adapters.kinds import media_type
from adapters.web import replies
from adapters.web.bodies import SessionId
from adapters.web.keys import GivenKey, key
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented
from adapters.web.tongues import Tongue

LIMIT = 20 * MB
_SOURCE = Source("web", LIMIT)
_ID = 32  # hexadecimal digits


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["files"])

    @routes.post(
        "/sessions/{session}/files",
        status_code=status.HTTP_201_CREATED,
        summary="Save files, to send with a message",
        responses=documented(404, 409, 413, 415),
    )
    async def upload(
        session: SessionId,
        files: Annotated[list[UploadFile], File(max_length=20)],
        tongue: Tongue,
        idempotency: GivenKey = None,
    ) -> list[replies.Upload]:
        """At most 20 MB a file. 409: the session's folder for files is full."""
        folder = await desk.inbox(session)
        sent = key("files", session, idempotency)
        return [
            await _saved(file, folder, _mark(f"{sent}:{place}"), tongue)
            for place, file in enumerate(files)
        ]

    return routes


async def attachments(desk: Desk, session: int, ids: list[str]) -> list[Attachment]:
    """The uploads of *session* with these ids. Raises `Problem` if one is not there."""
    if not ids:
        return []
    folder = await desk.inbox(session)
    return [await asyncio.to_thread(_found, folder, upload) for upload in ids]


def _found(folder: Path, upload: str) -> Attachment:
    mark = f"{upload}-"
    if len(upload) == _ID and upload.isalnum():
        for path in folder.iterdir():
            if path.name.startswith(mark):
                name = path.name.removeprefix(mark)
                size = path.stat().st_size
                return Attachment(name, media_type(path), size, str(path))
    raise Problem(422, "No such upload", f"This session has no upload {upload!r}.")


def _mark(sent: str) -> str:
    """The same for the same file sent again, which then replaces itself."""
    return sha256(sent.encode()).hexdigest()[:_ID]


async def _saved(
    file: UploadFile, folder: Path, mark: str, language: str
) -> replies.Upload:
    async def here(address: Address) -> Path:
        return folder

    files = Files(here, _Copy(file), source=_SOURCE, sleep=asyncio.sleep)
    media = Media(mark, file.filename or "", file.content_type or "", file.size or 0)
    saved = await files.save(media, Address("web", "upload"), mark, language)
    if saved.problem:
        too_big = media.size > LIMIT
        title = "Too big" if too_big else "Not saved"
        raise Problem(413 if too_big else 409, title, saved.problem)
    found = await asyncio.to_thread(_found, folder, mark)
    return replies.Upload(
        id=mark, name=found.name, media_type=found.media_type, size=found.size
    )


class _Copy:
    """The `Downloads` of files that are here already, in the request."""

    def __init__(self, file: UploadFile) -> None:
        self._file = file

    async def download(self, file_id: str, target: Path, /, *, limit: int) -> int:
        size = self._file.size or 0
        if size > limit:
            raise FileTooBig(f"{size} bytes")
        await asyncio.to_thread(self._copy, target)
        return size

    def _copy(self, target: Path) -> None:
        self._file.file.seek(0)
        with target.open("wb") as copy:
            shutil.copyfileobj(self._file.file, copy)
