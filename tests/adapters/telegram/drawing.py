"""One turn, view by view, and what a drawer makes of it on paper."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.inbound import Address, MessageRef
from adapters.telegram.draw import Drawer
from adapters.views import (
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.telegram.paper import CHAT

TOPIC = Address("telegram", "1001", "7")
ANSWER = "The answer is 42."
QUEUED = TurnView(id="t1", status=TurnStatus.QUEUED, reply_to=MessageRef("5"))
BEGUN = replace(QUEUED, status=TurnStatus.RUNNING)
SPEAKING = replace(BEGUN, parts=(Said("The ans", complete=False),))
SHORT = replace(BEGUN, status=TurnStatus.DONE, parts=(Said(ANSWER),))
LONG = replace(SHORT, started_at=0.0)

QUESTION = QuestionView(
    id="q1", turn_id="t1", title="May I?", options=(Option("yes", "Yes"),)
)

DECIDED = replace(QUESTION, title="Yes", status=QuestionStatus.DECIDED)
NOTICE = Notice(id="n1", text="Hello")


async def bring(drawer: Drawer, view: View, address: Address = CHAT) -> None:
    """Draw until the screen shows the view, as the outbox would without trouble."""
    for _ in range(40):
        if await drawer.draw(address, view):
            return
    raise AssertionError("it never ends")


def nth_call(n: int, error: Exception) -> Callable[..., Exception | None]:
    left = [n]

    def fail(method: str, params: dict[str, Any]) -> Exception | None:
        left[0] -= 1
        return error if left[0] == 0 else None

    return fail
