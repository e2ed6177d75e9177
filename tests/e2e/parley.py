"""The installed program as a process of its own, against fakes: start, kill, look."""

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from adapters.slack.manifest import EVENTS, SCOPES
from tests.claude_cli import FAKE_KEY, claude_binary
from tests.messages_api import FakeMessages
from tests.slack_server import ADA as SLACK_ADA
from tests.slack_server import FakeSlack
from tests.telegram_server import ADA, FakeTelegram

P = TypeVar("P", bound="Program")


class Program:
    """`parley run` with a home, a state folder and a workspace below *root*.

    *platform* is what connects it to a chat platform, as environment variables.
    """

    def __init__(
        self, root: Path, api: FakeMessages, platform: Mapping[str, str]
    ) -> None:
        self.root = root
        self.api = api
        self._platform = platform
        self.home = root / "home"
        self.workspace = root / "work"
        self.state = root / "state"
        self.log = root / "parley.log"
        self.extra: dict[str, str] = {}  # more environment
        self.prefix: tuple[str, ...] = ()  # a command that runs what is run
        self.module = "bot"  # what is run
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
            "PARLEY_WEB__LISTEN": "",
            **self._platform,
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
                *(*self.prefix, sys.executable, "-m", self.module, "run"),
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """SIGKILL to it and to its agents, as when a container is stopped."""
        await self.kill_bridge()
        for process in self.family():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    async def kill_bridge(self) -> None:
        """SIGKILL to it alone: its agents go on."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """`parley restart`."""
        asked = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self.module, "restart"),
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await asyncio.wait_for(asked.communicate(), 40)
        assert asked.returncode == 0, told
        assert f"process {self.pid}" in told.decode()

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


class Parley(Program):
    """On Telegram."""

    def __init__(self, root: Path, telegram: FakeTelegram, api: FakeMessages) -> None:
        self.telegram = telegram
        super().__init__(root, api, telegram_platform(telegram))


class SlackParley(Program):
    """On Slack, by Socket Mode; by HTTP if *port* is given."""

    def __init__(
        self, root: Path, slack: FakeSlack, api: FakeMessages, *, port: int = 0
    ) -> None:
        self.slack = slack
        super().__init__(root, api, slack_platform(slack, port=port))


class WebParley(Program):
    """Its chat page and its API; *platform* connects a messenger as well."""

    def __init__(
        self, root: Path, api: FakeMessages, platform: Mapping[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        listen = {"PARLEY_WEB__LISTEN": f"127.0.0.1:{self.port}"}
        super().__init__(root, api, {**(platform or {}), **listen})

    @property
    def token(self) -> str:
        return (self.state / "web.token").read_text().strip()

    def links(self) -> list[str]:
        """Those it has announced, oldest first."""
        told = self.log.read_text() if self.log.exists() else ""
        return re.findall(r"http://\S+/enter\?code=\S+", told)

    async def begin(self) -> None:
        """Start it, and wait until it serves."""
        before = len(self.links())
        await self.start()
        await eventually(lambda: len(self.links()) > before)

    def client(self) -> httpx.AsyncClient:
        """Of the API, with its token."""
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            # An idle connection may be closed just as it is used again.
            limits=httpx.Limits(max_keepalive_connections=0),
            verify=False,  # there is no TLS; to load what to trust takes 0.15 s
        )


def telegram_platform(telegram: FakeTelegram) -> dict[str, str]:
    return {
        "PARLEY_TELEGRAM__TOKEN": telegram.token,
        "PARLEY_TELEGRAM__API_BASE": telegram.api_base,
        "PARLEY_ACCESS__TELEGRAM": str(ADA),
    }


def slack_platform(slack: FakeSlack, *, port: int = 0) -> dict[str, str]:
    way_in = {"PARLEY_SLACK__APP_TOKEN": slack.app_token}
    if port:
        way_in = {
            "PARLEY_SLACK__SIGNING_SECRET": slack.signing_secret,
            "PARLEY_SLACK__LISTEN": f"127.0.0.1:{port}",
        }
    return {
        "PARLEY_SLACK__BOT_TOKEN": slack.bot_token,
        "PARLEY_SLACK__API_BASE": slack.api_base,
        "PARLEY_ACCESS__SLACK": SLACK_ADA,
        **way_in,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


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
async def living(
    program: P, extra: Mapping[str, str] | None = None
) -> AsyncIterator[P]:
    """It does not outlive the test."""
    program.extra.update(extra or {})
    try:
        yield program
    finally:
        await program.kill()
        if os.environ.get("PARLEY_TEST_LOG"):
            print(program.log.read_text() if program.log.exists() else "")


@asynccontextmanager
async def world(
    root: Path, extra: Mapping[str, str] | None = None
) -> AsyncIterator[Parley]:
    """Fakes that outlive the program, and the program, not yet started."""
    async with (
        FakeTelegram() as telegram,
        FakeMessages() as api,
        living(Parley(root, telegram, api), extra) as parley,
    ):
        yield parley


def slack_as_described(**options: Any) -> FakeSlack:
    """A workspace with our app as its manifest describes it."""
    return FakeSlack(scopes=set(SCOPES), events=set(EVENTS), **options)


@asynccontextmanager
async def slack_world(
    root: Path, slack: FakeSlack | None = None, *, port: int = 0
) -> AsyncIterator[SlackParley]:
    """The same on Slack; *slack* is a fake with other ways than the usual ones."""
    async with (
        slack or slack_as_described() as slack,
        FakeMessages() as api,
        living(SlackParley(root, slack, api, port=port)) as parley,
    ):
        yield parley


@asynccontextmanager
async def web_world(
    root: Path, telegram: FakeTelegram | None = None
) -> AsyncIterator[WebParley]:
    """The page and the API, and a messenger if there is one."""
    platform = telegram_platform(telegram) if telegram else None
    async with (
        FakeMessages() as api,
        living(WebParley(root, api, platform)) as parley,
    ):
        yield parley
