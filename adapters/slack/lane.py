"""One thread: what is done in it goes on in the order in which it was done.

Slack's sockets do not keep order. Messages in quick succession wait for one another a
moment, and so does what comes late; a lone one does not wait. Only a command or a
pressed button may overtake, and only what waits for its files.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from typing import TypeAlias

import structlog

from adapters.base import Intake
from adapters.inbound import Attachment, Choice, Command, Inbound
from adapters.slack.heard import Message
from adapters.slack.media import SlackFiles
from adapters.slack.names import Names, introduced, know
from adapters.slack.words import Raw

log = structlog.get_logger()

AT_ONCE = 3  # files of one thread that download side by side
NEIGHBOURS_S = 0.1  # so close to another, something may have overtaken it
SETTLE_S = 0.05
LATE_S = 2.0  # so long on its way, it comes with all that was said meanwhile
LATE_SETTLE_S = 0.3

Saving: TypeAlias = asyncio.Future[list[Attachment]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the lanes have in common."""

    intake: Intake
    files: SlackFiles
    names: Names
    tasks: asyncio.TaskGroup


@dataclass(frozen=True, slots=True)
class Step:
    """Something that waits for its turn, or for its files."""

    at: float  # when it was done
    what: Message | Inbound
    settled_at: float  # by the loop's clock: until then something older may come
    files: Saving | None

    @property
    def ready(self) -> bool:
        return self.files is None or self.files.done()

    @property
    def urgent(self) -> bool:
        return isinstance(self.what, Inbound) and isinstance(
            self.what.body, Command | Choice
        )


class Lane:
    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._steps: list[Step] = []
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._changed = asyncio.Event()
        self._running = False
        self._ended_at = -inf

    @property
    def idle(self) -> bool:
        return not self._running

    def post(self, at: float, what: Message | Inbound, *, lag_s: float = 0.0) -> None:
        """*at*: when it was done; *lag_s*: how long it took to come here."""
        now = asyncio.get_running_loop().time()
        alone = not self._running and now - self._ended_at > NEIGHBOURS_S
        settle_s = 0.0 if alone else SETTLE_S
        if lag_s > LATE_S:
            settle_s = LATE_SETTLE_S
        self._steps.append(Step(at, what, now + settle_s, self._saving(what)))
        self._steps.sort(key=lambda step: step.at)
        self._changed.set()
        if not self._running:
            self._running = True
            self._around.tasks.create_task(self._run())

    async def _run(self) -> None:
        """Until nothing is left to do."""
        try:
            while self._steps:
                if step := self._next():
                    self._steps.remove(step)
                    await self._hand_over(step)
                else:
                    await self._wait()
        except Exception:
            log.exception("lane.failed")  # its rows are kept; other lanes go on
        finally:
            self._running = False
            self._ended_at = asyncio.get_running_loop().time()

    def _next(self) -> Step | None:
        now = asyncio.get_running_loop().time()
        held_up = False
        for step in self._steps:
            if step.settled_at > now:
                return None
            if step.ready and (step.urgent or not held_up):
                return step
            held_up = True
        return None

    async def _wait(self) -> None:
        """Until something arrives, settles, or has its files."""
        self._changed.clear()
        now = asyncio.get_running_loop().time()
        later = [step.settled_at for step in self._steps if step.settled_at > now]
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(later, default=None)):
                await self._changed.wait()

    def _saving(self, what: Message | Inbound) -> Saving | None:
        if not isinstance(what, Message) or not what.files:
            return None
        self._around.intake.expect(what.address, what.user)
        saving = self._around.tasks.create_task(self._saved(what))
        saving.add_done_callback(lambda _: self._changed.set())
        return saving

    async def _saved(self, message: Message) -> list[Attachment]:
        names = self._around.names
        await know(names, (message.user,))
        language = names.language(message.user)

        async def save(number: int, file: Raw) -> Attachment:
            async with self._slots:
                mark = f"{message.ts}-{number}"
                return await self._around.files.save(
                    file, message.address, mark, language
                )

        files = enumerate(message.files, start=1)
        return await asyncio.gather(*(save(number, file) for number, file in files))

    async def _hand_over(self, step: Step) -> None:
        """Deliver. What fails stays kept, and is taken up again at the next start."""
        try:
            await self._around.intake.deliver(await self._inbound(step))
        except Exception:
            log.exception("inbound.not_delivered", at=step.at)

    async def _inbound(self, step: Step) -> Inbound:
        names = self._around.names
        match step.what:
            case Inbound() as inbound:
                sender = await introduced(names, inbound.sender)
                return replace(inbound, sender=sender)
            case Message() as message:
                await know(names, message.people)
                files = await step.files if step.files else []
                return message.inbound(names, tuple(files))
