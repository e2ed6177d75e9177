"""Files for people, from a view to Telegram's screen."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.inbound import Address
from adapters.telegram.documents import MAX_UPLOAD
from adapters.telegram.render import render
from adapters.views import FileView, Notice, Option, QuestionView, TurnStatus, TurnView
from tests.adapters.kills import PaperScreen
from tests.adapters.telegram.connected import Ears, connected
from tests.telegram_server import ADA, FakeTelegram

CHAT = Address("telegram", str(ADA))
QUESTION = QuestionView(
    id="q1", turn_id="t1", title="May I?", options=(Option("yes", "Yes"),)
)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram
        assert telegram.refusals == []


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def file_at(folder: Path, data: bytes, **view: str) -> FileView:
    path = folder / "copy"
    path.write_bytes(data)
    given = {"id": "f1", "name": "report.pdf", "media_type": "application/pdf", **view}
    return FileView(path=str(path), size=len(data), **given)  # type: ignore[arg-type]


def picture(folder: Path, data: bytes) -> FileView:
    return file_at(folder, data, name="chart.png", media_type="image/png")


async def shown(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, view: FileView
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, view)
        async with asyncio.timeout(10):
            await adapter.flush()
    assert screen.done == [view.id]


async def test_a_picture_is_shown_as_one_in_a_single_silent_message(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    view = replace(picture(tmp_path, png(30, 20)), caption="The <chart> & more")

    await shown(telegram, ears, screen, view)

    (message,) = telegram.chat()
    assert message.is_photo
    assert message.data == png(30, 20)
    assert message.versions == ["📎 chart.png", "The <chart> & more"]
    assert message.silent


async def test_any_other_file_keeps_its_name_whatever_the_script(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    view = file_at(tmp_path, b"%PDF-1.7", name="3분기 보고서 📈.pdf")

    await shown(telegram, ears, screen, view)

    (message,) = telegram.chat()
    assert message.file_name == "3분기 보고서 📈.pdf"
    assert message.data == b"%PDF-1.7"
    assert not message.text


@pytest.mark.parametrize(
    "data",
    [png(2100, 100), png(9000, 1001), b"\x89PNG\r\n\x1a\n", b"not a picture"],
    ids=["too long", "too large", "cut off", "something else"],
)
async def test_a_picture_telegram_would_not_show_is_a_document(
    telegram: FakeTelegram,
    ears: Ears,
    screen: PaperScreen,
    tmp_path: Path,
    data: bytes,
) -> None:
    await shown(telegram, ears, screen, picture(tmp_path, data))

    (message,) = telegram.chat()
    assert message.file_name == "chart.png"
    assert message.data == data
    assert len(telegram.calls("editMessageMedia")) == 1


async def test_a_photo_that_is_refused_after_all_is_sent_as_a_document(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    telegram.fail("editMessageMedia", 1, "error", description="Bad Request: no photo")

    await shown(telegram, ears, screen, picture(tmp_path, png(30, 20)))

    (message,) = telegram.chat()
    assert message.file_name == "chart.png"


async def test_a_file_that_is_refused_is_said_to_be_with_its_caption(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    telegram.fail("editMessageMedia", 9, "error", description="Bad Request: no")
    view = replace(file_at(tmp_path, b"x", language="ko"), caption="요약")

    await shown(telegram, ears, screen, view)

    (message,) = telegram.chat()
    assert message.text.startswith("📎 report.pdf — 보내지 못했어요.")
    assert message.text.endswith("요약")


async def test_a_file_that_is_gone_is_said_to_be_rather_than_tried_for_ever(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    view = file_at(tmp_path, b"x")
    Path(view.path).unlink()

    await shown(telegram, ears, screen, view)

    assert "could not be sent" in telegram.chat()[-1].text


async def test_an_upload_whose_answer_is_lost_is_repeated_in_the_same_message(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    telegram.fail("editMessageMedia", 1, "drop_after")

    await shown(telegram, ears, screen, file_at(tmp_path, b"x"))

    (message,) = telegram.chat()
    assert message.file_name == "report.pdf"
    assert len(telegram.calls("editMessageMedia")) == 2


async def test_a_kill_during_an_upload_leaves_one_message(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    view = file_at(tmp_path, b"x")
    telegram.fail("editMessageMedia", 1, "hang")
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, view)
        await telegram.wait_for(lambda: telegram.calls("editMessageMedia"))
    assert [message.text for message in telegram.chat()] == ["📎 report.pdf"]

    await shown(telegram, ears, screen, view)

    (message,) = telegram.chat()
    assert message.file_name == "report.pdf"


async def test_a_kill_before_it_is_known_that_a_file_arrived_leaves_one_message(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    view = file_at(tmp_path, b"x")
    await shown(telegram, ears, screen, view)
    screen.done.clear()

    await shown(telegram, ears, screen, view)

    (message,) = telegram.chat()
    assert message.file_name == "report.pdf"


async def test_nothing_waits_for_an_upload(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    telegram.fail("editMessageMedia", 1, "hang")
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, file_at(tmp_path, b"x"))
        await telegram.wait_for(lambda: telegram.calls("editMessageMedia"))

        adapter.show(CHAT, QUESTION)

        await telegram.until(lambda chat: "May I?" in chat[-1].text)
    assert screen.done == []


async def test_an_upload_that_fails_for_a_while_holds_up_nothing_and_arrives(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    telegram.fail("editMessageMedia", 3, "5xx")
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, file_at(tmp_path, b"x"))
        await telegram.wait_for(lambda: len(telegram.calls("editMessageMedia")) == 3)
        adapter.show(CHAT, Notice(id="n1", text="Hello"))
        await telegram.until(lambda chat: chat[-1].text == "Hello")

        async with asyncio.timeout(10):
            await adapter.flush()

    assert telegram.chat()[0].file_name == "report.pdf"


async def test_a_file_comes_below_the_turn_that_made_it(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, tmp_path: Path
) -> None:
    turn = TurnView(id="t1", status=TurnStatus.RUNNING)
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, turn)
        adapter.show(CHAT, file_at(tmp_path, b"x", turn_id="t1"))
        async with asyncio.timeout(10):
            await adapter.flush()

    thinking, file = telegram.chat()
    assert "Thinking" in thinking.text
    assert file.file_name == "report.pdf"


def test_a_file_that_telegram_does_not_take_is_words_from_the_start() -> None:
    view = FileView(
        id="f1",
        path="/copy",
        name="disk.img",
        media_type="application/octet-stream",
        size=MAX_UPLOAD + 1,
        caption="All of it",
    )

    said, caption = render(view, now=0.0)

    assert said.text == "📎 disk.img is 51 MB: Telegram lets bots send at most 50 MB."
    assert said.upload is None
    assert caption.text == "All of it"


def test_what_a_caption_has_no_room_for_comes_after_the_file() -> None:
    words = "낱말 😀 " * 400
    view = FileView(
        id="f1",
        path="/copy",
        name="a.png",
        media_type="image/png",
        size=5,
        caption=words,
    )

    file, *rest = render(view, now=0.0)

    assert file.upload is not None
    assert rest
    assert all(len(one.text.encode("utf-16-le")) <= 2048 for one in (file, *rest))
    together = "".join(one.text for one in (file, *rest))
    assert together.split() == words.split() or "".join(together.split()) == "".join(
        words.split()
    )
