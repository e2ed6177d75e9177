"""Starts the demo agent as if it were Claude Code: same runner, same protocol."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from runner.claude_runner import ClaudeRunner
from runner.environment import CREDENTIALS
from runner.process import Patience

#: Isolated: a project with a `json.py` of its own must not become part of the agent.
#: Without `site`, which it does not need: it starts in half the time.
BEGIN = (
    "import sys; sys.path.append(sys.argv.pop(1)); from runner import demo; demo.main()"
)
COMMAND = (sys.executable, "-I", "-S", "-c", BEGIN, str(Path(__file__).parents[1]))


def demo_runner(
    *,
    environ: Mapping[str, str],  # our own; credentials in it are kept from the demo
    state: Path,
    command: tuple[str, ...] = COMMAND,
    patience: Patience = Patience(),  # noqa: B008 - it is frozen
    redact: Callable[[str], str] = str,
    unclaimed_s: float = 600.0,
) -> ClaudeRunner:
    """A runner that needs no account, no network, and nothing installed.

    Its sessions are kept in *state*, apart from Claude Code's own: once that is
    installed, a conversation begins anew with it instead of resuming a script.
    """
    secret = {name for names in CREDENTIALS.values() for name in names}
    return ClaudeRunner(
        command,
        billing="subscription",
        env={},
        environ={
            **{name: value for name, value in environ.items() if name not in secret},
            "CLAUDE_CONFIG_DIR": str(state.absolute() / "demo"),
        },
        state=state,
        patience=patience,
        redact=redact,
        unclaimed_s=unclaimed_s,
    )
