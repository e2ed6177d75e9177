"""A process that greets like `claude` and misbehaves as its first argument says.

    answer      answers every prompt with "fine"
    stubborn    neither ends when stdin closes nor on SIGINT or SIGTERM
    mute        never says a word
    refuse      says "no such option" on stderr and exits
    key         greets with an API key that somebody hid in its settings
    litter      starts a tool in a session of its own; its pid is in ./tool
    burst       answers the greeting, and dies in the middle of a line when prompted

Standard library only: it starts in 20 ms.
"""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def greet(request_id: str, mode: str) -> None:
    account = {"apiKeySource": "ANTHROPIC_API_KEY"} if mode == "key" else {}
    given = {"account": {"tokenSource": "claude.ai", **account}}
    say(
        {
            "type": "control_response",
            "response": {
                "subtype": "success",
                "request_id": request_id,
                "response": given,
            },
        }
    )


def main() -> None:
    mode = sys.argv[1]
    if mode == "refuse":
        sys.exit("error: no such option")
    if mode == "stubborn":
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, signal.SIG_IGN)
    if mode == "litter":
        tool = subprocess.Popen(["sleep", "300"], start_new_session=True)
        Path("tool").write_text(str(tool.pid))
    for line in sys.stdin:
        message = json.loads(line)
        if mode == "mute":
            continue
        if message["type"] == "control_request":
            greet(message["request_id"], mode)
        elif mode == "burst":
            sys.stdout.write('{"type": "assistant", "mess')
            sys.stdout.flush()
            sys.stderr.write("out of luck\n")
            sys.exit(9)
        elif message["type"] == "user":
            say({"type": "result", "subtype": "success", "result": "fine"})
    while mode == "stubborn":
        time.sleep(1)


if __name__ == "__main__":
    main()
