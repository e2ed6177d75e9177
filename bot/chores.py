"""What goes on beside a conversation's mail, while the conversation is open."""

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")


class Chores(asyncio.TaskGroup):
    """A group of tasks that can tell whether any is under way."""

    def __init__(self) -> None:
        super().__init__()
        self._under_way = 0

    @property
    def done(self) -> bool:
        return self._under_way == 0

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        task = super().create_task(coro, name=name, context=context)
        self._under_way += 1
        task.add_done_callback(self._over)
        return task

    def _over(self, _task: asyncio.Task[Any]) -> None:
        self._under_way -= 1
