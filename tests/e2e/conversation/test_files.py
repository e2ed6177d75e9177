"""Files out: what the agent may send arrives as what it is, and nothing else does."""

import json
from pathlib import Path

import pytest

from tests.e2e.conversation.scenes import memory, on
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import eventually
from tests.messages_reply import Reply, Say, Use

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc33000000"
    "0049454e44ae426082"
)
TOOL = "mcp__parley__send_file"


def sending(path: Path | str, caption: str = "") -> str:
    return f"TOOL[{TOOL}|{json.dumps({'path': str(path), 'caption': caption})}]TOOL"


async def test_pictures_and_texts_are_sent(chat: Surface) -> None:
    (chat.parley.workspace / "chart.png").write_bytes(PNG)
    (chat.parley.workspace / "notes.md").write_text("# Notes\n")
    await chat.begin()

    await chat.say(sending("chart.png", "The chart"))
    await chat.until(lambda: PNG in dict(chat.files()).values())
    await chat.answered("Tool said")
    await chat.say(sending("notes.md"))

    await chat.until(lambda: ("notes.md", b"# Notes\n") in chat.files())
    await chat.until(lambda: not chat.labels())
    assert len(chat.files()) == 2
    assert "on its way to the person" in memory(chat)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("/etc/passwd", "only files in the workspace"),
        ("out.txt", "only files in the workspace"),  # a link to it
        ("big.bin", "50 MB"),
        ("nothing.txt", "There is no"),
    ],
)
@on(["telegram"])  # it is refused before any platform hears of it
async def test_what_may_not_be_sent_is_refused_and_the_turn_goes_on(
    chat: Surface, what: str, why: str
) -> None:
    (chat.parley.workspace / "out.txt").symlink_to("/etc/passwd")
    with (chat.parley.workspace / "big.bin").open("wb") as big:
        big.truncate(60_000_000)
    await chat.begin()

    await chat.say(sending(what))

    await chat.answered("Tool said")
    assert why in chat.find("Tool said")
    assert chat.files() == []
    assert "root:" not in memory(chat)


async def test_a_file_sent_before_a_kill_is_not_sent_again(chat: Surface) -> None:
    (chat.parley.workspace / "notes.md").write_text("# Notes\n")
    await chat.begin()
    chat.parley.api.then(
        Reply(blocks=[Use(TOOL, {"path": "notes.md"}, "toolu_the_very_same")]),
        Reply(blocks=[Say("It is")], wait="never"),
    )
    await chat.say("send me the notes")
    await chat.until(lambda: len(chat.files()) == 1)
    shown = "SELECT 1 FROM file WHERE shown_at IS NOT NULL"
    await eventually(lambda: chat.parley.rows(shown))
    await chat.parley.api.arrived(2)

    await chat.parley.kill()
    await eventually(lambda: not chat.parley.family())
    await chat.begin()

    await chat.answered("interrupted while working")
    assert len(chat.files()) == 1
