"""All three platforms in one program, with a canary in every secret it is given."""

import json
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.claude_cli import claude_binary
from tests.e2e.parley import (
    Program,
    WebParley,
    living,
    slack_as_described,
    telegram_platform,
)
from tests.messages_api import FakeMessages
from tests.slack_server import ADA as SLACK_ADA
from tests.slack_server import FakeSlack
from tests.telegram_server import FakeTelegram

API_KEY = "sk-ant-canary-of-the-agent"
VOICE_KEY = "the-voice-canary-key"
TELEGRAM = "123456:AAF-the-telegram-canary"
PROMPT, ANSWER, FILE = "PROMPTCANARY", "ANSWERCANARY", "FILECANARY"
#: Runs the real agent, unless it is told to die with a secret on its lips.
AGENT = """\
#!/bin/sh
if [ -e {crash} ]; then echo "it broke: key $ANTHROPIC_API_KEY" >&2; exit 3; fi
exec {claude} "$@"
"""


@dataclass
class Everything:
    parley: WebParley
    telegram: FakeTelegram
    slack: FakeSlack
    crash: Path  # while it exists, agents die as they start

    @property
    def secrets(self) -> dict[str, str]:
        """By what they are; those that Parley made itself, too."""
        return {
            "telegram": self.telegram.token,
            "slack bot": self.slack.bot_token,
            "slack app": self.slack.app_token,
            "agent": API_KEY,
            "voice": VOICE_KEY,
            "web.token": (self.parley.state / "web.token").read_text().strip(),
            "web.secret": (self.parley.state / "web.secret").read_text().strip(),
        }


@asynccontextmanager
async def everything(root: Path) -> AsyncIterator[Everything]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(FakeTelegram(token=TELEGRAM))
        slack = await stack.enter_async_context(slack_as_described())
        api = await stack.enter_async_context(FakeMessages())
        platform = {
            **telegram_platform(telegram),
            "PARLEY_SLACK__BOT_TOKEN": slack.bot_token,
            "PARLEY_SLACK__APP_TOKEN": slack.app_token,
            "PARLEY_SLACK__API_BASE": slack.api_base,
            "PARLEY_ACCESS__SLACK": SLACK_ADA,
            "PARLEY_VOICE__URL": "http://127.0.0.1:9/v1",  # nobody listens there
            "PARLEY_VOICE__API_KEY": VOICE_KEY,
        }
        parley = await stack.enter_async_context(living(WebParley(root, api, platform)))
        crash, agent = root / "crash", root / "agent"
        agent.write_text(AGENT.format(crash=crash, claude=claude_binary()))
        agent.chmod(stat.S_IRWXU)
        env = {
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": API_KEY,
            "CLAUDE_CODE_MAX_RETRIES": "0",
        }
        parley.extra["PARLEY_AGENTS__CLAUDE__COMMAND"] = json.dumps([str(agent)])
        parley.extra["PARLEY_AGENTS__CLAUDE__ENV"] = json.dumps(env)
        yield Everything(parley, telegram, slack, crash)


def files_with(word: str, root: Path) -> set[str]:
    """Those below *root* that have it in them or in their name."""
    found = set()
    for file in root.rglob("*"):
        readable = file.is_file() and not file.is_symlink()
        if word in file.name or (readable and word.encode() in file.read_bytes()):
            found.add(str(file.relative_to(root)))
    return found


def command_lines(parley: Program) -> Iterator[str]:
    """Parley's own, and of everything it has started."""
    for process in (psutil.Process(parley.pid), *parley.family()):
        try:
            yield "\0".join(process.cmdline())
        except psutil.NoSuchProcess:
            continue


def environments(parley: Program) -> Iterator[str]:
    """Of what it has started. Its own is what the operator gave it."""
    for process in parley.family():
        try:
            yield json.dumps(process.environ())
        except psutil.NoSuchProcess:
            continue
