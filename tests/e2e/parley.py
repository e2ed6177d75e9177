"""The installed program as a process of its own, against fakes: start, kill, look."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from tests.claude_cli import FAKE_KEY, claude_binary
from tests.messages_api import FakeMessages
from tests.telegram_server import ADA, FakeTelegram


class Parley:
    """`parley run` with a home, a state folder and a workspace below *root*."""

    def __init__(self, root: Path, telegram: FakeTelegram, api: FakeMessages) -> None:
        self.root = root
        self.telegram = telegram
        self.api = api
        self.home = root / "home"
        self.workspace = root / "work"
        self.state = root / "state"
        self.log = root / "parley.log"
        self.extra: dict[str, str] = {}  # more environment
        self._process: asyncio.subprocess.Process | None = None
        for folder in (self.home, self.workspace):
            folder.mkdir(exist_ok=True)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def environment(self) -> dict[str, str]:
        agent = {"ANTHROPIC_BASE_URL": self.api.url, "ANTHROPIC_API_KEY": FAKE_KEY}
        return {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "PARLEY_TELEGRAM__TOKEN": self.telegram.token,
            "PARLEY_TELEGRAM__API_BASE": self.telegram.api_base,
            "PARLEY_ACCESS__TELEGRAM": str(ADA),
            "PARLEY_AGENTS__CLAUDE__COMMAND": json.dumps([str(claude_binary())]),
            "PARLEY_AGENTS__CLAUDE__BILLING": "api_key",
            "PARLEY_AGENTS__CLAUDE__ENV": json.dumps(agent),
            "PARLEY_PROJECTS__DEFAULT__PATH": str(self.workspace),
            "PARLEY_STORE__PATH": str(self.state / "parley.db"),
            **self.extra,
        }

    async def start(self) -> None:
        assert self._process is None
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """SIGKILL: no goodbye."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, signum: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(signum)
        return await asyncio.wait_for(process.wait(), 20)

    def family(self) -> list[psutil.Process]:
        """Every process with our workspace's marker: agents, guards and tools."""
        ours = []
        for process in psutil.process_iter():
            try:
                if str(self.root) in " ".join(process.environ().values()):
                    ours.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        me = {os.getpid(), self._process.pid if self._process else 0}
        return [p for p in ours if p.pid not in me and _alive(p)]

    def agents(self) -> list[psutil.Process]:
        """The `claude` processes themselves."""
        return [p for p in self.family() if _exe(p) == str(claude_binary())]

    def lines(self) -> list[dict[str, object]]:
        """What it logged, one dictionary a line."""
        if not self.log.exists():
            return []
        return [
            json.loads(line)
            for line in self.log.read_text().splitlines()
            if line.startswith("{")
        ]

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the store, read-only, as it is on disk."""
        uri = f"file:{self.state / 'parley.db'}?mode=ro"
        connection = sqlite3.connect(uri, uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()


async def eventually(true: Callable[[], object], *, timeout_s: float = 20.0) -> None:
    """Wait for something outside this process: a file, a row, another process."""
    async with asyncio.timeout(timeout_s):
        while not true():
            await asyncio.sleep(0.02)


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _exe(process: psutil.Process) -> str:
    try:
        return str(process.exe())
    except psutil.Error:
        return ""


@asynccontextmanager
async def world(
    root: Path, extra: Mapping[str, str] | None = None
) -> AsyncIterator[Parley]:
    """Fakes that outlive the program, and the program, not yet started."""
    async with FakeTelegram() as telegram, FakeMessages() as api:
        parley = Parley(root, telegram, api)
        parley.extra.update(extra or {})
        try:
            yield parley
        finally:
            await parley.kill()
            if os.environ.get("PARLEY_TEST_LOG"):
                print(parley.log.read_text() if parley.log.exists() else "")
