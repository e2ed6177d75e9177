"""How the conversations of a task are doing, one by one and together."""

import asyncio
from collections import Counter
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from adapters.views import TurnView
from adapters.web.port import Desk, UnknownConversation
from adapters.web.problems import Problem
from adapters.web.replies import parsed
from adapters.web.values import Activity, Card, Entry

Status: TypeAlias = Literal[
    "starting", "queued", "running", "waiting", "done", "failed", "cancelled"
]
ENDED = frozenset({"done", "failed", "cancelled"})


class Part(BaseModel):
    """One conversation of a task, by its newest turn."""

    session: int
    title: str
    activity: Activity
    turn: str | None = Field(description="null: its prompt is not in the ledger yet")
    status: Status
    answer: str = Field(description="the agent's last words; empty while it runs")
    structured: Any = Field(description="what fits the output schema; else null")
    note: str = Field(description="what it waits for, or why it ended")
    cost_usd: float | None
    tokens: int | None

    @classmethod
    def of(cls, card: Card, entry: Entry | None) -> "Part":
        return cls(
            session=card.id,
            title=card.title,
            activity=card.activity,
            turn=entry.view.id if entry else None,
            status=entry.view.status.value if entry else "starting",
            answer=entry.answer if entry else "",
            structured=parsed(entry.structured) if entry else None,
            note=entry.view.note if entry else "",
            cost_usd=entry.view.cost_usd if entry else None,
            tokens=entry.tokens if entry else None,
        )


class Task(BaseModel):
    id: str
    finished: bool = Field(description="nothing of it goes on any more")
    counts: dict[Status, int] = Field(description="conversations by status")
    cost_usd: float = Field(description="as far as the agents have said")
    sessions: list[Part] = Field(description="in the order of the prompts")


async def cards(desk: Desk, task: str) -> list[Card]:
    """Raises `Problem` if there are none."""
    found = list(await desk.task(task))
    if not found:
        raise Problem(404, "No such task")
    return found


async def state(desk: Desk, task: str) -> Task:
    parts = [
        Part.of(card, await newest(desk, card)) for card in await cards(desk, task)
    ]
    return Task(
        id=task,
        finished=all(part.status in ENDED for part in parts),
        counts=Counter(part.status for part in parts),
        cost_usd=sum(part.cost_usd or 0.0 for part in parts),
        sessions=parts,
    )


async def turns(desk: Desk, task: str) -> dict[int, str]:
    """The newest turn of each conversation, by its number."""
    found = {card.id: await newest(desk, card) for card in await cards(desk, task)}
    return {number: entry.view.id for number, entry in found.items() if entry}


async def newest(desk: Desk, card: Card) -> Entry | None:
    try:
        return next(iter(await desk.history(card.id, limit=1)), None)
    except UnknownConversation:  # deleted since it was listed
        return None


async def finished(desk: Desk, task: str, *, within_s: float) -> Task:
    """Once all of it has ended, or as it is after *within_s* seconds."""
    with desk.watch(None) as watch:
        now = await state(desk, task)
        if now.finished:
            return now
        try:
            async with asyncio.timeout(within_s):
                async for changes in watch:
                    mine = {part.session for part in now.sessions}
                    if any(
                        change.conversation in mine
                        and isinstance(change.view, TurnView)
                        and change.view.final
                        for change in changes
                    ):
                        now = await state(desk, task)
                    if now.finished:
                        break
        except TimeoutError:
            pass
    return await state(desk, task)
