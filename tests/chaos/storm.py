"""A chapter of chaos: people on all surfaces of a program that dies again and again.

Everything random comes from one seed. What the processes do meanwhile is theirs: the
same seed makes the same plan, not the same microseconds.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.chaos.checker import Verdict, check
from tests.chaos.evidence import Evidence
from tests.chaos.model import Kind
from tests.chaos.person import Person, settled
from tests.chaos.places import InTelegram
from tests.chaos.program import Fuse, Kill
from tests.chaos.stage import Stage, stage
from tests.chaos.steps import COMMON

SPOKEN: dict[Kind, int] = {  # how often, of all
    "plain": 4,
    "tool": 4,
    "slow": 2,
    "deny": 1,
    "question": 2,
    "give": 1,
    "file": 1,
    "steer": 1,
    "stop": 1,
}
KILLED: dict[Kill, int] = {"bridge": 3, "agent": 2, "both": 1, "everything": 1}
WAITING = 3  # messages without an answer in one place; then its person waits
EARLY = 0.2  # of the lives end before the program serves
FUSE_S = 2.0  # then a fuse that has not blown is not waited for
SETTLED_S = 90.0


@dataclass
class Chapter:
    """What came of it."""

    evidence: Evidence
    verdict: Verdict
    kills: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    lasted_s: float = 0.0


@dataclass
class Storm:
    stage: Stage
    rng: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    struck: int = 0  # fuses that have blown
    calm: bool = False

    async def rage(self, kills: int, until: float) -> None:
        """Run the program until it has been struck so often, or it is time."""
        while sum(self.kills.values()) < kills and time.monotonic() < until:
            await self._life()
        self.calm = True
        await self.stage.program.begin()
        await self.stage.up()

    async def _life(self) -> None:
        """From one start to one death; agents may die before."""
        fuse = self._fuse() if self.rng.random() < 0.5 else None
        program = self.stage.program
        self.struck = program.struck  # the last life's may have blown late
        await program.begin([fuse] if fuse else [])
        if fuse and await self._blown():
            self.kills[fuse.kill] += 1
            if fuse.kill != "agent":
                await self._dead()
                return
        await self._risen()
        while True:
            await self._for(self.rng.uniform(0.05, 2.0))
            kill = self._kill()
            await self._strike(kill)
            self.kills[kill] += 1
            if kill != "agent":
                return

    async def _risen(self) -> None:
        """Mostly it gets as far as to serve; the start itself is struck as well."""
        if self.rng.random() < EARLY:
            await self._for(self.rng.uniform(0.0, 1.0))
        else:
            await self.stage.up()

    def _fuse(self) -> Fuse:
        step = self.rng.choice(COMMON)
        return Fuse(
            at=step.at,
            when=self.rng.choice(step.when),
            kill=self._kill(),
            nth=self.rng.randint(1, 4),
            match=step.match,
        )

    def _kill(self) -> Kill:
        [kill] = self.rng.choices([*KILLED], [*KILLED.values()])
        return kill

    async def _blown(self) -> bool:
        program, before = self.stage.program, self.struck
        deadline = None
        while deadline is None or time.monotonic() < deadline:
            if program.struck > before:
                self.struck = program.struck
                return True
            if deadline is None and program.serves:
                deadline = time.monotonic() + FUSE_S
            await asyncio.sleep(0.02)
        return False

    async def _dead(self) -> None:
        await self.stage.program.died()
        self.stage.kills += 1

    async def _for(self, seconds: float) -> None:
        await asyncio.sleep(seconds)  # the program has its time, whatever it does

    async def _strike(self, kill: Kill) -> None:
        program = self.stage.program
        doomed: list[psutil.Process] = []
        if kill in ("agent", "both"):
            agents = program.agents()
            doomed = [self.rng.choice(agents)] if agents and kill == "agent" else agents
        if kill == "everything":
            doomed = program.family()
        for process in doomed:
            with suppress(psutil.Error):
                process.kill()
        if kill != "agent":
            await program.kill()  # unless a late fuse was quicker
            self.stage.kills += 1

    # --- people

    async def talk(self, person: Person) -> None:
        """Say one thing after another, until it is calm."""
        await person.place.open()
        reacting = asyncio.create_task(person.react())
        try:
            while not self.calm:
                await self._say(person)
                await asyncio.sleep(self.rng.uniform(0.1, 1.5))
            await asyncio.Event().wait()
        finally:
            reacting.cancel()

    async def _say(self, person: Person) -> None:
        waiting = person.waiting
        kinds = {said.kind for said in waiting}
        if len(waiting) >= WAITING or kinds & {"stop", "question"}:
            return  # words would be taken for the answer to a question
        [kind] = self.rng.choices(list(SPOKEN), list(SPOKEN.values()))
        if kind == "stop":
            await self._stop(person)
        elif kind == "steer":
            if waiting and waiting[-1].kind == "slow":
                await person.say("steer")
        else:
            said = await person.say(kind)
            edits = isinstance(person.place, InTelegram) and kind == "plain"
            if edits and waiting and self.rng.random() < 0.2:
                await asyncio.sleep(self.rng.uniform(0, 0.5))
                person.change(said)

    async def _stop(self, person: Person) -> None:
        """Alone in its place: a stop ends everything there."""
        if person.waiting:
            return
        said = await person.say("stop")
        said.excused = True
        while said.mark not in self.stage.api.heard:
            await asyncio.sleep(0.1)
        await person.place.stop()
        person.stopped.add(said.mark)


async def chapter(
    root: Path,
    seed: str,
    *,
    kills: int,
    surfaces: Sequence[str],
    each: int,
    until: float,
) -> Chapter:
    """Its folder is *root*, which stays. *until*, by the monotonic clock: calm."""
    began = time.monotonic()
    async with stage(root, surfaces, each=each, pace_s=0.03) as here:
        storm = Storm(here, random.Random(seed))
        people = [Person(here, place) for place in here.places]
        talking = [asyncio.create_task(storm.talk(person)) for person in people]
        try:
            await storm.rage(kills, until)
            await settled(here, within_s=SETTLED_S)
        finally:
            for task in talking:
                task.cancel()
        _raise_first(talking)
        evidence = await here.evidence(await here.orphans())
        turns = len(here.program.look("SELECT 1 FROM turn"))
    lasted_s = time.monotonic() - began
    return Chapter(evidence, check(evidence), storm.kills, turns, lasted_s)


def _raise_first(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """A fault of the harness itself must not look like calm."""
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error
