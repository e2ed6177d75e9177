"""What a turn asks, and the newest turn."""

import asyncio

from adapters.views import Option, QuestionView
from tests.adapters.web.api import Api


async def begun(web: Api, session: int) -> str:
    """The newest turn, once there is one."""
    while not web.desk.entries[session]:
        await asyncio.sleep(0.01)
    return web.desk.turn(session).view.id


def question(turn: str, **fields: object) -> QuestionView:
    options = (Option("yes", "Allow"), Option("no", "Deny", words="Why?"))
    return QuestionView(
        id="q1",
        turn_id=turn,
        title="Run?",
        options=options,
        **fields,  # type: ignore[arg-type]  # a test's own choice
    )
