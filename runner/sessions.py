"""Claude Code's sessions that belong to a workspace, out of its own records.

Also those that were begun at the terminal. Only as many records are read as are listed,
and parsed only where a person speaks: there may be a thousand, of many megabytes each.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from runner.base import SessionInfo
from runner.session_file import INTERRUPTED, folders
from runner.untrusted import parsed

TITLE = 100
#: Names: the one a person gave, else the agent's; of each the last one counts.
NAMES = {"custom-title": "customTitle", "ai-title": "aiTitle", "summary": "summary"}
NAMED = tuple(f'"type":"{kind}"'.encode() for kind in NAMES)
SHORT = 4096  # bytes: no line with a name is longer
#: What the CLI writes in a person's place: commands, their output, notifications.
MACHINE = re.compile(
    r"\s*<(command|local-command|bash|task|ide|system|user-prompt-submit)[a-z_-]*>"
)
#: What Parley puts behind, and sometimes before, a person's words.
OURS = "[Parley: "
#: The results of tools are the bulk of the lines that are a user's.
USER, RESULT, META = b'"type":"user"', b'"tool_use_id"', b'"isMeta":true'
FILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl")


def sessions(
    workspace: Path, environ: Mapping[str, str], *, limit: int
) -> list[SessionInfo]:
    """Those that can be resumed there, the latest first."""
    found: list[SessionInfo] = []
    for changed_at, file in _newest(workspace, environ):
        if len(found) >= limit:
            break
        with suppress(OSError):  # it is gone
            if info := _read(file, changed_at, str(workspace)):
                found.append(info)
    return found


def _newest(workspace: Path, environ: Mapping[str, str]) -> list[tuple[float, Path]]:
    files = []
    for folder in folders(workspace, environ):
        for entry in os.scandir(folder):
            with suppress(OSError):  # it is gone
                if FILE.fullmatch(entry.name):
                    files.append((entry.stat().st_mtime, Path(entry.path)))
    return sorted(files, reverse=True)


def _read(file: Path, changed_at: float, workspace: str) -> SessionInfo | None:
    """None: nobody said anything in it, or it is another workspace's."""
    prompts, begins, names = 0, "", dict.fromkeys(NAMES, "")
    with file.open("rb") as record:
        for line in record:
            if USER in line:
                if RESULT in line or META in line:
                    continue
                entry = _entry(line)
                if not prompts and entry.get("cwd", workspace) != workspace:
                    return None  # to the CLI, folders of different names may be one
                if words := said(entry):
                    prompts, begins = prompts + 1, begins or words
            elif len(line) < SHORT and any(kind in line for kind in NAMED):
                entry = _entry(line)
                if key := NAMES.get(str(entry.get("type"))):
                    names[entry["type"]] = str(entry.get(key) or "")
    if not prompts:
        return None
    title = next(filter(None, names.values()), begins)
    return SessionInfo(
        session_id=file.stem,
        title=_shortened(title),
        changed_at=changed_at,
        prompts=prompts,
    )


def said(entry: Mapping[str, Any]) -> str:
    """A person's words; "" for everything else. A picture alone counts as "…"."""
    if entry.get("type") != "user" or any(
        entry.get(flag) for flag in ("isSidechain", "isMeta", "isCompactSummary")
    ):
        return ""
    message = entry.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    blocks = (
        [{"type": "text", "text": content}] if isinstance(content, str) else content
    )
    texts, others = [], 0
    for block in blocks if isinstance(blocks, list) else ():
        match block:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case {"type": "image" | "document"}:
                others += 1
            case _:
                return ""
    words = [text for text in texts if not _of_a_machine(text)]
    return " ".join(words).strip() or ("…" if others else "")


def _of_a_machine(text: str) -> bool:
    return bool(MACHINE.match(text)) or text.startswith((OURS, INTERRUPTED))


def _shortened(title: str) -> str:
    """One line."""
    title = " ".join(title.split())
    return title if len(title) <= TITLE else f"{title[: TITLE - 1].rstrip()}…"


def _entry(line: bytes) -> dict[str, Any]:
    """Nothing, if a crash tore it."""
    with suppress(ValueError):
        entry = parsed(line)
        if isinstance(entry, dict):
            return entry
    return {}
