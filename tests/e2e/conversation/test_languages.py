"""People who read another language than English."""

import re

from adapters.language import ENGLISH
from adapters.views import STOP, own_option
from tests.e2e.conversation.surface import Surface

#: What is no word of ours: the agent's, the platform's, names and units.
FOREIGN = (
    r"RUN\[.*?\]RUN|WRITE\[.*?\]|SAY\[.*?\]|touch\s\w+|Bash(\(.*?\))?|Edit\(.*?\)"
    r"|Running it\.|Tool said.*|/\S+|\brun\b|opus-\S+|<@\w+>"
    r"|Ada( Lovelace)?|the owner|Parley|Telegram|Slack|Web|claude|CPU|MB"
    r"|git init|git|```\w+"
    r"|Default \(recommended\)|Opus|Fable|Sonnet|Haiku|default|opus|fable|sonnet|haiku"
    r"|diff --git.*|new file mode.*|index \w+.*|made|[Mm]ore"
)


def _english(texts: list[str]) -> list[str]:
    """Lines with a word that only English could be."""
    lines = "\n".join(texts).splitlines()
    return [line for line in lines if re.search(r"[A-Za-z]{3}", _ours(line))]


def _ours(line: str) -> str:
    return re.sub(FOREIGN, "", line)


async def test_a_korean_person_reads_korean(chat: Surface) -> None:
    await chat.begin()
    await chat.command("language")
    await chat.press("한국어")
    await chat.shows("이제부터 한국어로 말하겠습니다.")
    menu, before = chat.labels(), len(chat.texts())
    assert not menu
    buttons: list[str] = []

    await chat.say("RUN[touch made]RUN")
    await chat.offers("한 번만 허용")
    buttons += chat.labels()
    await chat.push("한 번만 허용")
    await chat.answered("Tool said")
    for order, says in (
        ("status", "준비되었습니다"),
        ("cost", "이 대화"),
        ("log", "작업 1개"),
        ("queue", "대기 중인 메시지가 없습니다"),
        ("rules", "항상 허용되는 것이 없습니다"),
        ("undo", "되돌릴 편집이 없습니다"),
        ("diff", "파일 1개 변경"),
        ("worktree", "git 저장소"),
        ("mode", "모드: 먼저 묻기"),
        ("model", "모델: 기본값"),
    ):
        await chat.command(order)
        await chat.shows(says)
    buttons += chat.labels()
    if chat.name == "web":  # what a client of the API writes on these is its own
        buttons = [one for one in buttons if one != own_option(STOP, ENGLISH).label]

    assert _english(chat.texts()[before:]) == []
    assert _english(buttons) == []
