"""Finds Claude Code on this machine, and tells whether it will do."""

import asyncio
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from runner.errors import AgentNotFound, AgentUnsuitable

#: The oldest version whose protocol was studied.
MINIMUM = (2, 1, 197)
#: Where installers put it; a service's PATH often lacks these.
PLACES = (
    "~/.local/bin",
    "~/.claude/local",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "~/.npm-global/bin",
    "~/.bun/bin",
    "~/.volta/bin",
    "~/.nvm/versions/node/*/bin",
)
VERSION_S = 30.0


def locate(command: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The command with its program as an absolute path. Raises `AgentNotFound`."""
    program, *rest = command
    found = shutil.which(Path(program).expanduser(), path=environ.get("PATH", ""))
    if found is None and os.sep not in program:
        found = shutil.which(program, path=os.pathsep.join(_places(environ)))
    if found is None:
        raise AgentNotFound("agent-not-found", program=program)
    return [str(Path(found).absolute()), *rest]


def reachable(path: str, program: str) -> str:
    """*path* with the program's folder in it: npm's `claude` looks for `node` there."""
    folder = str(Path(program).parent)
    folders = [each for each in path.split(os.pathsep) if each]
    return os.pathsep.join(folders if folder in folders else [*folders, folder])


async def version(command: Sequence[str], env: Mapping[str, str]) -> str:
    """What `--version` says. Raises `AgentUnsuitable` if it is too old or broken."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            "--version",
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:  # half of an update, or no room for one more process
        words = f"{command[0]}: {error.strerror}"
        raise AgentUnsuitable("agent-not-started", words=words) from error
    try:
        async with asyncio.timeout(VERSION_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise AgentUnsuitable("agent-version-silent", program=command[0]) from None
    numbers = re.search(r"(\d+)\.(\d+)\.(\d+)", said.decode(errors="replace"))
    if process.returncode or numbers is None:
        raise AgentUnsuitable("agent-version-fails", program=command[0])
    if tuple(map(int, numbers.groups())) < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise AgentUnsuitable("agent-too-old", version=numbers[0], wanted=wanted)
    return numbers[0]


def _places(environ: Mapping[str, str]) -> list[str]:
    home = Path(environ.get("HOME") or "~").expanduser()
    places: list[str] = []
    for place in PLACES:
        if not place.startswith("~/"):
            places.append(place)
        elif "*" in place:
            places += [str(path) for path in sorted(home.glob(place[2:]), reverse=True)]
        else:
            places.append(str(home / place[2:]))
    return places
