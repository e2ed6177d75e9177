"""Words too long for messages: a beginning, and a file with all of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.inbound import Address
from adapters.telegram.long import MAX_SAID
from adapters.telegram.render import Piece, render
from adapters.views import Said, Step, TurnStatus, TurnView
from tests.adapters.kills import PaperScreen
from tests.adapters.telegram.connected import Ears, connected
from tests.adapters.telegram.views import faults
from tests.telegram_server import ADA, FakeTelegram

CHAT = Address("telegram", str(ADA))
NOW = 1000.0
SPACED = "First words." + "\n" * MAX_SAID + "Last words."  # few messages: quickly sent
LINES = "\n".join(f"line {number} of it" for number in range(10_000))
TOLD = "All of it is in answer.md below."


def turn(status: TurnStatus, *said: Said | Step, ended_at: float = 910.0) -> TurnView:
    ended = ended_at if status.final else None
    return TurnView(
        id="t1", status=status, parts=said, started_at=900.0, ended_at=ended
    )


def words(pieces: list[Piece]) -> str:
    return "\n".join(piece.text for piece in pieces)


def test_an_answer_of_megabytes_is_a_few_messages_and_a_file() -> None:
    text = LINES * 32
    *messages, file = render(turn(TurnStatus.DONE, Said(text)), now=NOW)

    assert len(text) > 5_000_000
    assert 5 <= len(messages) <= 8
    assert messages[0].text.startswith("line 0 of it\nline 1 of it")
    assert TOLD in messages[-1].text
    assert file.upload
    assert file.upload.name == "answer.md"
    assert file.upload.content == text
    assert list(faults(messages)) == []


def test_the_cut_falls_between_two_lines() -> None:
    *messages, _file = render(turn(TurnStatus.DONE, Said(LINES)), now=NOW)

    last = words(messages).partition("\n\n📄")[0].split("\n")[-1]
    assert last in LINES.split("\n")


def test_the_file_holds_the_work_as_well() -> None:
    view = turn(TurnStatus.DONE, Said("I look."), Step("1", "Read a"), Said(LINES))

    *_, file = render(view, now=NOW)

    assert file.upload
    assert file.upload.content.startswith("I look.\n\n- ⚙️ Read a")
    assert file.upload.content.endswith("line 9999 of it")


@pytest.mark.parametrize("status", [TurnStatus.FAILED, TurnStatus.CANCELLED])
@pytest.mark.parametrize("ended_at", [910.0, 990.0])
def test_what_was_said_before_it_broke_off_is_a_file_too(
    status: TurnStatus, ended_at: float
) -> None:
    *messages, file = render(turn(status, Said(LINES), ended_at=ended_at), now=NOW)

    assert TOLD in words(messages)
    assert file.upload
    assert file.upload.content == LINES


def test_while_it_grows_its_messages_stay_and_it_is_said_that_a_file_comes() -> None:
    views = [
        turn(TurnStatus.RUNNING, Said(LINES[:length], complete=False))
        for length in (MAX_SAID + 1, MAX_SAID * 2, MAX_SAID * 6)
    ]

    first, *others = [render(view, now=NOW) for view in views]

    assert all(pieces == first for pieces in others)
    assert "all of it comes as answer.md once it is done" in first[-1].text
    assert first[-1].buttons
    assert not any(piece.upload for piece in first)


def test_what_comes_after_long_words_is_shown_as_ever() -> None:
    view = turn(TurnStatus.RUNNING, Said(LINES), Step("1", "Read b"), Said("Next."))

    shown = words(render(view, now=NOW))

    assert "Read b" in shown
    assert "Next." in shown


def test_code_that_is_cut_is_closed() -> None:
    code = "```python\n" + "x = 1\n" * 10_000 + "```\n"

    *messages, _file = render(turn(TurnStatus.DONE, Said(code)), now=NOW)

    assert list(faults(messages)) == []
    told = messages[-1]
    (block,) = [e for e in told.entities if e["type"] == "pre"]
    assert block["offset"] + block["length"] <= told.text.index("📄")


def test_a_long_answer_that_fits_is_no_file() -> None:
    pieces = render(turn(TurnStatus.DONE, Said(LINES[:MAX_SAID])), now=NOW)

    assert not any(piece.upload for piece in pieces)
    assert "answer.md" not in words(pieces)


# --- on the screen ------------------------------------------------------------


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(flood=None) as telegram:
        yield telegram
        assert telegram.refusals == []


async def test_the_file_comes_below_the_messages(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    async with connected(telegram, Ears(tmp_path), PaperScreen()) as adapter:
        adapter.show(CHAT, turn(TurnStatus.DONE, Said(SPACED)))
        await adapter.flush()

    message, file = telegram.chat()
    assert message.text.startswith(f"First words.\n\n📄 {TOLD}")
    assert file.file_name == "answer.md"
    assert file.data == SPACED.encode()


async def test_without_the_file_it_is_said_that_it_is_missing(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    telegram.fail("editMessageMedia", 9, "error")
    async with connected(telegram, Ears(tmp_path), PaperScreen()) as adapter:
        adapter.show(CHAT, turn(TurnStatus.DONE, Said(SPACED)))
        await adapter.flush()

    *_, told = telegram.chat()
    assert "answer.md could not be sent" in told.text
