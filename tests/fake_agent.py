"""A process that greets like `claude` and misbehaves as its first argument says.

    answer      answers every prompt with "fine"
    stubborn    neither ends when stdin closes nor on SIGINT or SIGTERM
    mute        never says a word
    refuse      says "no such option" on stderr and exits
    key         greets with an API key that somebody hid in its settings
    litter      starts a tool in a session of its own; its pid is in ./tool
    burst       answers the greeting, and dies in the middle of a line when prompted
    lost        knows no session
    waste WHAT  when prompted, uses ever more of the processor ("cpu"), of memory
                ("memory"), or of a file ("file")
    until FILE  when prompted, waits for ./FILE, and touches ./went
    ask         when prompted, asks for a permission
    flood MB    when prompted, says so much
    tool WHAT   has a tool do so; the answer is how that ended

Standard library only: it starts in 20 ms.
"""

import itertools
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PERMISSION = {
    "type": "control_request",
    "request_id": "one",
    "request": {
        "subtype": "can_use_tool",
        "tool_name": "Bash",
        "input": {"command": "true"},
    },
}


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


def waste(what: str) -> None:
    held = []
    for _ in itertools.count():
        if what == "memory":
            held.append(b"x" * 5_000_000)
            time.sleep(0.02)
        if what == "file":
            with Path("large").open("ab") as file:
                file.write(b"x" * 100_000)


def waste_in_a_tool(what: str) -> str:
    tool = [sys.executable, __file__, "wasteful-tool", what]
    return str(subprocess.run(tool, stderr=subprocess.DEVNULL).returncode)


def main() -> None:
    mode = sys.argv[1]
    # As in Claude Code, not as Python sets it.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    if mode == "wasteful-tool":
        waste(sys.argv[2])
    if mode == "refuse":
        sys.exit("error: no such option")
    if mode == "lost":
        sys.exit("No conversation found with session ID: x")
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
            if mode == "until":
                while not Path(sys.argv[2]).exists():
                    time.sleep(0.02)
                Path("went").touch()
            if mode == "ask":
                say(PERMISSION)
                continue
            if mode == "flood":
                for _ in range(int(sys.argv[2])):
                    say({"type": "other", "words": "x" * 1_000_000})
            if mode == "waste":
                waste(sys.argv[2])
            answer = waste_in_a_tool(sys.argv[2]) if mode == "tool" else "fine"
            say({"type": "result", "subtype": "success", "result": answer})
    while mode == "stubborn":
        time.sleep(1)


if __name__ == "__main__":
    main()
