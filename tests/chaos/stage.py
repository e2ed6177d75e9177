"""The whole program with all its fakes, started again whenever it dies."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import httpx
import psutil

from tests.chaos.evidence import Evidence, Said, Seen
from tests.chaos.model import LEDGER, Model
from tests.chaos.places import InSlack, InTelegram, OnPage, Place
from tests.chaos.program import Fuse, environment
from tests.e2e.parley import (
    Program,
    eventually,
    free_port,
    slack_as_described,
    slack_platform,
    telegram_platform,
)
from tests.slack_server import FakeSlack
from tests.telegram_server import ADA, FakeTelegram

SURFACES = ("telegram", "slack", "web")
FINAL = "('answered', 'delivered', 'failed', 'cancelled', 'joined')"
GONE_S = 15.0
UP_S = 60.0
Rows: TypeAlias = list[tuple[object, ...]]


class Chaotic(Program):
    """`parley run` under `tests.chaos.program`."""

    def __init__(self, root: Path, api: Model, platform: dict[str, str]) -> None:
        super().__init__(root, api, platform)
        self.module = "tests.chaos.program"
        self._told = 0  # bytes of the log before this start
        self.port = free_port()
        self.extra["PARLEY_WEB__LISTEN"] = f"127.0.0.1:{self.port}"
        self.extra["PARLEY_ACCESS__MESSAGES_PER_MINUTE"] = "100000"

    async def begin(self, fuses: Sequence[Fuse] = ()) -> None:
        self.extra |= environment(self.root, list(fuses))
        self._told = self.log.stat().st_size if self.log.exists() else 0
        await self.start()

    @property
    def serves(self) -> bool:
        """Whether it has said so since it was started."""
        if not self.log.exists():
            return False
        with self.log.open("rb") as log:
            log.seek(self._told)
            return b'"parley.started"' in log.read()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def struck(self) -> int:
        """How many fuses have blown so far."""
        path = self.root / "struck"
        return len(path.read_text().splitlines()) if path.exists() else 0

    async def died(self) -> None:
        """Wait until it is gone."""
        assert self._process
        await self._process.wait()
        self._process = None

    def client(self) -> httpx.AsyncClient:
        token = self.state / "web.token"
        key = token.read_text().strip() if token.exists() else "none"
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
            verify=False,  # there is no TLS; to load what to trust takes 0.15 s
        )

    def look(self, sql: str) -> Rows:
        try:
            return self.rows(sql)
        except sqlite3.OperationalError:  # not made yet
            return []


@dataclass
class Stage:
    """Whoever drives it says what is next: `fuses` of the coming start."""

    program: Chaotic
    api: Model
    telegram: FakeTelegram | None = None
    slack: FakeSlack | None = None
    places: list[Place] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    fuses: list[Fuse] = field(default_factory=list)
    kills: int = 0  # of the bridge
    last_seen: list[Seen] = field(default_factory=list)

    async def keep_running(self) -> None:
        """Start it, and again whenever it dies, with what then are the fuses."""
        while True:
            fuses, self.fuses = self.fuses, []
            await self.program.begin(fuses)
            await self.program.died()
            self.kills += 1

    async def up(self) -> None:
        """Wait until it serves."""
        await eventually(lambda: self.program.serves, timeout_s=UP_S)
        if slack := self.slack:
            await slack.until(lambda: slack.sockets, timeout_s=UP_S)

    # --- what is to be seen

    def known(self, place: Place) -> set[str]:
        """The messages there that the program has on record."""
        return {str(ref) for (ref,) in self.program.look("SELECT ref FROM post")}

    def open_questions(self) -> dict[str, str]:
        found = self.program.look("SELECT id FROM decision WHERE state = 'open'")
        return {str(id_): "somewhere" for (id_,) in found}

    def unfinished(self) -> list[str]:
        turns = self.program.look(
            f"""SELECT id, state FROM turn
            WHERE state NOT IN {FINAL} OR delivered_at IS NULL"""
        )
        kept = self.program.look(
            "SELECT platform, state FROM inbox WHERE state IN ('kept', 'parked')"
        )
        return [
            *(f"turn {id_} is {state} and not delivered" for id_, state in turns),
            *(f"an event of {platform} is {state}" for platform, state in kept),
        ]

    def ran(self) -> list[str]:
        """From every workspace and worktree."""
        ledgers = [self.program.workspace / LEDGER]
        ledgers += (self.program.state / "worktrees").glob(f"*/*/{LEDGER}")
        lines = [p.read_text().splitlines() for p in ledgers if p.exists()]
        return [line for some in lines for line in some]

    def refusals(self) -> list[str]:
        found = [*self.api.refused]
        found += self.telegram.refusals if self.telegram else []
        return [*found, *(self.slack.refusals if self.slack else [])]

    async def evidence(self, orphans: Sequence[str] = ()) -> Evidence:
        known = self.known(self.places[0])
        seen = [
            one for place in self.places for one in await place.look(known.__contains__)
        ]
        self.last_seen = seen
        return Evidence(
            said=self.said,
            prompted=self.api.prompted,
            heard=frozenset(self.api.heard),
            ran=self.ran(),
            seen=seen,
            open_questions=self.open_questions(),
            orphans=orphans,
            refusals=self.refusals(),
            unfinished=self.unfinished(),
            bridge_kills=self.kills,
            resumed=self.api.resumed,
        )

    async def orphans(self) -> list[str]:
        """Stop the program in order; what is left of its family after a while."""
        while not (self.program.running and await self.program.stop() == 0):
            await self.program.stop()  # killed last of all: its agents wait for a start
            await self.program.begin()
            await self.up()
        with suppress(TimeoutError):
            await eventually(lambda: not self.program.family(), timeout_s=GONE_S)
        return [_named(process) for process in self.program.family()]


def _named(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {process.name()} {' '.join(process.cmdline())[:120]}"
    except psutil.Error:
        return f"{process.pid}"


@asynccontextmanager
async def stage(
    root: Path, surfaces: Sequence[str], *, each: int = 1, pace_s: float = 0.0
) -> AsyncIterator[Stage]:
    """*each* conversations on every one of *surfaces*; nothing runs yet."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(Model(pace_s=pace_s))
        platform: dict[str, str] = {}
        telegram = slack = None
        places: list[Place] = []
        if "telegram" in surfaces:
            telegram = await stack.enter_async_context(FakeTelegram())
            users = [ADA + n for n in range(each)]
            platform |= telegram_platform(telegram)
            platform["PARLEY_ACCESS__TELEGRAM"] = ",".join(map(str, users))
            places += [InTelegram(telegram, user) for user in users]
        if "slack" in surfaces:
            slack = await stack.enter_async_context(slack_as_described())
            platform |= slack_platform(slack)
            places += [InSlack(slack, n) for n in range(each)]
        program = Chaotic(root, api, platform)
        if "web" in surfaces:
            places += [OnPage(n, program.client) for n in range(each)]
        else:
            program.extra["PARLEY_WEB__LISTEN"] = ""
        for process in [Stage(program, api, telegram, slack, places)]:
            try:
                yield process
            finally:
                await program.kill()
                await eventually(lambda: _swept(program), timeout_s=GONE_S)


def _swept(program: Program) -> bool:
    """Nothing of a run may outlive it, whatever it was that went wrong."""
    family = program.family()
    for process in family:
        with suppress(psutil.Error):
            process.kill()
    return not family
