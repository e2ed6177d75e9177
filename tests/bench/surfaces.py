"""The whole program with every surface on, which is what an idle bridge is."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.claude_cli import claude_binary
from tests.e2e.parley import (
    WebParley,
    eventually,
    living,
    slack_as_described,
    telegram_platform,
)
from tests.messages_api import FakeMessages
from tests.slack_server import ADA as SLACK_ADA
from tests.slack_server import FakeSlack
from tests.telegram_server import FakeTelegram

START_S = 120.0  # the first start compiles every module, perhaps on a busy machine


class Surfaces(WebParley):
    """Telegram, Slack and the web."""

    def __init__(
        self,
        root: Path,
        api: FakeMessages,
        telegram: FakeTelegram,
        slack: FakeSlack,
    ) -> None:
        self.telegram = telegram
        self.slack = slack
        super().__init__(
            root, api, {**telegram_platform(telegram), **slack_platform(slack)}
        )

    async def ready(self) -> None:
        """Start it, and wait until people can reach it everywhere."""
        polls, links = len(self.telegram.calls("getUpdates")), len(self.links())
        await self.start()
        await eventually(lambda: len(self.links()) > links, timeout_s=START_S)
        await eventually(
            lambda: len(self.telegram.calls("getUpdates")) > polls, timeout_s=START_S
        )
        await eventually(lambda: self.slack.sockets, timeout_s=START_S)

    async def warm(self) -> None:
        """Start it once for nothing: the first start compiles every module."""
        await self.ready()
        await self.stop()


def slack_platform(slack: FakeSlack) -> dict[str, str]:
    return {
        "PARLEY_SLACK__BOT_TOKEN": slack.bot_token,
        "PARLEY_SLACK__APP_TOKEN": slack.app_token,
        "PARLEY_SLACK__API_BASE": slack.api_base,
        "PARLEY_ACCESS__SLACK": SLACK_ADA,
    }


@asynccontextmanager
async def surfaces(
    root: Path, extra: Mapping[str, str] | None = None, *, agent: Sequence[str] = ()
) -> AsyncIterator[Surfaces]:
    """Not yet started; nothing of it outlives the block.

    *agent*: its command, if it is not the real `claude`. *extra*: more environment.
    """
    command = {"PARLEY_AGENTS__CLAUDE__COMMAND": json.dumps(agent)} if agent else {}
    async with (
        FakeTelegram(flood=None) as telegram,
        slack_as_described() as slack,
        FakeMessages() as api,
        living(Surfaces(root, api, telegram, slack), command) as program,
    ):
        program.extra.update(extra or {})
        yield program


async def claude_version() -> str:
    asked = await asyncio.create_subprocess_exec(
        *(str(claude_binary()), "--version"), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asked.communicate()
    return said.decode().split()[0]


def tapped(note: Path) -> Sequence[str]:
    """The real `claude`, behind something that notes when a prompt comes to it."""
    tap = Path(__file__).with_name("tap.py")
    return (sys.executable, "-I", "-S", str(tap), str(note), str(claude_binary()))
