"""Keeps what Parley knows from other users, and from what runs beside it as its own.

The tools of an agent are processes of our user: without a sandbox they may read its
files. Our memory and the environment we were started with need not be theirs, too.
"""

import ctypes
import shlex
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

PR_SET_DUMPABLE = 4
#: How the names of keys end whose values are secrets.
SECRET = ("token", "secret", "key", "password")
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def close_to_others() -> None:
    """From now on nobody looks into this process but root (Linux).

    Its `/proc/PID/environ`, memory and open files are closed to processes of the same
    user, no debugger attaches, and no core is dumped. What we start is not concerned:
    `exec` takes it back.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def too_open(file: Path) -> str:
    """What is wrong with who may use a configuration file, and what to do; or ""."""
    mode = file.stat().st_mode
    if mode & OTHERS_WRITE:
        what = "others may write it, and so decide what Parley runs"
    elif mode & OTHERS_READ and _holds_a_secret(tomllib.loads(file.read_text())):
        what = "others may read it, and secrets are in it"
    else:
        return ""
    return f"{what}: chmod go= {shlex.quote(str(file.absolute()))}"


def _holds_a_secret(table: Mapping[str, object]) -> bool:
    return any(
        _holds_a_secret(value)
        if isinstance(value, dict)
        else bool(value) and name.lower().endswith(SECRET)
        for name, value in table.items()
    )
