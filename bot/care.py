"""Looks after the turn that runs: is it silent, too dear, too long?

Rule: it only watches and tells; the conversation decides.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from bot.budgets import Spending
from bot.meter import Meter, Reached
from bot.running import Running
from bot.shared import Shared, Workspace
from bot.watchdog import Watch, Watchdog, WatchKind
from runner.base import Session
from runner.events import RunnerEvent


class Care:
    """*silent*, *lively*: hear of the running turn's silences; *reached*: of limits."""

    def __init__(
        self,
        shared: Shared,
        tasks: asyncio.TaskGroup,
        *,
        silent: Callable[[Watch], None],
        lively: Callable[[WatchKind], None],
        reached: Callable[[Reached], None],
    ) -> None:
        self._budgets = shared.budgets
        self._tasks = tasks
        self._watchdog = Watchdog(silent, lively, patience=shared.silence)
        self._reached = reached
        self._meter: Meter | None = None
        self._metering: asyncio.Task[None] | None = None
        self._spending: Spending | None = None

    def began(self, running: Running, session: Session, workspace: Workspace) -> None:
        """The agent has the prompt now."""
        self.ended()
        self._watchdog.began()
        person, project = running.person, workspace.name
        watched = self._budgets.watches(project) and not running.asked.anyway
        if watched:
            self._spending = self._budgets.open(person, project)
        if watched or workspace.turn_limits:
            self._meter = Meter(
                workspace.turn_limits,
                cost=session.cost_usd,
                over=self._reached,
                spending=self._spending,
                check=partial(self._budgets.check, person, project)
                if watched
                else None,
            )
            self._metering = self._tasks.create_task(self._meter.run())

    def heard(self, event: RunnerEvent) -> None:
        self._watchdog.heard(event)
        if self._meter:
            self._meter.heard(event)

    def answered(self, request_id: str) -> None:
        self._watchdog.answered(request_id)
        if self._meter:
            self._meter.answered(request_id)

    def ended(self) -> None:
        """It is over, and what it cost is in the store."""
        self._watchdog.ended()
        if self._metering:
            self._metering.cancel()
        if self._spending:
            self._budgets.close(self._spending)
        self._meter = self._metering = self._spending = None
