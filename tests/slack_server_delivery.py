"""How what happens reaches the program: acknowledged in time, or sent again."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from tests.slack_server_world import World

EnvelopeType: TypeAlias = Literal["events_api", "slash_commands", "interactive"]


@dataclass
class Act:
    """Something that was delivered. For a command or a press: what came of it."""

    type: EnvelopeType
    payload: dict[str, Any]
    id: str  # of the envelope
    acked: bool = False
    answer: dict[str, Any] = field(default_factory=dict)  # what the ack brought
    error: str = ""  # what the person is shown when nobody acknowledges
    attempts: int = 0
    responses: list[dict[str, Any]] = field(default_factory=list)  # by response_url
    done: asyncio.Event = field(default_factory=asyncio.Event)  # acked, or given up
    then: Callable[[dict[str, Any]], None] = lambda answer: None

    def acknowledge(self, answer: dict[str, Any]) -> None:
        if not self.done.is_set():
            self.acked, self.answer = True, answer
            self.done.set()
            self.then(answer)

    def is_about(self, ts: str) -> bool:
        """Whether it told of the message *ts*."""
        return bool(self.payload.get("event", {}).get("ts") == ts)


class Road(Protocol):
    """One of the two ways to a program: its sockets, or its web address."""

    async def ready(self) -> None:
        """Wait until there is somebody at its end."""
        ...

    @property
    def open(self) -> bool: ...

    async def send(self, act: Act, *, retry: int, reason: str) -> bool:
        """Try once. False: in vain; else the act is acknowledged, now or later."""
        ...


class Delivery:
    def __init__(self, world: World) -> None:
        self.acts: list[Act] = []
        self._world = world
        self._tasks: set[asyncio.Task[None]] = set()

    def deliver(
        self,
        road: Road,
        type_: EnvelopeType,
        payload: dict[str, Any],
        *,
        after_s: float = 0.0,
        retry: int = 0,
    ) -> Act:
        """Begin to deliver. *retry*: it counts as sent so often already."""
        act = Act(type_, payload, self._world.id("E"))
        self.acts.append(act)
        self._spawn(self._run(road, act, after_s, retry))
        return act

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, road: Road, act: Act, after_s: float, retry: int) -> None:
        await asyncio.sleep(after_s)
        if act.type == "events_api":
            await self._event(road, act, retry)
        else:
            await self._once(road, act)
        act.done.set()
        self._world.change()

    async def _event(self, road: Road, act: Act, retry: int) -> None:
        """Up to three times more, until it is acknowledged."""
        options = self._world.options
        if options.loses_events and not road.open:
            return
        for number in range(retry, len(options.retry_after_s) + 1):
            if number > retry:
                await asyncio.sleep(options.retry_after_s[number - 1])
            await road.ready()
            reason = "timeout" if number else ""
            if await self._attempt(road, act, retry=number, reason=reason):
                return

    async def _once(self, road: Road, act: Act) -> None:
        """What a person waits for is never sent again."""
        if not road.open:
            act.error = "dispatch_failed"
        elif not await self._attempt(road, act):
            act.error = "operation_timeout"

    async def _attempt(
        self, road: Road, act: Act, *, retry: int = 0, reason: str = ""
    ) -> bool:
        act.attempts += 1
        self._world.change()
        try:
            async with asyncio.timeout(self._world.options.ack_within_s):
                if not await road.send(act, retry=retry, reason=reason):
                    return False
                await act.done.wait()
        except (TimeoutError, OSError):
            return False
        return act.acked
