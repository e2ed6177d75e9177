"""What a view looks like in Telegram, in a few words."""

from typing import Any

from adapters.telegram.render import render
from adapters.views import Part, TurnStatus, TurnView, View
from tests.adapters.telegram.marks import screen

NOW = 1000.0


def turn(status: TurnStatus, *parts: Part, seconds: float = 8, **more: Any) -> TurnView:
    start = NOW - seconds
    end = NOW if status.final else None
    return TurnView(
        id="t1", status=status, parts=parts, started_at=start, ended_at=end, **more
    )


def shown(view: View) -> str:
    return "\n" + screen(render(view, now=NOW)) + "\n"
