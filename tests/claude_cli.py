"""The real `claude`, from the wheel of its SDK, made safe for tests.

It runs with a home of its own, an environment of a few names, a key that is worth
nothing, and no server but a `FakeMessages` on the loopback.
"""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

FAKE_KEY = "sk-ant-fake"


def claude_binary() -> Path:
    """The CLI that comes with `claude-agent-sdk`."""
    spec = importlib.util.find_spec("claude_agent_sdk")
    assert spec, "claude-agent-sdk is missing: pip install -e .[test]"
    assert spec.origin
    return Path(spec.origin).parent / "_bundled" / "claude"


def parent_environment(home: Path) -> Mapping[str, str]:
    """What a bridge started from an empty shell would have."""
    return {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"}


def api_key_environment(url: str) -> Mapping[str, str]:
    """`agents.claude.env` for `billing = "api_key"` against a fake at *url*."""
    return {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": FAKE_KEY}
