"""Threat 10: an agent dies with a secret on its lips. People read its last words."""

import stat
from pathlib import Path

import pytest

from bot.log import HIDDEN, Redactor
from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.errors import RunnerError
from tests.claude_cli import FAKE_KEY, api_key_environment, parent_environment

AGENT = """\
#!/bin/sh
if [ "$1" = --version ]; then echo "2.1.329 (Claude Code)"; exit; fi
echo "it broke: key $ANTHROPIC_API_KEY" >&2
exit 3
"""


async def test_the_last_words_of_an_agent_are_told_without_its_key(
    tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    agent = tmp_path / "agent"
    agent.write_text(AGENT)
    agent.chmod(stat.S_IRWXU)
    runner = ClaudeRunner(
        [str(agent)],
        billing="api_key",
        env=api_key_environment("http://127.0.0.1:9"),
        environ=parent_environment(home),
        state=tmp_path / "state",
        redact=Redactor([FAKE_KEY]).clean,
    )

    with pytest.raises(RunnerError) as failed:
        async with runner.open(spec):
            pass

    assert failed.value.phrase.values == {"words": f"it broke: key {HIDDEN}"}
