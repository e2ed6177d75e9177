"""Talking to a session in a test: one prompt, and all that is heard until its end."""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from runner.base import Allow, Answer, Prompt, PromptFile, Session, ToolReply
from runner.events import (
    PermissionRequested,
    PlanProposed,
    QuestionsAsked,
    Retold,
    RunnerEvent,
    SessionEnded,
    ToolCalled,
    TurnFinished,
)

E = TypeVar("E")

#: A command that ends once there is such a file.
UNTIL = "until [ -e {} ]; do sleep 0.05; done"
WAIT_S = 20.0


class Talk:
    """The one reader of a session's events."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.heard: list[RunnerEvent] = []
        self.answer: Answer | None = Allow()  # to whatever it asks; None: no answer
        self.reply: ToolReply | None = ToolReply("Done.")  # None: no reply
        self._events = session.events()
        self._told: deque[RunnerEvent] = deque()

    async def prompt(
        self,
        text: str,
        *,
        id_: str = "",
        files: Sequence[PromptFile] = (),
        context: str = "",
        command: str = "",
    ) -> str:
        """Write a prompt; its uuid."""
        prompt = Prompt(
            uuid=id_ or str(uuid.uuid4()),
            text=text,
            files=tuple(files),
            context=context,
            command=command,
        )
        await self.session.prompt(prompt)
        return prompt.uuid

    async def steer(self, text: str) -> str:
        """Write words for the running turn; their uuid."""
        prompt = Prompt(uuid=str(uuid.uuid4()), text=text)
        await self.session.steer(prompt)
        return prompt.uuid

    async def read(self) -> None:
        """Wait until it has read all that was written: it answers what comes behind."""
        await self.session.set_mode("default")

    async def turn(self, text: str, **more: object) -> TurnFinished:
        """Prompt, and listen to the end of that turn."""
        id_ = await self.prompt(text, **more)  # type: ignore[arg-type]
        return await self.finished(id_)

    async def finished(self, turn: str | None) -> TurnFinished:
        return await self.until(TurnFinished, lambda event: event.turn == turn)

    async def until(
        self, kind: type[E], wanted: Callable[[E], bool] = lambda _: True
    ) -> E:
        """Listen until such an event comes (it may not have come before)."""
        async with asyncio.timeout(WAIT_S):
            while True:
                event = await self._next()
                self.heard.append(event)
                match event:
                    case PermissionRequested() | QuestionsAsked() | PlanProposed():
                        await self._answer(event.request_id)
                    case ToolCalled() if self.reply is not None:
                        await self.session.reply(event.request_id, self.reply)
                if isinstance(event, kind) and wanted(event):
                    return event

    async def _next(self) -> RunnerEvent:
        if not self._told:
            event = await anext(self._events)
            self._told += event.events if isinstance(event, Retold) else (event,)
        return self._told.popleft()

    async def _answer(self, request_id: str) -> None:
        if self.answer is not None:
            await self.session.answer(request_id, self.answer)

    async def end(self) -> SessionEnded:
        return await self.until(SessionEnded)

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.heard if isinstance(event, kind)]


@asynccontextmanager
async def talking(opened: AbstractAsyncContextManager[Session]) -> AsyncIterator[Talk]:
    """`talking(runner.open(spec))`: with the session that this opens."""
    async with opened as session:
        yield Talk(session)


async def eventually(
    condition: Callable[[], bool], *, within_s: float = WAIT_S
) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)
