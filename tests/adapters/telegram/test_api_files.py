"""Files from Telegram are whole or not there."""

from pathlib import Path
from typing import Any

import pytest

from adapters.base import AdapterError, Ambiguous, RateLimited, Rejected
from adapters.files import FileTooBig
from adapters.telegram.api import TelegramApi
from tests.adapters.telegram.calling import file_id
from tests.telegram_server import FakeTelegram


async def test_a_file_is_saved_whole(
    telegram: FakeTelegram, hasty: TelegramApi, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 2000

    size = await hasty.download(
        file_id(telegram, data), tmp_path / "a.bin", limit=len(data)
    )

    assert size == len(data)
    assert (tmp_path / "a.bin").read_bytes() == data
    assert list(tmp_path.iterdir()) == [tmp_path / "a.bin"]


@pytest.mark.parametrize(
    ("claimed", "limit"),
    [(99, 50), (None, 50), (1, 50), (25 << 20, 99 << 20)],
    ids=["told so", "told truly", "lied to", "by Telegram"],
)
async def test_a_file_too_big_is_refused_and_leaves_nothing(
    claimed: int | None,
    limit: int,
    telegram: FakeTelegram,
    hasty: TelegramApi,
    tmp_path: Path,
) -> None:
    big = file_id(telegram, b"x" * 100, claimed)

    with pytest.raises(FileTooBig):
        await hasty.download(big, tmp_path / "a.bin", limit=limit)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("drop_after", Ambiguous),
        ("hang", Ambiguous),
        ("5xx", Ambiguous),
        ("429", RateLimited),
    ],
)
async def test_half_a_file_is_no_file(
    kind: Any,
    meaning: type[AdapterError],
    telegram: FakeTelegram,
    curt: TelegramApi,
    tmp_path: Path,
) -> None:
    telegram.fail(r"\(download\)", 1, kind)

    with pytest.raises(meaning):
        await curt.download(
            file_id(telegram, b"x" * 9999), tmp_path / "a", limit=99_999
        )

    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_gone_says_nothing_of_the_token(
    telegram: FakeTelegram, hasty: TelegramApi, tmp_path: Path
) -> None:
    lost = file_id(telegram, b"x")
    telegram.fail(r"\(download\)", 1, "error", code=404)

    with pytest.raises(Rejected):
        await hasty.download(lost, tmp_path / "a", limit=9)
