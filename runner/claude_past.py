"""Whether Claude Code knows a session already, and what keeps it from taking it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner import sandbox, session_file
from runner.base import SessionSpec
from runner.cli import Exceeded
from runner.errors import AgentUnsuitable, RunnerError, SessionElsewhere, SessionGone

#: How it says that there is no such session.
UNKNOWN = "No conversation found"


@dataclass(frozen=True, slots=True)
class Past:
    """What `--resume` gets: an id, or the path of a record."""

    resume: str = ""  # the session itself
    fork: str = ""  # the one it begins as a copy of
    elsewhere: Path | None = None  # its record, if another workspace's

    @property
    def facts(self) -> Mapping[str, bool]:
        return {"resumed": bool(self.resume), "forked": bool(self.fork)}


def past_of(spec: SessionSpec, env: Mapping[str, str]) -> Past:
    """What the agent knows of this session. Raises `SessionGone`."""
    file = session_file.find(spec.session_id, env)
    if file and session_file.holds_a_conversation(file):
        known_as, elsewhere = _known_as(file, spec, env)
        return Past(resume=known_as, elsewhere=elsewhere)
    if spec.begun:
        raise SessionGone("agent-session-gone")
    if file:
        # Without a word in it, the agent would neither resume it nor begin anew under
        # its id.
        file.unlink()
    if not spec.fork_of:
        return Past()
    file = session_file.find(spec.fork_of, env)
    if file is None or not session_file.holds_a_conversation(file):
        raise SessionGone("agent-session-gone")
    known_as, elsewhere = _known_as(file, spec, env)
    return Past(fork=known_as, elsewhere=elsewhere)


def _known_as(
    file: Path, spec: SessionSpec, env: Mapping[str, str]
) -> tuple[str, Path | None]:
    """Its id, or its path if it is another workspace's: older CLIs look no further."""
    if file.parent in session_file.folders(spec.workspace.resolve(), env):
        return file.stem, None
    return str(file), file


def why_not_started(
    exceeded: Exceeded | None, last_words: str, past: Past
) -> RunnerError | None:
    """Why it ended before it had said anything; None: its own words tell."""
    if exceeded:
        return AgentUnsuitable("agent-start-limit", limit=exceeded)
    if last_words.startswith(sandbox.COMPLAINT):
        words = last_words.removeprefix(sandbox.COMPLAINT)
        return AgentUnsuitable("agent-sandbox-refused", words=words)
    if UNKNOWN not in last_words:
        return None
    if past.elsewhere is None:
        return SessionGone("agent-session-gone")
    there = session_file.workspace_of(past.elsewhere)
    return SessionElsewhere("agent-session-elsewhere", folder=there)
