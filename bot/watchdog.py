"""Watches over one conversation's agent: says what it sees when nothing happens.

Rule: it only looks. Whether to wait, to stop or to try again is for people to say.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.moments import span
from bot.waits import Waits
from runner.events import (
    LastWordSaid,
    Phrase,
    RunnerEvent,
    SessionEnded,
    ToolFinished,
    ToolStarted,
    TurnFinished,
)

WatchKind: TypeAlias = Literal["silent_start", "silent_stream", "long_tool", "no_end"]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that takes too long. Later ones of an episode replace the first."""

    kind: WatchKind
    words: Phrase
    seconds: float  # it has lasted so far
    title: Phrase | None = None  # of the tool, if it is one that takes so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds until something is said, once for each."""

    start_s: tuple[float, ...] = (60.0,)
    #: The CLI itself gives a connection 300 s, and then tries again without a word.
    silence_s: tuple[float, ...] = (300.0,)
    tool_s: tuple[float, ...] = (600.0, 1800.0)
    end_s: tuple[float, ...] = (30.0,)

    def of(self, kind: WatchKind) -> tuple[float, ...]:
        return {
            "silent_start": self.start_s,
            "silent_stream": self.silence_s,
            "long_tool": self.tool_s,
            "no_end": self.end_s,
        }[kind]


@dataclass(slots=True)
class _Tool:
    title: Phrase
    since: float  # it began, or the last sign of life of what it does
    parent: str


@dataclass(frozen=True, slots=True)
class _Episode:
    """What goes on, and since when; any sign of life begins another one."""

    kind: WatchKind
    since: float
    title: Phrase | None = None


class Watchdog:
    """*report* hears of what lasts too long, *over* when such an episode has ended."""

    def __init__(
        self,
        report: Callable[[Watch], None],
        over: Callable[[WatchKind], None],
        *,
        patience: Patience | None = None,
    ) -> None:
        self._report = report
        self._over = over
        self._patience = patience or Patience()
        self._running = False
        self._spoken = False  # the agent has said anything in this turn
        self._ending = False  # the model has, its last word
        self._last = 0.0  # when the agent was heard
        self._tools: dict[str, _Tool] = {}
        self._waits = Waits()
        self._episode: _Episode | None = None
        self._told = 0  # reports of this episode
        self._timer: asyncio.TimerHandle | None = None

    def began(self) -> None:
        """The agent has a prompt, or begins a turn by itself."""
        self.ended()
        self._running = True
        self._last = self._now()
        self._consider()

    def heard(self, event: RunnerEvent) -> None:
        if not self._running:
            return
        match event:
            case TurnFinished() | SessionEnded():
                self.ended()
                return
            case ToolStarted():
                self._tools[event.call_id] = _Tool(
                    event.title, self._now(), event.parent_id
                )
                self._touch(event.parent_id)
            case ToolFinished() if tool := self._tools.pop(event.call_id, None):
                self._touch(tool.parent)
            case _:
                waited = bool(self._waits)
                self._waits.heard(event)
                if waited and not self._waits:
                    self._begin_anew()
        self._spoken = True
        self._ending = isinstance(event, LastWordSaid)
        self._last = self._now()
        self._consider()

    def answered(self, request_id: str) -> None:
        """A person has decided, or Parley has replied: the agent's time begins anew."""
        self._waits.answered(request_id)
        self._last = self._now()
        self._begin_anew()
        self._consider()

    def ended(self) -> None:
        """The turn is over, or the agent."""
        self._running = self._spoken = self._ending = False
        self._tools.clear()
        self._waits.clear()
        self._consider()

    def _begin_anew(self) -> None:
        """The time that people took is not that of the tools they were asked about."""
        for tool in self._tools.values():
            tool.since = self._now()

    def _touch(self, call_id: str) -> None:
        """What runs inside a tool is its sign of life."""
        while tool := self._tools.get(call_id):
            tool.since = self._now()
            call_id = tool.parent

    def _consider(self) -> None:
        episode = self._going_on()
        if self._episode and self._told and episode != self._episode:
            self._over(self._episode.kind)
        if episode != self._episode:
            self._episode, self._told = episode, 0
        self._set_timer()

    def _going_on(self) -> _Episode | None:
        if not self._running or self._waits:
            return None
        if self._tools:
            oldest = min(self._tools.values(), key=lambda tool: tool.since)
            return _Episode("long_tool", oldest.since, oldest.title)
        if not self._spoken:
            return _Episode("silent_start", self._last)
        return _Episode("no_end" if self._ending else "silent_stream", self._last)

    def _set_timer(self) -> None:
        """One that is due too early looks again: events may come by the thousand."""
        due = self._due()
        if self._timer and (due is None or due < self._timer.when()):
            self._timer.cancel()
            self._timer = None
        if due is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(due, self._look)

    def _due(self) -> float | None:
        if self._episode is None:
            return None
        steps = self._patience.of(self._episode.kind)
        if self._told == len(steps):
            return None
        return self._episode.since + steps[self._told]

    def _look(self) -> None:
        self._timer = None
        due = self._due()
        if self._episode and due is not None and self._now() >= due:
            self._told += 1
            self._report(_watch(self._episode, due - self._episode.since))
        self._set_timer()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _watch(episode: _Episode, seconds: float) -> Watch:
    key = f"limits-watch-{episode.kind.replace('_', '-')}"
    return Watch(episode.kind, Phrase(key, span(seconds)), seconds, episode.title)
