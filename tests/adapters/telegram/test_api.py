"""A call on Telegram: what it refuses, and how often it is tried."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

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
from tests.adapters.telegram.calling import file_id, impatient, send
from tests.telegram_server import ADA, FakeTelegram

CANARY = "123456:canary-that-nobody-may-hear-sing"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=CANARY) as telegram:
        yield telegram


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
    hasty: TelegramApi,
) -> None:
    telegram.fail("sendMessage", 9, "error", code=code, description=description)

    with pytest.raises(AdapterError) as caught:
        await send(hasty)

    assert type(caught.value) is meaning


async def test_a_pause_has_its_length(
    telegram: FakeTelegram, hasty: TelegramApi
) -> None:
    telegram.fail("sendMessage", 1, "429", retry_after=300)

    with pytest.raises(RateLimited) as caught:
        await send(hasty)

    assert caught.value.retry_after_s == 300


async def test_a_group_that_moved_says_where(
    telegram: FakeTelegram, hasty: TelegramApi
) -> None:
    moved = {"migrate_to_chat_id": -1001234567890}
    telegram.fail("sendMessage", 1, "error", parameters=moved)

    with pytest.raises(Migrated) as caught:
        await send(hasty)

    assert caught.value.new_chat_id == -1001234567890


async def test_a_token_that_was_revoked_or_is_nonsense_is_no_token(
    telegram: FakeTelegram,
) -> None:
    for token in ("123456:revoked", "nonsense"):
        async with TelegramApi(token, telegram.api_base) as hasty:
            with pytest.raises(LoggedOut):
                await hasty.call("getMe")


async def test_a_method_that_the_server_does_not_know_is_no_matter_of_the_token(
    hasty: TelegramApi,
) -> None:
    with pytest.raises(MethodMissing):
        await hasty.call("sendTelepathy", chat_id=ADA)


async def test_an_edit_that_changes_nothing_is_a_success(
    telegram: FakeTelegram, hasty: TelegramApi
) -> None:
    message = await send(hasty)

    edited = await hasty.call(
        "editMessageText", chat_id=ADA, message_id=message, text="hello"
    )

    assert edited is True


async def test_half_a_character_is_refused_here(hasty: TelegramApi) -> None:
    with pytest.raises(BadText):
        await send(hasty, "\ud83d")


async def test_parameters_that_are_none_are_left_out(
    telegram: FakeTelegram, hasty: TelegramApi
) -> None:
    await hasty.call("sendMessage", chat_id=ADA, text="x", entities=None)

    assert telegram.calls("sendMessage")[0].params == {"chat_id": ADA, "text": "x"}


# --- no answer ----------------------------------------------------------------


async def test_a_send_without_an_answer_is_never_repeated(
    telegram: FakeTelegram, curt: TelegramApi
) -> None:
    for kind in ("drop_before", "drop_after", "hang", "garbage"):
        telegram.fail("sendMessage", 1, kind)

        with pytest.raises(Ambiguous):
            await send(curt, kind)

    assert len(telegram.calls("sendMessage")) == 4
    assert [message.text for message in telegram.chat()] == ["drop_after"]


async def test_a_send_that_surely_did_not_happen_is_repeated(
    telegram: FakeTelegram, hasty: TelegramApi
) -> None:
    telegram.fail("sendMessage", 2, "error", code=503)

    await send(hasty)

    assert len(telegram.chat()) == 1


async def test_what_may_be_repeated_is(
    telegram: FakeTelegram, hasty: TelegramApi, curt: TelegramApi
) -> None:
    message = await send(hasty)
    telegram.fail("editMessageText", 1, "drop_after")
    telegram.fail("editMessageText", 1, "drop_before")
    telegram.fail("getMe", 1, "hang")

    await hasty.call("editMessageText", chat_id=ADA, message_id=message, text="new")
    me = await curt.call("getMe")

    assert telegram.chat()[-1].versions == ["hello", "new"]
    assert me["is_bot"]


async def test_patience_ends(telegram: FakeTelegram, hasty: TelegramApi) -> None:
    telegram.fail("getMe", 9, "5xx")

    with pytest.raises(Ambiguous):
        await hasty.call("getMe")

    assert len(telegram.calls("getMe")) == 3


async def test_without_a_server_nothing_has_happened(telegram: FakeTelegram) -> None:
    async with FakeTelegram() as gone:
        nobody = gone.api_base

    async with impatient(telegram, api_base=nobody) as hasty:
        with pytest.raises(Unavailable):
            await send(hasty)


async def test_a_call_that_waits_survives_a_reconnect(
    telegram: FakeTelegram, hasty: TelegramApi
) -> None:
    poll = asyncio.create_task(hasty.updates(None, timeout_s=5, allowed=["message"]))
    await telegram.wait_for(lambda: telegram.calls("getUpdates"))

    await hasty.reconnect()
    await send(hasty)
    telegram.say("hello")

    assert len(await poll) == 1


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

    async with impatient(telegram, read_s=1.0) as hasty:
        for _ in range(6):
            with pytest.raises(AdapterError) as caught:
                await send(hasty)
            errors.append(caught.value)
        for _ in range(2):
            with pytest.raises(AdapterError) as caught:
                await hasty.download(file, tmp_path / "a", limit=999)
            errors.append(caught.value)
        await send(hasty)
    for base in (nobody, "ftp://nowhere", "http://[broken", "http://host:port"):
        async with impatient(telegram, api_base=base) as hasty:
            with pytest.raises(AdapterError) as caught:
                await send(hasty)
            errors.append(caught.value)

    assert len(errors) == 12
    secret = CANARY.partition(":")[2]
    for error in errors:
        assert secret not in told(error)
    assert secret not in caplog.text
