"""The raw lines of an agent's process, kept in a file while somebody looks for a fault.

One JSON object a line: `at` (UTC), `way` ("in": to the agent, "out": from it, "err"),
and `line`, as JSON if it was JSON. Secrets are taken out before anything is written.
"""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

import structlog

log = structlog.get_logger()

Way: TypeAlias = Literal["in", "out", "err"]

#: Beyond it the older half is dropped.
MAX_SIZE = 5_000_000
#: A picture's data, or a document's.
BASE64 = re.compile(r"[A-Za-z0-9+/]{64}[A-Za-z0-9+/]{400,}={0,2}")
#: Of one line: a file that is written is in it several times.
MAX_LINE = 100_000


class Record:
    """Appended to by one process at a time, though the file may be older than it."""

    def __init__(
        self, file: Path, redact: Callable[[str], str], *, max_size: int = MAX_SIZE
    ) -> None:
        self._file = file
        self._redact = redact
        self._max_size = max_size

    def note(self, way: Way, line: bytes) -> None:
        """Keep *line*. A disk that is full is no reason to stop the agent."""
        text = shortened(self._redact(line.decode(errors="replace").strip()))
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = f'{{"at": "{at}", "way": "{way}", "line": {_as_json(text)}}}\n'
        try:
            self._append(entry.encode())
        except OSError as error:
            log.warning("record.not_written", error=str(error))

    def _append(self, entry: bytes) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._file, flags, 0o600)
        try:
            size = os.write(file, entry) and os.fstat(file).st_size
            if size > self._max_size:
                kept = os.pread(file, size, size - self._max_size // 2)
                os.ftruncate(file, 0)
                os.write(file, kept[kept.find(b"\n") + 1 :])
        finally:
            os.close(file)


def shortened(text: str) -> str:
    """Without what is long and tells nothing."""
    text = BASE64.sub(lambda found: f"{found[0][:40]}...", text)
    return text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}..."


def _as_json(text: str) -> str:
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text)
    return text
