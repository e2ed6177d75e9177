"""The demo agent's own end of the pipes.

Rule: whoever waits here waits for lines, too, so that Stop is always heard.
"""

import json
import os
import select
from collections import deque
from collections.abc import Mapping
from typing import Any

from runner.ndjson import LineBuffer

CHUNK = 256 * 1024


class Pipe:
    def __init__(self, stdin: int = 0, stdout: int = 1) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._buffer = LineBuffer()
        self._lines: deque[bytes] = deque()

    def read(self, within_s: float | None) -> Mapping[str, Any] | None:
        """The next line; None if none came in time (None: there is time enough).

        Raises `EOFError` once nobody will write any more.
        """
        while not self._lines:
            ready, _, _ = select.select([self._stdin], [], [], within_s)
            if not ready:
                return None
            chunk = os.read(self._stdin, CHUNK)
            if not chunk:
                raise EOFError
            self._lines.extend(self._buffer.feed(chunk))
        message = json.loads(self._lines.popleft())
        assert isinstance(message, dict)
        return message

    def write(self, message: Mapping[str, Any]) -> None:
        line = json.dumps(message).encode() + b"\n"
        while line:
            line = line[os.write(self._stdout, line) :]
