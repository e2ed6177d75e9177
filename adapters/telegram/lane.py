"""One person in one place: what they send goes on in the order in which it came.

Rule: only a command or a pressed button may overtake, and only what waits for files.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

import structlog

from adapters.base import Intake
from adapters.files import Files
from adapters.inbound import Attachment, Inbound
from adapters.retry import Sleep
from adapters.telegram.assemble import LONGEST_QUIET_S, Assembly, Batch
from adapters.telegram.inbound import Edit, Message
from adapters.telegram.recent import Recent

log = structlog.get_logger()

AT_ONCE = 3  # files of one lane that download side by side

Arrival: TypeAlias = Message | Edit | Inbound
Saving: TypeAlias = asyncio.Task[Attachment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the lanes have in common."""

    intake: Intake
    files: Files
    recent: Recent
    tasks: asyncio.TaskGroup
    clock: Callable[[], float]
    sleep: Sleep


@dataclass(frozen=True, slots=True)
class Step:
    """Something complete that waits for its turn, or for its files."""

    what: Batch | Edit | Inbound
    files: list[Saving] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return all(file.done() for file in self.files)

    @property
    def urgent(self) -> bool:
        return isinstance(self.what, Inbound)


class Lane:
    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._arrived: deque[Arrival] = deque()
        self._assembly = Assembly()
        self._saving: dict[str, Saving] = {}  # by event, until its batch is complete
        self._steps: deque[Step] = deque()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._changed = asyncio.Event()
        self._rung: float | None = None  # the window that the bell rang for
        self._running = False

    @property
    def idle(self) -> bool:
        return not self._running

    def post(self, arrival: Arrival) -> None:
        self._arrived.append(arrival)
        self._changed.set()
        if not self._running:
            self._running = True
            self._around.tasks.create_task(self._run())

    async def _run(self) -> None:
        """Until nothing is left to do."""
        try:
            while True:
                self._sort()
                if step := self._next():
                    await self._hand_over(step)
                elif self._steps or self._assembly.due is not None:
                    await self._wait()
                else:
                    return
        except Exception:
            log.exception("lane.failed")  # its rows are kept; other lanes go on
        finally:
            self._running = False

    def _sort(self) -> None:
        """Take what has arrived, and put together what is complete."""
        while self._arrived:
            match self._arrived.popleft():
                case Message() as message:
                    if message.media:
                        self._saving[message.event] = self._save(message)
                    self._queue(self._assembly.add(message))
                    self._foretell(message)
                case Edit() | Inbound() as alone:
                    self._queue(self._assembly.flush())
                    self._steps.append(Step(alone))
                case arrival:
                    assert_never(arrival)
        due = self._assembly.due
        if due is not None and (due == self._rung or due <= self._around.clock()):
            self._queue(self._assembly.flush())

    def _foretell(self, message: Message) -> None:
        """Somebody who waits for us to have it all will soon have asked."""
        if message.media or self._assembly.due is not None:
            self._around.intake.expect(message.address, message.sender.id)

    def _queue(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            media = [message for message in batch.in_order if message.media]
            saving = [self._saving.pop(message.event) for message in media]
            self._steps.append(Step(batch, saving))

    def _next(self) -> Step | None:
        if self._steps and self._steps[0].ready:
            return self._steps.popleft()
        for step in self._steps:
            if step.urgent:
                self._steps.remove(step)
                return step
        return None

    async def _wait(self) -> None:
        """Until something arrives, a file is there, or a window closes."""
        self._changed.clear()
        ring = self._around.tasks.create_task(self._ring(self._assembly.due))
        try:
            await self._changed.wait()
        finally:
            ring.cancel()

    async def _ring(self, due: float | None) -> None:
        if due is not None:
            # The clock tells the time of day and may be set back by hours, so that
            # nobody may wait for it alone.
            left = due - self._around.clock()
            await self._around.sleep(min(max(left, 0), LONGEST_QUIET_S))
            self._rung = due
            self._changed.set()

    def _save(self, message: Message) -> Saving:
        saving = self._around.tasks.create_task(self._saved(message))
        saving.add_done_callback(lambda _: self._changed.set())
        return saving

    async def _saved(self, message: Message) -> Attachment:
        assert message.media
        async with self._slots:
            return await self._around.files.save(
                message.media, message.address, message.id, message.sender.language
            )

    async def _hand_over(self, step: Step) -> None:
        """Deliver. What fails stays kept, and is taken up again at the next start."""
        try:
            inbound = await self._inbound(step)
            if inbound is None:
                await self._around.intake.discard(_events(step.what))
            else:
                await self._around.intake.deliver(inbound)
        except Exception:
            log.exception("inbound.not_delivered", events=_events(step.what))

    async def _inbound(self, step: Step) -> Inbound | None:
        match step.what:
            case Batch() as batch:
                self._around.recent.add(batch)
                saved = [await file for file in step.files]
                return batch.inbound((*saved, *_refused(batch)))
            case Edit(message):
                return self._around.recent.edited(message)
            case Inbound() as inbound:
                return inbound
            case _:
                assert_never(step.what)


def _events(what: Batch | Edit | Inbound) -> tuple[str, ...]:
    return (what.message.event,) if isinstance(what, Edit) else what.events


def _refused(batch: Batch) -> list[Attachment]:
    """What could not even be tried, as files that did not arrive."""
    return [
        Attachment("message", "", 0, problem=message.refused)
        for message in batch.in_order
        if message.refused
    ]
