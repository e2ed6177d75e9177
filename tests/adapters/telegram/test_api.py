import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.base import (
    AdapterError,
    Ambiguous,
    LoggedOut,
    RateLimited,
    Rejected,
    Unavailable,
    Unreachable,
)
from adapters.files import FileTooBig
from adapters.telegram.api import TelegramApi
from adapters.telegram.errors import (
    BadText,
    Conflict,
    MessageGone,
    MethodMissing,
    Migrated,
    QueryExpired,
    ReplyGone,
    ThreadGone,
    Uneditable,
    WebhookSet,
)
from adapters.telegram.wire import Timeouts
from tests.telegram_server import ADA, FakeTelegram

CANARY = "123456:canary-that-nobody-may-hear-sing"


class Sleeps:
    """Sleeping that takes no time and is remembered."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=CANARY) as telegram:
        yield telegram


@pytest.fixture
async def api(telegram: FakeTelegram) -> AsyncIterator[TelegramApi]:
    async with connected(telegram) as api:
        yield api


def connected(telegram: FakeTelegram, *, api_base: str = "") -> TelegramApi:
    return TelegramApi(
        telegram.token,
        api_base or telegram.api_base,
        timeouts=Timeouts(read_s=0.2),
        sleep=Sleeps(),
    )


async def send(api: TelegramApi, text: str = "hello") -> int:
    message = await api.call("sendMessage", chat_id=ADA, text=text)
    return int(message["message_id"])


ROWS: list[tuple[int, str, type[AdapterError]]] = [
    (400, "Bad Request: message to edit not found", MessageGone),
    (400, "Bad Request: message to delete not found", MessageGone),
    (400, "Bad Request: message to react not found", MessageGone),
    (400, "Bad Request: MESSAGE_ID_INVALID", MessageGone),
    (400, "Bad Request: message can't be edited", Uneditable),
    (400, "Bad Request: message can't be deleted for everyone", Uneditable),
    (400, "Bad Request: can't parse entities: Unsupported start tag", BadText),
    (400, "Bad Request: entity beginning at UTF-16 offset 0 ends after", BadText),
    (400, "Bad Request: entity URL 'http://localhost' is invalid", BadText),
    (400, "Bad Request: message is too long", BadText),
    (400, "Bad Request: message caption is too long", BadText),
    (400, "Bad Request: message text is empty", BadText),
    (400, "Bad Request: text must be non-empty", BadText),
    (400, "Bad Request: message to be replied not found", ReplyGone),
    (400, "Bad Request: message thread not found", ThreadGone),
    (400, "Bad Request: TOPIC_CLOSED", ThreadGone),
    (400, "Bad Request: TOPIC_DELETED", ThreadGone),
    (400, "Bad Request: TOPIC_ID_INVALID", ThreadGone),
    (400, "Bad Request: query is too old and response timeout expired", QueryExpired),
    (400, "Bad Request: chat not found", Unreachable),
    (400, "Bad Request: not enough rights to send text messages", Unreachable),
    (400, "Bad Request: file is too big", FileTooBig),
    (400, "Bad Request: BUTTON_DATA_INVALID", Rejected),
    (401, "Unauthorized", LoggedOut),
    (403, "Forbidden: bot was blocked by the user", Unreachable),
    (403, "Forbidden: user is deactivated", Unreachable),
    (403, "Forbidden: bot can't initiate conversation with a user", Unreachable),
    (403, "Forbidden: bot was kicked from the supergroup chat", Unreachable),
    (404, "Not Found: method not found", MethodMissing),
    (404, "Not Found", LoggedOut),
    (409, "Conflict: terminated by other getUpdates request", Conflict),
    (413, "Request Entity Too Large", FileTooBig),
    (429, "Too Many Requests", RateLimited),
    (409, "Conflict: can't use getUpdates while webhook is active", WebhookSet),
    (500, "Internal Server Error: restart", Ambiguous),
    (502, "Bad Gateway", Ambiguous),
    (503, "Service Unavailable", Unavailable),
    (504, "Gateway Timeout", Ambiguous),
]


@pytest.mark.parametrize(("code", "description", "meaning"), ROWS)
async def test_every_refusal_has_its_meaning(
    code: int,
    description: str,
    meaning: type[AdapterError],
    telegram: FakeTelegram,
    api: TelegramApi,
) -> None:
    telegram.fail("sendMessage", 9, "error", code=code, description=description)

    with pytest.raises(AdapterError) as caught:
        await send(api)

    assert type(caught.value) is meaning


async def test_a_pause_has_its_length(telegram: FakeTelegram, api: TelegramApi) -> None:
    telegram.fail("sendMessage", 1, "429", retry_after=300)

    with pytest.raises(RateLimited) as caught:
        await send(api)

    assert caught.value.retry_after_s == 300


async def test_a_group_that_moved_says_where(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    moved = {"migrate_to_chat_id": -1001234567890}
    telegram.fail("sendMessage", 1, "error", parameters=moved)

    with pytest.raises(Migrated) as caught:
        await send(api)

    assert caught.value.new_chat_id == -1001234567890


async def test_a_token_that_was_revoked_or_is_nonsense_is_no_token(
    telegram: FakeTelegram,
) -> None:
    for token in ("123456:revoked", "nonsense"):
        async with TelegramApi(token, telegram.api_base) as api:
            with pytest.raises(LoggedOut):
                await api.call("getMe")


async def test_a_method_that_the_server_does_not_know_is_no_matter_of_the_token(
    api: TelegramApi,
) -> None:
    with pytest.raises(MethodMissing):
        await api.call("sendTelepathy", chat_id=ADA)


async def test_an_edit_that_changes_nothing_is_a_success(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    message = await send(api)

    edited = await api.call(
        "editMessageText", chat_id=ADA, message_id=message, text="hello"
    )

    assert edited is True


async def test_half_a_character_is_refused_here(api: TelegramApi) -> None:
    with pytest.raises(BadText):
        await send(api, "\ud83d")


async def test_parameters_that_are_none_are_left_out(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    await api.call("sendMessage", chat_id=ADA, text="x", entities=None)

    assert telegram.calls("sendMessage")[0].params == {"chat_id": ADA, "text": "x"}


# --- no answer ----------------------------------------------------------------


async def test_a_send_without_an_answer_is_never_repeated(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    for kind in ("drop_before", "drop_after", "hang", "garbage"):
        telegram.fail("sendMessage", 1, kind)

        with pytest.raises(Ambiguous):
            await send(api, kind)

    assert len(telegram.calls("sendMessage")) == 4
    assert [message.text for message in telegram.chat()] == ["drop_after"]


async def test_a_send_that_surely_did_not_happen_is_repeated(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    telegram.fail("sendMessage", 2, "error", code=503)

    await send(api)

    assert len(telegram.chat()) == 1


async def test_what_may_be_repeated_is(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    message = await send(api)
    telegram.fail("editMessageText", 1, "drop_after")
    telegram.fail("editMessageText", 1, "drop_before")
    telegram.fail("getMe", 1, "hang")

    await api.call("editMessageText", chat_id=ADA, message_id=message, text="new")
    me = await api.call("getMe")

    assert telegram.chat()[-1].versions == ["hello", "new"]
    assert me["is_bot"]


async def test_patience_ends(telegram: FakeTelegram, api: TelegramApi) -> None:
    telegram.fail("getMe", 9, "5xx")

    with pytest.raises(Ambiguous):
        await api.call("getMe")

    assert len(telegram.calls("getMe")) == 3


async def test_without_a_server_nothing_has_happened(telegram: FakeTelegram) -> None:
    async with FakeTelegram() as gone:
        nobody = gone.api_base

    async with connected(telegram, api_base=nobody) as api:
        with pytest.raises(Unavailable):
            await send(api)


async def test_a_call_that_waits_survives_a_reconnect(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    poll = asyncio.create_task(api.updates(None, timeout_s=5, allowed=["message"]))
    await telegram.wait_for(lambda: telegram.calls("getUpdates"))

    await api.reconnect()
    await send(api)
    telegram.say("hello")

    assert len(await poll) == 1


# --- files --------------------------------------------------------------------


def file_id(telegram: FakeTelegram, data: bytes, size: int | None = None) -> str:
    sent = telegram.send_document("a ü.bin", data, size=size)
    return str(sent.raw["document"]["file_id"])


async def test_a_file_is_saved_whole(
    telegram: FakeTelegram, api: TelegramApi, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 2000

    size = await api.download(
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
    api: TelegramApi,
    tmp_path: Path,
) -> None:
    big = file_id(telegram, b"x" * 100, claimed)

    with pytest.raises(FileTooBig):
        await api.download(big, tmp_path / "a.bin", limit=limit)

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
    api: TelegramApi,
    tmp_path: Path,
) -> None:
    telegram.fail(r"\(download\)", 1, kind)

    with pytest.raises(meaning):
        await api.download(file_id(telegram, b"x" * 9999), tmp_path / "a", limit=99_999)

    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_gone_says_nothing_of_the_token(
    telegram: FakeTelegram, api: TelegramApi, tmp_path: Path
) -> None:
    lost = file_id(telegram, b"x")
    telegram.fail(r"\(download\)", 1, "error", code=404)

    with pytest.raises(Rejected):
        await api.download(lost, tmp_path / "a", limit=9)


# --- the token ----------------------------------------------------------------


def told(error: BaseException | None) -> str:
    """All that an error, and those it came from, could say to anybody."""
    words = ""
    while error:
        words += "".join(traceback.format_exception(error)) + repr(error) + str(error)
        words += repr(vars(error))
        error = error.__cause__ or error.__context__
    return words


async def test_the_token_is_never_told(
    telegram: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FakeTelegram() as gone:
        nobody = gone.api_base
    file = file_id(telegram, b"x" * 99)
    telegram.fail("sendMessage", 1, "drop_before")
    telegram.fail("sendMessage", 1, "hang")
    telegram.fail("sendMessage", 1, "garbage")
    telegram.fail("sendMessage", 1, "error", description=f"no such URL: bot{CANARY}/x")
    telegram.fail("sendMessage", 1, "error", code=409, description=CANARY)
    telegram.fail("sendMessage", 1, "error", code=502, description=CANARY)
    telegram.fail(r"\(download\)", 1, "drop_after")
    telegram.fail(r"\(download\)", 1, "error", code=404)
    errors = []

    async with connected(telegram) as api:
        for _ in range(6):
            with pytest.raises(AdapterError) as caught:
                await send(api)
            errors.append(caught.value)
        for _ in range(2):
            with pytest.raises(AdapterError) as caught:
                await api.download(file, tmp_path / "a", limit=999)
            errors.append(caught.value)
        await send(api)
    for base in (nobody, "ftp://nowhere", "http://[broken", "http://host:port"):
        async with connected(telegram, api_base=base) as api:
            with pytest.raises(AdapterError) as caught:
                await send(api)
            errors.append(caught.value)

    assert len(errors) == 12
    secret = CANARY.partition(":")[2]
    for error in errors:
        assert secret not in told(error)
    assert secret not in caplog.text
