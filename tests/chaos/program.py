"""`parley run`, ended from outside the product exactly where a test wants it.

`python -m tests.chaos.program run` wraps the functions that `CHAOS_FUSES` names before
the program begins. The n-th passage of one strikes, before or after what it does:
SIGKILL to the agents, their supervisors, this process, or all of them. What struck is
a line in `CHAOS_STRUCK`. Nothing of this is known to the product.
"""

import functools
import importlib
import inspect
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import psutil

from tests.claude_cli import claude_binary

When: TypeAlias = Literal["before", "after"]
#: Whom: "everything" is what happens when a container is stopped.
Kill: TypeAlias = Literal["bridge", "agent", "both", "everything"]
KILLS: tuple[Kill, ...] = ("bridge", "agent", "both", "everything")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuse:
    """Blows once, at the *nth* passage of *at* ("module:Class.method") that fits."""

    at: str
    when: When
    kill: Kill
    nth: int = 1
    match: str = ""  # a regular expression; looked for in the arguments

    @property
    def name(self) -> str:
        return f"{self.when} {self.at} {self.match} #{self.nth}: {self.kill}"


def environment(root: Path, fuses: list[Fuse]) -> dict[str, str]:
    """For a program below *root*."""
    return {
        "CHAOS_ROOT": str(root),
        "CHAOS_STRUCK": str(root / "struck"),
        "CHAOS_FUSES": json.dumps([asdict(fuse) for fuse in fuses]),
    }


def found(at: str) -> tuple[Any, str, Callable[..., Any]]:
    """The owner, the name and the function. Raises if there is no such thing."""
    module, _, path = at.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    return owner, name, getattr(owner, name)


def lay(fuse: Fuse, strike: Callable[[Fuse], None]) -> None:
    """Put the fuse where it says."""
    owner, name, function = found(fuse.at)
    passed = 0

    def meant(given: object) -> bool:
        nonlocal passed
        if fuse.match and not re.search(fuse.match, str(given)):
            return False
        passed += 1
        return passed == fuse.nth

    @functools.wraps(function)
    async def waiting(*args: Any, **kwargs: Any) -> Any:
        hit = meant((args[1:], kwargs))
        if hit and fuse.when == "before":
            strike(fuse)
        result = await function(*args, **kwargs)
        if hit and fuse.when == "after":
            strike(fuse)
        return result

    @functools.wraps(function)
    def at_once(*args: Any, **kwargs: Any) -> Any:
        hit = meant((args[1:], kwargs))
        if hit and fuse.when == "before":
            strike(fuse)
        result = function(*args, **kwargs)
        if hit and fuse.when == "after":
            strike(fuse)
        return result

    is_async = inspect.iscoroutinefunction(function)
    setattr(owner, name, waiting if is_async else at_once)


def family(root: str) -> list[psutil.Process]:
    """Every process with a word of *root* in its environment, but us and who asks."""
    ours = []
    for process in psutil.process_iter():
        try:
            if root in " ".join(process.environ().values()):
                ours.append(process)
        except psutil.Error:
            continue
    near = {os.getpid(), os.getppid()}
    return [process for process in ours if process.pid not in near]


def kill(whom: Kill, root: str) -> None:
    """All at once, as near as that goes; ourselves last."""
    if whom != "bridge":
        for process in family(root):
            if whom == "everything" or _is_agent(process):
                _end(process)
    if whom != "agent":
        os.kill(os.getpid(), signal.SIGKILL)


def _is_agent(process: psutil.Process) -> bool:
    try:
        return bool(process.exe() == str(claude_binary()))
    except psutil.Error:
        return False


def _end(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:
        return


def main() -> None:
    root, struck = os.environ["CHAOS_ROOT"], os.environ["CHAOS_STRUCK"]

    def strike(fuse: Fuse) -> None:
        line = json.dumps({"at": time.time(), "fuse": fuse.name, "kill": fuse.kill})
        with Path(struck).open("a") as out:
            out.write(f"{line}\n")
        kill(fuse.kill, root)

    for given in json.loads(os.environ["CHAOS_FUSES"]):
        lay(Fuse(**given), strike)
    from bot.__main__ import main as parley

    sys.argv[0] = "parley"
    parley()


if __name__ == "__main__":
    main()
