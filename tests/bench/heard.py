"""The program, with a note of when each message had come in, before anything was done.

Run as `python -m tests.bench.heard run` in place of `python -m bot run`; the notes lie
beside the store: one line each, `time.monotonic`, which is the machine's.
"""

import os
import time
from pathlib import Path
from typing import Any

from adapters.slack.ingress import Ingress
from adapters.telegram.poll import Poller
from bot.__main__ import main

NOTES = "heard"


async def poller_take(self: Any, batch: Any) -> Any:
    if batch:
        _FILE.write(f"{time.monotonic()}\n")
    return await _poller_take(self, batch)


async def ingress_take(self: Any, body: Any) -> Any:
    _FILE.write(f"{time.monotonic()}\n")
    return await _ingress_take(self, body)


if __name__ == "__main__":
    _FOLDER = Path(os.environ["PARLEY_STORE__PATH"]).parent
    _FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    _FILE = (_FOLDER / NOTES).open("w", buffering=1)
    _poller_take: Any = Poller._take
    _ingress_take: Any = Ingress.take
    Poller._take = poller_take  # type: ignore[method-assign]
    Ingress.take = ingress_take  # type: ignore[method-assign]
    main()
