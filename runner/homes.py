"""The folders of supervisors in the state folder: one each, while it lives."""

import hashlib
import json
import os
import shutil
import socket
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from runner import wire

log = structlog.get_logger()

ABOUT = "about.json"
#: A supervisor's stderr: why it failed.
LAST_WORDS = "last-words"
LAST_WORDS_LENGTH = 4096
#: What the path of a socket may be long.
SHORT = 100
ASKED_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """How its agent was started."""

    session_id: str
    mark: str
    settings: str  # a digest of what cannot be changed while it runs
    model: str
    mode: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    folder: Path
    about: About

    def connect(self) -> socket.socket:
        """To its supervisor. Raises `OSError` if it is gone."""
        connection = socket.socket(socket.AF_UNIX)
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            connection.settimeout(ASKED_S)
            connection.connect(_short(self.folder, folder))
        except OSError:
            connection.close()
            raise
        finally:
            os.close(folder)
        return connection

    def takes(self, claim: int) -> bool:
        """Whether its supervisor would take a bridge of this run."""
        spoken = ",".join(map(str, wire.VERSIONS))
        with suppress(OSError), self.connect() as connection:
            connection.sendall(f"ask {spoken} {claim}\n".encode())
            return connection.recv(wire.GREETING) == b"yes\n"
        return False

    def remove(self) -> str:
        """What its supervisor said as it failed, or "". That goes to the log, too."""
        words = _end_of(self.folder / LAST_WORDS)
        if words:
            log.error("supervisor.failed", agent=self.folder.name, words=words)
        shutil.rmtree(self.folder, ignore_errors=True)
        return words


class Homes:
    def __init__(self, state: Path) -> None:
        self._folder = state.absolute() / "agents"

    def new(self, about: About) -> Home:
        """For an agent that is about to be started."""
        folder = self._folder / uuid.uuid4().hex[:12]
        for each in (self._folder, folder):
            each.mkdir(parents=True, exist_ok=True)
            each.chmod(0o700)  # whatever the umask
        file = os.open(folder / ABOUT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w") as out:
            os.fchmod(file, 0o600)
            json.dump(asdict(about), out)
        return Home(folder, about)

    def all(self) -> Iterator[Home]:
        """The newest last; one that was never finished has an empty `About`."""
        with suppress(FileNotFoundError):
            for folder in sorted(self._folder.iterdir(), key=_changed):
                try:
                    told = json.loads((folder / ABOUT).read_bytes())
                    about = About(**{**told, "allowed": tuple(told["allowed"])})
                except (OSError, ValueError, TypeError, KeyError):
                    about = UNKNOWN
                yield Home(folder, about)


UNKNOWN = About(session_id="", mark="", settings="", model="", mode="", allowed=())


def digest(*settings: object) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _end_of(file: Path) -> str:
    with suppress(OSError), file.open("rb") as words:
        words.seek(max(0, file.stat().st_size - LAST_WORDS_LENGTH))
        return words.read().decode(errors="replace").strip()
    return ""


def _changed(folder: Path) -> float:
    with suppress(OSError):
        return folder.stat().st_mtime
    return 0.0


def _short(folder: Path, opened: int) -> str:
    path = str(folder / "socket")
    if len(os.fsencode(path)) <= SHORT or sys.platform != "linux":
        return path
    return f"/proc/self/fd/{opened}/socket"
