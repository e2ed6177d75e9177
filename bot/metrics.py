"""What an operator can count on: Prometheus' numbers, in the words of the bot.

Rule: no label names a person, a chat or a conversation.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from adapters.views import TurnStatus
from bot.pool import Reason
from bot.usage import TreeUsage
from bot.watchdog import WatchKind
from runner.events import Limit, Usage

#: Seconds, from a warm agent's first words to a long afternoon's work.
BUCKETS = (0.25, 0.5, 1, 2, 3, 5, 8, 13, 30, 60, 120, 300, 600, 1800, 3600)

#: Gauges over all agents.
AGENTS = {
    "memory_bytes": "Resident memory of the agents and of what they started",
    "threads": "Threads of the agents and of what they started",
    "open_files": "Files that the agents and what they started hold open",
}

Taken: TypeAlias = Literal["new", "repeated", "stranger"]


class Metrics:
    """One for the program; every part tells it what happened.

    *agents* gives the number of agents that run now, *queued* the number of
    prompts that wait for their turn, *streams* that of event streams and WebSockets
    that are open, *parked* that of accounts that wait for a usage limit to end,
    *unwritable* whether the store is in trouble, *disk_free* bytes that may still be
    written, *lag_s* how late the event loop was at worst; they are asked at each look.
    """

    def __init__(
        self,
        *,
        agents: Callable[[], int] = int,
        queued: Callable[[], int] = int,
        streams: Callable[[], int] = int,
        parked: Callable[[], int] = int,
        unwritable: Callable[[], bool] = bool,
        disk_free: Callable[[], int] = int,
        lag_s: Callable[[], float] = float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._clock = clock
        self._oldest: dict[str, float | None] = {}
        self._make_turns()
        self._make_events()
        self._make_platforms()
        self._make_agents()
        self._make_limits()
        self._look("parley_agent_processes", "Agents that run now", agents)
        self._look("parley_turns_queued", "Prompts that wait for a turn", queued)
        self._look("parley_web_streams_open", "Streams that are read now", streams)
        self._look("parley_accounts_parked", "Accounts that wait for a limit", parked)
        self._look("parley_store_unwritable", "1 while nothing can be kept", unwritable)
        self._look("parley_disk_free_bytes", "Room where Parley keeps it", disk_free)
        self._look(
            "parley_loop_lag_seconds", "How late the loop was, in a minute", lag_s
        )
        self._look("parley_tasks", "Tasks of the event loop", _tasks)
        self._look("parley_threads", "Threads of the process", threading.active_count)

    def _look(self, name: str, about: str, number: Callable[[], float]) -> None:
        Gauge(name, about, registry=self._registry).set_function(number)

    def _make_turns(self) -> None:
        registry = self._registry
        self._turns = Counter(
            "parley_turns",
            "Turns that ended",
            ["platform", "outcome"],
            registry=registry,
        )
        self._first_words = Histogram(
            "parley_turn_first_words_seconds",
            "From the start of a turn to the agent's first words",
            ["platform"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._duration = Histogram(
            "parley_turn_duration_seconds",
            "From the start of a turn to its end",
            ["platform"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._tokens = Counter(
            "parley_tokens", "Tokens by direction", ["kind"], registry=registry
        )
        self._cost = Counter(
            "parley_cost_usd", "What agents say they cost", registry=registry
        )

    def _make_events(self) -> None:
        registry = self._registry
        self._events = Counter(
            "parley_events",
            "Events that came in, by what became of them",
            ["platform", "result"],
            registry=registry,
        )
        self._age = Gauge(
            "parley_inbox_oldest_age_seconds",
            "Age of the oldest kept event that is not delivered",
            ["platform"],
            registry=registry,
        )
        self._parked = Gauge(
            "parley_events_parked",
            "Events set aside because nobody could read them",
            ["platform"],
            registry=registry,
        )

    def _make_platforms(self) -> None:
        registry = self._registry
        self._limited = Counter(
            "parley_rate_limited",
            "Times that a platform refused a call for now (HTTP 429)",
            ["platform", "method"],
            registry=registry,
        )
        self._waits = Counter(
            "parley_rate_limit_wait_seconds",
            "Time that calls waited for a platform's limits",
            ["platform", "method"],
            registry=registry,
        )

    def _make_agents(self) -> None:
        self._agents = {
            name: Gauge(f"parley_agent_{name}", about, registry=self._registry)
            for name, about in AGENTS.items()
        }
        self._agents_cpu = Counter(
            "parley_agent_cpu_seconds",
            "Processor time of the agents and of what they started",
            registry=self._registry,
        )
        self._cpu_before: dict[int, float] = {}

    def _make_limits(self) -> None:
        registry = self._registry
        self._watches = Counter(
            "parley_watch_episodes",
            "Times that an agent was silent, or took very long",
            ["kind"],
            registry=registry,
        )
        self._evictions = Counter(
            "parley_pool_evictions",
            "Idle agents that were asked to leave",
            ["reason"],
            registry=registry,
        )
        self._limits = Counter(
            "parley_limits_reached",
            "Turns that were refused or ended by a limit, a budget among them",
            ["limit"],
            registry=registry,
        )
        self._too_fast = Counter(
            "parley_messages_too_fast",
            "Messages that were refused for their rate",
            ["platform"],
            registry=registry,
        )

    # --- turns ----------------------------------------------------------------

    def first_words(self, platform: str, after_s: float) -> None:
        self._first_words.labels(platform).observe(after_s)

    def turn_ended(
        self,
        platform: str,
        outcome: TurnStatus,
        *,
        duration_s: float | None = None,
        usage: Usage | None = None,
        cost_usd: float | None = None,
    ) -> None:
        """*duration_s* is None if it never ran."""
        self._turns.labels(platform, outcome.value).inc()
        if duration_s is not None:
            self._duration.labels(platform).observe(duration_s)
        if usage is not None:
            for kind in ("input", "output", "cache_read", "cache_write"):
                self._tokens.labels(kind).inc(getattr(usage, kind))
        if cost_usd:
            self._cost.inc(cost_usd)

    # --- what comes in --------------------------------------------------------

    def taken_in(self, platform: str, result: Taken, count: int = 1) -> None:
        self._events.labels(platform, result).inc(count)

    def inbox_is(
        self, platform: str, *, oldest_kept_at: float | None, parked: int
    ) -> None:
        """As the store has it now; between two looks the oldest goes on aging."""
        if platform not in self._oldest:
            age = self._age.labels(platform)
            age.set_function(lambda: self._age_of(platform))
        self._oldest[platform] = oldest_kept_at
        self._parked.labels(platform).set(parked)

    def _age_of(self, platform: str) -> float:
        oldest = self._oldest[platform]
        return 0.0 if oldest is None else max(0.0, self._clock() - oldest)

    # --- platforms ------------------------------------------------------------

    def rate_limited(self, platform: str, method: str, wait_s: float) -> None:
        """A call was turned away, for so long."""
        self._limited.labels(platform, method).inc()
        self._waits.labels(platform, method).inc(wait_s)

    # --- agents and their limits ----------------------------------------------

    def agents_use(self, usages: Mapping[int, TreeUsage]) -> None:
        """As they were seen last, by process id."""
        seen = usages.values()
        self._agents["memory_bytes"].set(sum(each.memory_bytes for each in seen))
        self._agents["threads"].set(sum(each.threads for each in seen))
        self._agents["open_files"].set(sum(each.open_files for each in seen))
        before, self._cpu_before = (
            self._cpu_before,
            {pid: each.cpu_s for pid, each in usages.items()},
        )
        for pid, cpu_s in self._cpu_before.items():
            self._agents_cpu.inc(max(0.0, cpu_s - before.get(pid, 0.0)))

    def watched(self, kind: WatchKind) -> None:
        """The watchdog has said something, for the first time in an episode."""
        self._watches.labels(kind).inc()

    def evicted(self, reason: Reason) -> None:
        self._evictions.labels(reason).inc()

    def limit_reached(self, limit: Limit) -> None:
        self._limits.labels(limit).inc()

    def too_fast(self, platform: str) -> None:
        self._too_fast.labels(platform).inc()

    def render(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)


def _tasks() -> int:
    """Of the loop that asks; 0 where none runs."""
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        return 0
