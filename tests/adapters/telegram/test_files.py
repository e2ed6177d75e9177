"""Files that people send, on a real disk."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.base import Ambiguous, RateLimited, Rejected, Unavailable
from adapters.files import FOLDER_LIMIT, MB, Media
from adapters.inbound import Address, Attachment
from adapters.names import NAME_LIMIT, file_name, one_line
from adapters.telegram.files import SIZE_LIMIT
from adapters.telegram.files import TelegramFiles as Files
from tests.adapters.telegram.incoming import HOME, FakeDownloads, steadily

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"


class Desk:
    """One conversation's folder, and somebody who sends files to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.downloads = FakeDownloads()
        self.slept: list[float] = []
        self.files = Files(self._find, self.downloads, sleep=self._sleep)

    async def _find(self, address: Address) -> Path:
        return self.folder

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def save(
        self,
        name: str = "report.pdf",
        content: bytes = b"words",
        *,
        media_type: str = "application/pdf",
        size: int = 0,
        message: int = 7,
        language: str = "en",
    ) -> Attachment:
        self.downloads.contents["f"] = content
        media = Media("f", name, media_type, size)
        return await self.files.save(media, HOME, message, language)

    @property
    def there(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_file_is_saved_under_its_own_name(desk: Desk) -> None:
    got = await desk.save()

    path = desk.folder / "7-report.pdf"
    assert got == Attachment("report.pdf", "application/pdf", 5, path=str(path))
    assert path.read_bytes() == b"words"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert desk.there == {"7-report.pdf"}


async def test_nothing_that_is_there_is_overwritten(desk: Desk) -> None:
    (desk.folder / "7-report.pdf").write_text("mine")

    got = await desk.save()

    assert (desk.folder / "7-report.pdf").read_text() == "mine"
    assert Path(got.path).name == "7-report-2.pdf"


async def test_what_a_killed_run_had_saved_is_not_saved_twice(desk: Desk) -> None:
    before = await desk.save()

    assert await desk.save() == before
    assert desk.there == {"7-report.pdf"}


async def test_a_link_in_the_folder_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("words")
    desk.folder = tmp_path / "folder"
    desk.folder.mkdir()
    (desk.folder / "7-report.pdf").symlink_to(outside)
    (desk.folder / f".incoming-{HOME.chat}-7").symlink_to(tmp_path)

    got = await desk.save()

    assert got.problem
    assert outside.read_text() == "words"
    (desk.folder / f".incoming-{HOME.chat}-7").unlink()
    assert Path((await desk.save()).path).name == "7-report-2.pdf"
    assert outside.read_text() == "words"


async def test_what_a_killed_run_left_is_replaced(desk: Desk) -> None:
    left = desk.folder / f".incoming-{HOME.chat}-7"
    left.mkdir()
    (left / "file.part").write_text("half")

    await desk.save()

    assert desk.there == {"7-report.pdf"}


@pytest.mark.parametrize(
    ("content", "claimed", "media_type"),
    [
        (PNG, "application/pdf", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg", "image/jpeg"),
        (b"GIF89arest", "video/mp4", "image/gif"),
        (b"RIFF1234WEBPrest", "image/webp", "image/webp"),
        (b"#!/bin/sh", "image/png", "application/octet-stream"),
        (b"", "image/png", "application/octet-stream"),
        (b"words", "text/plain", "text/plain"),
        (b"words", "text/plain\n@/etc/passwd", "application/octet-stream"),
    ],
)
async def test_the_first_bytes_tell_what_an_image_is(
    desk: Desk, content: bytes, claimed: str, media_type: str
) -> None:
    got = await desk.save("a.png", content, media_type=claimed)

    assert got.media_type == media_type


async def test_too_big_a_file_is_explained_and_not_fetched(desk: Desk) -> None:
    got = await desk.save(size=25 * MB)

    assert got.problem == (
        "report.pdf is 25 MB; Telegram lets bots fetch at most 20 MB. "
        "Put it into the project folder yourself, or send it in parts."
    )
    assert (got.size, got.path) == (25 * MB, "")
    assert desk.downloads.started == []


async def test_too_big_a_file_is_explained_in_the_language_of_who_sent_it(
    desk: Desk,
) -> None:
    got = await desk.save(size=25 * MB, language="ko-KR")

    assert got.problem == (
        "report.pdf — 파일 크기가 25 MB예요. 텔레그램에서 봇은 20 MB까지만 받을 수 "
        "있어요. 프로젝트 폴더에 직접 넣거나 나누어 보내 주세요."
    )


async def test_just_over_the_limit_is_not_called_the_limit(desk: Desk) -> None:
    assert "is 21 MB" in (await desk.save(size=SIZE_LIMIT + 1)).problem


@pytest.mark.parametrize("claimed", [0, 5])
async def test_a_size_that_is_missing_or_wrong_does_not_help(
    desk: Desk, claimed: int
) -> None:
    got = await desk.save(content=bytes(SIZE_LIMIT + 1), size=claimed)

    assert "report.pdf is too big; Telegram lets bots fetch at most" in got.problem
    assert desk.there == set()


async def test_a_full_folder_is_explained_and_nothing_is_deleted(desk: Desk) -> None:
    with (desk.folder / "old").open("wb") as old:
        old.truncate(FOLDER_LIMIT - 3)

    for claimed in (0, 5):
        got = await desk.save(size=claimed)

        assert "report.pdf was not saved" in got.problem
        assert "199 of 200 MB" in got.problem
        assert str(desk.folder) in got.problem
    assert desk.there == {"old"}
    assert desk.downloads.started == ["f"]  # only when the size was not known


async def test_a_passing_trouble_is_waited_out(desk: Desk) -> None:
    desk.downloads.failures = [Unavailable("no"), Ambiguous("?"), RateLimited(9)]

    got = await desk.save()

    assert not got.problem
    assert desk.slept == [1, 2, 9]


async def test_a_lasting_trouble_is_told_after_a_minute(desk: Desk) -> None:
    desk.downloads.failures = [Unavailable("no connection") for _ in range(20)]

    got = await desk.save()

    assert got.problem == (
        "report.pdf could not be fetched from Telegram just now. Please send it again."
    )
    assert 30 <= sum(desk.slept) <= 60
    assert desk.there == set()


async def test_a_long_wait_is_not_begun(desk: Desk) -> None:
    desk.downloads.failures = [RateLimited(13_938)]

    assert "just now" in (await desk.save()).problem
    assert desk.slept == []


async def test_a_refusal_is_not_repeated(desk: Desk) -> None:
    desk.downloads.failures = [Rejected("wrong file_id")]

    got = await desk.save()

    assert got.problem == "report.pdf could not be fetched from Telegram."
    assert len(desk.downloads.started) == 1


async def test_a_disk_that_does_not_take_it_is_explained(desk: Desk) -> None:
    desk.folder = desk.folder / "missing"

    got = await desk.save()

    assert got.problem == "report.pdf could not be fetched: No such file or directory."


# --- names --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "name"),
    [
        ("report final.pdf", "report final.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\temp\\a.txt", "C_temp_a.txt"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("", "file"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\nb\x00c\u200b.txt", "a b c.txt"),
        ("nul.txt", "_nul.txt"),
        ("отчёт.pdf", "отчёт.pdf"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
        ("x" * 200 + ".tar.gz", "x" * 77 + ".gz"),
        ("😀" * 50 + ".png", "😀" * 19 + ".png"),
    ],
)
def test_a_name_is_made_safe(claimed: str, name: str) -> None:
    assert file_name(claimed) == name


@steadily
@given(st.text(max_size=300))
@example("a." + "b" * 300)
@example("\ud83d.\ud83d")
@example("." * 300 + "/" + " " * 90 + ".x")
def test_whatever_the_name_it_is_a_good_one(claimed: str) -> None:
    name = file_name(claimed)

    assert name
    assert len(name.encode()) <= NAME_LIMIT
    assert name == one_line(name)
    assert name not in {".", ".."}
    assert not name.startswith((".", " "))
    assert not set(name) & set('/\\:*?"<>|')
    assert os.path.basename(name) == name  # noqa: PTH119 - as the disk sees it
