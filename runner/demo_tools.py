"""The few tools of the demo agent. They are real: files are written, commands run.

Each may be asked to do again what was done just before a kill, and does not mind.
"""

import difflib
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.demo_scenes import Result, Use

COMMAND_S = 10.0
OUTPUT = 20_000


def perform(use: Use) -> Result:
    """Never raises for what the world does: the agent is told."""
    try:
        match use.tool:
            case "Write":
                return _write(use.input)
            case "Edit":
                return _edit(use.input)
            case "Read":
                return _read(use.input)
            case "Bash":
                return _bash(use.input)
            case _:
                return Result(ok=False, text=f"No such tool: {use.tool}")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Result(ok=False, text=str(error))


def _read(given: Mapping[str, Any]) -> Result:
    with Path(given["file_path"]).open(errors="replace") as file:
        return Result(ok=True, text=file.read(OUTPUT))


def _write(given: Mapping[str, Any]) -> Result:
    file = Path(given["file_path"])
    before = file.read_text() if file.is_file() else ""
    file.write_text(given["content"])
    return Result(ok=True, text=_difference(file, before, given["content"]))


def _edit(given: Mapping[str, Any]) -> Result:
    file, old, new = Path(given["file_path"]), given["old_string"], given["new_string"]
    before = after = file.read_text()
    if new not in before:
        if old not in before:
            return Result(ok=False, text="String to replace not found in file.")
        head, _, tail = before.rpartition(old)
        after = f"{head}{new}{tail}"
        file.write_text(after)
    return Result(ok=True, text=_difference(file, before, after))


def _difference(file: Path, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), file.name, file.name, lineterm=""
    )
    return "\n".join(lines) or f"{file.name} is like that already."


def _bash(given: Mapping[str, Any]) -> Result:
    done = subprocess.run(  # noqa: S603 - what a person has just allowed
        ["/bin/sh", "-c", given["command"]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=COMMAND_S,
        check=False,
    )
    text = done.stdout.decode(errors="replace").rstrip()[:OUTPUT]
    return Result(ok=done.returncode == 0, text=text)
