"""A Chromium to drive: the system's, else the distribution's, else Playwright's.

`make test` runs this first, since installing one may take a minute. Rule: where none
can be had, the tests that need one are skipped, and say so loudly.
"""

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NONE = "!!! NO BROWSER: the chat page is NOT tested. Install Chromium."
_INSTALL_S = 600


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Skips the test if there is no Chromium and none can be installed."""
    path = await asyncio.to_thread(executable)
    if not path:
        pytest.skip(NONE)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield chromium
        finally:
            await chromium.close()


@cache
def executable() -> str:
    """Where it is, installed if need be; "": there is none."""
    if found := _system():
        return found
    # Tests run side by side: one of them installs, the others wait for it.
    with Path(tempfile.gettempdir(), "parley-browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _system() or _packaged() or _downloaded()


def _system() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), "")
    return found or (MAC if Path(MAC).exists() else "")


def _packaged() -> str:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return ""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _done(["apt-get", "update", "-qq"], quiet)  # a new machine knows of no packages
    install = ["apt-get", "install", "-qq", "--no-install-recommends", "chromium"]
    return _system() if _done(install, quiet) else ""


def _downloaded() -> str:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        _done([sys.executable, "-m", "playwright", "install", "chromium"], None)
    return path if Path(path).exists() else ""


def _done(command: list[str], env: dict[str, str] | None) -> bool:
    try:
        subprocess.run(
            command, env=env, check=True, timeout=_INSTALL_S, capture_output=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


if __name__ == "__main__":
    print(executable() or NONE)
