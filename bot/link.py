"""The way to one conversation's agent: opened when wanted, closed when it rests.

Rule: one process per session. A link opens again only after `Closed` was posted.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.pool import Pool, Seat
from runner.base import Runner, RunnerError, Session, SessionSpec
from runner.events import RunnerEvent


@dataclass(frozen=True, slots=True)
class Opened:
    session: Session
    seat: Seat


@dataclass(frozen=True, slots=True)
class Heard:
    event: RunnerEvent


@dataclass(frozen=True, slots=True)
class NoSeat:
    """As many agents as allowed are up, all busy: it takes a while."""


@dataclass(frozen=True, slots=True)
class RestWanted:
    """Somebody else needs the seat, or it has been idle for long."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The process is gone for good. *error* if it could not even start."""

    error: RunnerError | None


LinkMail: TypeAlias = Opened | Heard | NoSeat | RestWanted | Closed


class Link:
    def __init__(
        self,
        *,
        runner: Runner,
        pool: Pool,
        post: Callable[[LinkMail], None],
        tasks: asyncio.TaskGroup,
        idle_s: float,
    ) -> None:
        self._runner = runner
        self._pool = pool
        self._post = post
        self._tasks = tasks
        self._idle_s = idle_s
        self._driving: asyncio.Task[None] | None = None
        self._seat: Seat | None = None
        self._resting: asyncio.TimerHandle | None = None
        self.session: Session | None = None  # None until `Opened` was taken
        self.closing = False

    @property
    def shut(self) -> bool:
        return self._driving is None

    def open(self, spec: SessionSpec) -> None:
        assert self.shut
        self._driving = self._tasks.create_task(self._drive(spec))

    def close(self) -> None:
        """Ask the process to end; `Closed` follows."""
        if self._driving is not None and not self.closing:
            self.closing = True
            self.session = None
            self._driving.cancel()

    def opened(self, mail: Opened) -> None:
        if not self.closing:
            self.session, self._seat = mail.session, mail.seat

    def closed(self) -> None:
        self._wake()
        self._driving = self._seat = self.session = None
        self.closing = False

    def busy(self) -> None:
        self._wake()
        if self._seat:
            self._pool.used(self._seat, idle=False)

    def idle(self) -> None:
        """Nothing to do: others may have the seat; after a while it is given up."""
        if self._seat and not self._resting:
            self._pool.used(self._seat, idle=True)
            self._resting = asyncio.get_running_loop().call_later(
                self._idle_s, self._post, RestWanted()
            )

    def _wake(self) -> None:
        if self._resting:
            self._resting.cancel()
            self._resting = None

    async def _drive(self, spec: SessionSpec) -> None:
        error: RunnerError | None = None
        try:
            async with (
                self._pool.seat(
                    lambda: self._post(RestWanted()),
                    full=lambda: self._post(NoSeat()),
                ) as seat,
                self._runner.open(spec) as session,
            ):
                self._post(Opened(session, seat))
                async for event in session.events():
                    self._post(Heard(event))
        except RunnerError as problem:
            error = problem
        finally:
            self._post(Closed(error))
