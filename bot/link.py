"""The way to one conversation's agent: opened when wanted, closed when it rests.

Rule: one process per session. A link opens again only after `Closed` was posted.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.pool import NoRoom, Pool, Seat
from runner.base import Runner, Session, SessionSpec
from runner.errors import RunnerError
from runner.events import Retold, RunnerEvent, TurnFinished


@dataclass(frozen=True, slots=True)
class Opened:
    session: Session
    seat: Seat


@dataclass(frozen=True, slots=True)
class Heard:
    event: RunnerEvent
    dealt_with: Callable[[], None]


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
        self._wanted: list[asyncio.Future[Session]] = []
        self.session: Session | None = None  # None until `Opened` was taken
        self.closing = False

    @property
    def shut(self) -> bool:
        return self._driving is None

    def open(self, spec: SessionSpec, *, prewarm: bool = False) -> None:
        """*prewarm*: nobody waits for it yet, so it takes no seat from others."""
        assert self.shut
        self._driving = self._tasks.create_task(self._drive(spec, prewarm))

    def wanted(self) -> asyncio.Future[Session]:
        """The session, once it is open; the `RunnerError` that kept it from opening.

        Whoever wants it sees to it that it is opened.
        """
        future: asyncio.Future[Session] = asyncio.get_running_loop().create_future()
        if self.session is not None:
            future.set_result(self.session)
        else:
            self._wanted.append(future)
        return future

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for it beside the turns."""
        return any(not future.done() for future in self._wanted)

    def close(self) -> None:
        """Ask the process to end; `Closed` follows."""
        if self._driving is not None and not self.closing:
            self.closing = True
            self.session = None
            # It has a first step by then: else it could not even leave in order.
            asyncio.get_running_loop().call_soon(self._driving.cancel)

    def opened(self, mail: Opened) -> None:
        if self.closing:
            return
        self.session, self._seat = mail.session, mail.seat
        for future in self._take_wanted():
            future.set_result(mail.session)

    def closed(self, error: RunnerError | None) -> None:
        """*error*: why it could not be opened; else it is opened again if wanted."""
        if error is not None:
            for future in self._take_wanted():
                future.set_exception(error)
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

    def _take_wanted(self) -> list[asyncio.Future[Session]]:
        waiting = [future for future in self._wanted if not future.done()]
        self._wanted.clear()
        return waiting

    async def _drive(self, spec: SessionSpec, prewarm: bool) -> None:
        error: RunnerError | None = None
        try:
            async with (
                self._pool.seat(
                    lambda: self._post(RestWanted()),
                    full=lambda: self._post(NoSeat()),
                    prewarm=prewarm,
                ) as seat,
                self._runner.open(spec) as session,
            ):
                self._post(Opened(session, seat))
                async for event in session.events():
                    await self._hand_over(event)
        except NoRoom:
            pass  # nobody waits for it
        except RunnerError as problem:
            error = problem
        finally:
            self._post(Closed(error))

    async def _hand_over(self, event: RunnerEvent) -> None:
        """What ends a turn is waited for: the next event is asked for once it is kept.

        Of the rest no more is lost than is told again.
        """
        dealt_with = asyncio.Event()
        self._post(Heard(event, dealt_with.set))
        if isinstance(event, TurnFinished | Retold):
            await dealt_with.wait()
