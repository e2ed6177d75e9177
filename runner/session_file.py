"""Claude Code's own record of a session: what it knows of a prompt after a crash.

Rule: an unfinished turn is never called answered. Measured with 2.1.329 and eager
flushing (`tests/runner/test_session_file.py` repeats it with the real one):

- a prompt is recorded before the model is called;
- a message of the model is recorded when it is whole, all its blocks in one write and
  each with the message's `stop_reason`, before its `result` is on stdout. A kill
  between a text and the tool call after it leaves neither;
- so a text whose message has `end_turn` ends a turn. `tool_use`, or none, does not;
- what the CLI says itself is no answer: errors of the API (`isApiErrorMessage`) and
  "No response requested.", which a resumed session puts behind an unanswered prompt,
  come from the model `<synthetic>`;
- a command that the CLI runs itself is over when its output is there;
- a kill within the one write tears a line, so a torn line makes the message before it
  unfinished: blocks of it may be missing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.base import Evidence
from runner.claude_blocks import spoken, tool_result
from runner.events import RunnerEvent, TextFinished
from runner.untrusted import parsed

#: Stop reasons after which a turn goes no further.
ENDS = frozenset({"end_turn", "stop_sequence"})
SYNTHETIC = "<synthetic>"
INTERRUPTED = "[Request interrupted by user"
#: What the CLI writes about a command it ran itself.
LOCAL = "<local-command-"
LOCAL_OUTPUT = re.compile(r"</?local-command-[a-z]+>")
#: Longer names of folders are cut, and a hash is put behind.
LONG = 200
TORN: dict[str, Any] = {}


def find(session_id: str, environ: Mapping[str, str]) -> Path | None:
    """The session's file.

    Its folder is named after the workspace in odd ways; the id alone is unique.
    """
    found = _projects(environ).glob(f"*/{session_id}.jsonl")
    return max(found, key=lambda file: file.stat().st_mtime, default=None)


def folders(workspace: Path, environ: Mapping[str, str]) -> list[Path]:
    """Where sessions of *workspace*, a real path, are recorded.

    Every UTF-16 unit that is no ASCII letter or digit is a "-", and behind that many
    there is a hash: so it may be another workspace's folder, too.
    """
    name = _folder_name(workspace)
    pattern = name if len(name) <= LONG else f"{name[:LONG]}-*"
    return [folder for folder in _projects(environ).glob(pattern) if folder.is_dir()]


def folder_of(workspace: Path, environ: Mapping[str, str]) -> Path | None:
    """The one of `folders`, which need not exist yet; None: its hash is not known."""
    name = _folder_name(workspace)
    return _projects(environ) / name if len(name) <= LONG else None


def agent_folder(environ: Mapping[str, str]) -> Path:
    """Where the agent keeps its settings, its login and its records."""
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    configured = environ.get("CLAUDE_CONFIG_DIR")
    return Path(configured) if configured else home / ".claude"


def _folder_name(workspace: Path) -> str:
    units = (2 if ord(character) > 0xFFFF else 1 for character in str(workspace))
    wide = "".join(c * n for c, n in zip(str(workspace), units, strict=True))
    return re.sub(r"[^a-zA-Z0-9]", "-", wide)


def _projects(environ: Mapping[str, str]) -> Path:
    return agent_folder(environ) / "projects"


def holds_a_conversation(file: Path) -> bool:
    """Whether it can be resumed: a kill before the first prompt leaves an empty one."""
    return any(entry.get("type") == "user" for entry in entries(file))


def workspace_of(file: Path) -> str:
    """Where the session was begun."""
    places = (str(entry["cwd"]) for entry in entries(file) if entry.get("cwd"))
    return next(places, "")


def entries(file: Path) -> Iterator[dict[str, Any]]:
    """Its lines; one that a crash tore is `TORN`."""
    try:
        opened = file.open("rb")
    except OSError:
        return  # it may not be read, or is no file at all
    with opened as lines:
        for line in lines:
            try:
                entry = parsed(line)
            except ValueError:
                entry = TORN
            yield entry if isinstance(entry, dict) else TORN


def evidence(file: Path, uuids: Sequence[str], workspace: str) -> Evidence:
    """What was recorded since the first of these prompts; nothing, if none was."""
    return evidence_in(entries(file), uuids, workspace)


def evidence_in(
    record: Iterable[Mapping[str, Any]], uuids: Sequence[str], workspace: str
) -> Evidence:
    last: str | None = None
    answered = within = False
    events: list[RunnerEvent] = []
    for entry in record:
        if entry.get("isSidechain"):
            continue  # inside a subagent
        taken_up = _prompt_uuids(entry)
        if ours := [uuid for uuid in uuids if uuid in taken_up]:
            last, answered, within = ours[-1], False, True
        elif within and _begins_a_turn(entry):
            within = False  # somebody else's; ours may have been tried again after it
        elif within:
            events += _retold(entry, workspace)
            answered = _answered(entry, before=answered)
    return Evidence(last=last, answered=answered, events=tuple(events))


def _prompt_uuids(entry: Mapping[str, Any]) -> Sequence[str]:
    match entry:
        case {"type": "user", "uuid": str(uuid)}:
            merged = entry.get("mergedSendUuids")
            return (uuid, *merged) if isinstance(merged, list) else (uuid,)
        case {"type": "attachment", "attachment": {"source_uuid": str(uuid)}}:
            return (uuid,)  # slipped into a running turn
        case _:
            return ()


def _begins_a_turn(entry: Mapping[str, Any]) -> bool:
    """A prompt, or the word that a background task ended."""
    if entry.get("type") != "user":
        return False
    if entry.get("isMeta") or entry.get("isCompactSummary"):
        return False  # the CLI's own, in the middle of a turn
    match entry.get("message"):
        case {"content": str(text)}:
            return not text.startswith((INTERRUPTED, LOCAL))
        case {"content": [{"type": "text", "text": str(text)}, *_]}:
            return not text.startswith(INTERRUPTED)
        case {"content": [{"type": "image" | "document"}, *_]}:
            return True
        case _:
            return False  # the result of a tool


def _answered(entry: Mapping[str, Any], *, before: bool) -> bool:
    """Whether the turn is over as far as this entry, *before* being so ahead of it."""
    match entry:
        case {"type": "assistant", "message": {"model": "<synthetic>"}}:
            return False
        case {
            "type": "assistant",
            "message": {"stop_reason": str(reason), "content": [*blocks]},
        }:
            said = any(isinstance(b, dict) and b.get("type") == "text" for b in blocks)
            return reason in ENDS and (said or before)
        case {"type": "assistant"}:
            return False  # not all of it is there
        case {"type": "system", "subtype": "local_command"}:
            return True
        case {"type": "user", "message": {"content": str(text)}} if text.startswith(
            LOCAL
        ):
            return True
        case {"type": "user"}:
            return False  # a tool's result, an interruption, a hook that goes on
        case _:
            return before and bool(entry)  # `TORN` is empty


def _retold(entry: Mapping[str, Any], workspace: str) -> Iterator[RunnerEvent]:
    if entry.get("subtype") == "local_command":
        said = LOCAL_OUTPUT.sub("", str(entry.get("content"))).strip()
        yield TextFinished(str(entry.get("uuid")), said)
    message = entry.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        return
    if message.get("model") == SYNTHETIC:
        return
    for block in message["content"]:
        if entry.get("type") == "assistant":
            yield from spoken(block, str(message.get("id", "")), "", workspace)
        else:
            yield from tool_result(block)
