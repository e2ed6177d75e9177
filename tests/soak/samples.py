"""The bridge, measured from outside every few seconds."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import psutil

from tests.bench.surfaces import Surfaces
from tests.soak.growth import Growth, growth

MB = 2**20
LOOK_S = 0.5
TURN = re.compile(r'parley_turns_total\{outcome="\w+",platform="(\w+)"\} (\S+)')
TASKS = re.compile(r"^parley_tasks (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    at_s: float
    turns: float
    rss_mb: float
    pss_mb: float
    open_files: float
    tasks: float
    threads: float
    processes: float  # agents, supervisors, tools
    store_mb: float
    wal_mb: float


#: What may be gained in a run after the warm-up: allocators and pools do that.
TOLERANCES = {
    "rss_mb": 5.0,
    "pss_mb": 5.0,
    "open_files": 8.0,
    "tasks": 10.0,  # a sample meets a turn, or the pause between two
    "threads": 3.0,
    "processes": 4.0,
    "wal_mb": 8.0,  # it is checkpointed at 4 MB, when nobody reads
}
#: A turn's row, its events, its view and its answer, and the indexes over them.
STORE_KB_A_TURN = 40.0


class Numbers:
    """The program's own, from `/metrics`, kept fresh."""

    def __init__(self, program: Surfaces) -> None:
        self._program = program
        self._pages = 0
        self.turns: Counter[str] = Counter()  # ended, by platform
        self.tasks = 0.0

    async def watch(self) -> None:
        """Until cancelled."""
        async with self._program.client() as client:
            while True:
                page = (await client.get("/metrics")).raise_for_status().text
                self.turns = Counter()
                for platform, count in TURN.findall(page):
                    self.turns[platform] += int(float(count))
                found = TASKS.search(page)
                assert found, "/metrics tells no parley_tasks"
                self.tasks = float(found[1])
                await asyncio.sleep(LOOK_S)


def sample(program: Surfaces, numbers: Numbers, begun: float) -> Sample:
    bridge = psutil.Process(program.pid)
    memory = bridge.memory_full_info()
    store = program.state / "parley.db"
    wal = store.with_name("parley.db-wal")
    return Sample(
        at_s=time.monotonic() - begun,
        turns=numbers.turns.total(),
        rss_mb=memory.rss / MB,
        pss_mb=getattr(memory, "pss", memory.uss) / MB,
        open_files=bridge.num_fds(),
        tasks=numbers.tasks,
        threads=bridge.num_threads(),
        processes=len(program.family()),
        store_mb=store.stat().st_size / MB,
        wal_mb=wal.stat().st_size / MB if wal.exists() else 0.0,
    )


def line(one: Sample) -> str:
    return "  ".join(f"{name} {value:.1f}" for name, value in asdict(one).items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    growths: dict[str, Growth]
    store_kb_a_turn: float

    @property
    def well(self) -> bool:
        level = not any(each.grows for each in self.growths.values())
        return level and self.store_kb_a_turn <= STORE_KB_A_TURN


def judge(samples: Sequence[Sample]) -> Verdict:
    """Raises `TooShort`."""
    first, last = samples[len(samples) // 4], samples[-1]
    turns = max(1.0, last.turns - first.turns)
    return Verdict(
        growths={
            name: growth([(one.at_s, getattr(one, name)) for one in samples], most)
            for name, most in TOLERANCES.items()
        },
        store_kb_a_turn=(last.store_mb - first.store_mb) * 1024 / turns,
    )


def table(samples: Sequence[Sample], verdict: Verdict) -> str:
    lines = ["| what | first | last | gained | may gain | |", f"|---|{'---:|' * 4}---|"]
    for name in (each.name for each in fields(Sample)):
        values = [getattr(one, name) for one in samples]
        gained, most, told = "", "", ""
        if found := verdict.growths.get(name):
            gained = f"{min(found.by_slope, found.by_thirds):.1f}"
            most, told = f"{found.tolerance:.1f}", "GROWS" if found.grows else "level"
        cells = (name, f"{values[0]:.1f}", f"{values[-1]:.1f}", gained, most, told)
        lines.append(f"| {' | '.join(cells)} |")
    kept = verdict.store_kb_a_turn
    told = "level" if kept <= STORE_KB_A_TURN else "GROWS"
    lines.append(f"| store, kB a turn | | | {kept:.1f} | {STORE_KB_A_TURN} | {told} |")
    return "\n".join(lines)
