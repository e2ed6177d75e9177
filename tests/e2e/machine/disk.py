"""A program whose state is on a small disk, which the test fills and empties."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.parley import Program

ALONE = ("unshare", "--user", "--map-root-user", "--mount")
SMALL_DISK = str(Path(__file__).with_name("small_disk.py"))
BALLAST = "ballast"
SIZE = 24 * 1024 * 1024


class Disk:
    """Open once `mounted` has returned."""

    def __init__(self, root: Path) -> None:
        self._door = socket.socket(socket.AF_UNIX)
        self._path = root / "d"
        self._door.bind(str(self._path))
        self._door.listen()
        self._door.settimeout(20)
        self._folder = -1

    def prefix(self, folder: Path) -> tuple[str, ...]:
        """Before the command line of who is to have it at *folder*."""
        folder.mkdir(mode=0o700, exist_ok=True)
        size = str(SIZE)
        return (*ALONE, sys.executable, SMALL_DISK, str(self._path), str(folder), size)

    def mounted(self, *, full: bool = False) -> None:
        """Let the command begin."""
        peer, _ = self._door.accept()
        with peer:
            _, [self._folder], _, _ = socket.recv_fds(peer, 16, 1)
            if full:
                self.fill()
            peer.send(b"!")

    def fill(self) -> None:
        """To the last byte."""
        file = self._open(BALLAST, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for size in (1024 * 1024, 4096, 1):
                while True:
                    try:
                        os.write(file, b"\0" * size)
                    except OSError:
                        break
        finally:
            os.close(file)

    def empty(self) -> None:
        os.unlink(BALLAST, dir_fd=self._folder)

    def read(self, name: str) -> str:
        file = self._open(name, os.O_RDONLY)
        with os.fdopen(file) as text:
            return text.read()

    def close(self) -> None:
        self._door.close()
        if self._folder >= 0:
            os.close(self._folder)

    def _open(self, name: str, flags: int) -> int:
        return os.open(name, flags, 0o600, dir_fd=self._folder)


@contextmanager
def small_disk(parley: Program) -> Iterator[Disk]:
    """For the state of a program that has yet to start."""
    if why := _refused():
        pytest.skip(f"no file system of our own: {why}")
    disk = Disk(parley.root)
    parley.prefix = disk.prefix(parley.state)
    try:
        yield disk
    finally:
        disk.close()


def _refused() -> str:
    if shutil.which("unshare") is None:
        return "there is no `unshare`"
    tried = subprocess.run(
        [*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.stderr.strip()
