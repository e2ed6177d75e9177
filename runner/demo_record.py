"""The demo agent's record of a session: in the place and the form of Claude Code's.

`runner.session_file` reads it after a crash, and so does the demo itself, to go on.
Rule: a message is recorded whole, in one write, before anything is done about it.
"""

import json
import os
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from runner.demo_asked import Asked, asked_in
from runner.demo_scenes import Result, Use
from runner.session_file import entries, find


class Unfinished(NamedTuple):
    """What a killed process had been asked, and how far it had come."""

    asked: Asked
    past: tuple[tuple[Use, Result | None], ...]  # None: it may have been done, or not


class Record:
    def __init__(self, file: Path, session_id: str) -> None:
        self._file = file
        self._session_id = session_id
        self._entries = list(entries(file)) if file.exists() else []
        self.known = {entry["uuid"] for entry in self._entries if "uuid" in entry}
        file.parent.mkdir(parents=True, exist_ok=True)
        self._out = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if self._torn():
            os.write(self._out, b"\n")

    @property
    def new(self) -> bool:
        """Whether nobody has said anything yet."""
        return not self._entries

    def user(self, content: Any, uuid_: str = "") -> Mapping[str, Any]:
        """A prompt, or what a tool said; the entry as it was written."""
        message = {"role": "user", "content": content}
        [entry] = self._add([{"type": "user", "message": message}], uuid_)
        return entry

    def assistant(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """One message of the agent, a line for each of its blocks."""
        self._add([{"type": "assistant", "message": message} for message in messages])

    def unfinished(self) -> Unfinished | None:
        """The newest thing a person asked, with the tools used since."""
        found: Unfinished | None = None
        past: dict[str, tuple[Use, Result | None]] = {}
        for entry in self._entries:
            content = (entry.get("message") or {}).get("content")
            asked = asked_in(content) if entry.get("type") == "user" else None
            if asked and not asked.resuming:
                past.clear()
                found = Unfinished(asked, ())
            for block in content if isinstance(content, list) else ():
                _remember(block, past)
        return found and found._replace(past=tuple(past.values()))

    def _add(
        self, given: Sequence[Mapping[str, Any]], uuid_: str = ""
    ) -> list[Mapping[str, Any]]:
        added = [
            {
                **entry,
                "isSidechain": False,
                "uuid": uuid_ or str(uuid.uuid4()),
                "sessionId": self._session_id,
                "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }
            for entry in given
        ]
        self.known.update(entry["uuid"] for entry in added)
        self._entries += added
        os.write(self._out, "".join(map(_line, added)).encode())
        return list(added)

    def _torn(self) -> bool:
        """Whether a crash left half a line at the end."""
        size = os.fstat(self._out).st_size
        return size > 0 and os.pread(self._out, 1, size - 1) != b"\n"


def place(session_id: str, workspace: str, environ: Mapping[str, str]) -> Path:
    """Where the session is recorded, or will be."""
    if there := find(session_id, environ):
        return there
    home = environ.get("CLAUDE_CONFIG_DIR") or Path(environ["HOME"]) / ".claude"
    folder = re.sub(r"[^a-zA-Z0-9]", "-", workspace)
    return Path(home) / "projects" / folder / f"{session_id}.jsonl"


def copied(file: Path, session_id: str, workspace: str) -> Path:
    """A session of another id that begins with all that *file* recorded."""
    copy = place(session_id, workspace, os.environ)
    copy.parent.mkdir(parents=True, exist_ok=True)
    with copy.open("x") as out:
        out.writelines(_line({**e, "sessionId": session_id}) for e in entries(file))
    return copy


def _line(entry: Mapping[str, Any]) -> str:
    """As JavaScript writes it, without spaces."""
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _remember(block: Any, past: dict[str, tuple[Use, Result | None]]) -> None:
    match block:
        case {"type": "tool_use", "id": str(id_), "name": str(name), "input": given}:
            # The same step again, after a kill: the newer try counts.
            for older, (use, result) in list(past.items()):
                if result is None and use == Use(name, given):
                    del past[older]
            past[id_] = (Use(name, given), None)
        case {"type": "tool_result", "tool_use_id": str(id_), "content": str(text)}:
            if id_ in past:
                use, _ = past[id_]
                answered = block.get("answers") or {}
                ok = not block.get("is_error", False)
                past[id_] = (use, Result(ok, text, answered))
        case _:
            pass
