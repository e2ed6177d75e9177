"""One turn, view by view, and what a drawer makes of it on paper."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from adapters.base import Busy
from adapters.inbound import Address, MessageRef
from adapters.slack.draw import Drawer
from adapters.slack.errors import Refused
from adapters.views import (
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.slack.paper import THREAD

ANSWER = "The answer is 42."

QUEUED = TurnView(
    id="t1",
    status=TurnStatus.QUEUED,
    reply_to=MessageRef("100.0"),
    for_id="UADA",
    position=1,
)

BEGUN = replace(QUEUED, status=TurnStatus.RUNNING, started_at=0.0, position=0)
SPEAKING = replace(BEGUN, parts=(Said("The ans", complete=False),))
DONE = replace(BEGUN, status=TurnStatus.DONE, parts=(Said(ANSWER),), ended_at=5.0)

QUESTION = QuestionView(
    id="q1", turn_id="t1", title="May I?", options=(Option("yes", "Yes"),)
)

DECIDED = replace(QUESTION, status=QuestionStatus.DECIDED, outcome="Allowed by Ada")
NOTICE = Notice(id="n1", text="Hello", reply_to=MessageRef("100.0"))
TEST = Step("s1", "Run npm test", "execute")


async def bring(pen: Drawer, view: View, address: Address = THREAD) -> None:
    """Draw until the screen shows the view, as the outbox would."""
    for _ in range(60):
        try:
            if await pen.draw(address, view):
                return
        except Busy as busy:
            await asyncio.sleep(busy.wait_s)
    raise AssertionError("it never ends")


def long_answer(characters: int) -> str:
    """Paragraphs and code, none of it like the other."""
    blocks: list[str] = []
    while sum(map(len, blocks)) < characters:
        number = len(blocks)
        lines = "\n\n".join(f"print({number}, {line})" for line in range(40))
        blocks.append(f"```python\n{lines}\n```")
        blocks.append(f"Paragraph {number} " + "with words " * 30)
    return "\n\n".join(blocks).rstrip()


def flat(text: str) -> str:
    """Its words, but for fences and white space: those change at a seam."""
    lines = [line for line in text.split("\n") if "```" not in line]
    return "".join("".join(lines).split())


async def stream(pen: Drawer, answer: str, pieces: int = 40) -> None:
    for piece in range(1, pieces):
        said = answer[: len(answer) * piece // pieces]
        await bring(pen, replace(BEGUN, parts=(Said(said, complete=False),)))
        await asyncio.sleep(1)
    await bring(pen, replace(DONE, parts=(Said(answer),)))


def refuses(method: str, code: str) -> Callable[..., Exception | None]:
    return lambda called, _: Refused(code) if called == method else None
