"""Stands before an agent's stdin and notes when each prompt reaches it.

    python -I -S tap.py NOTE COMMAND...

One line a prompt in NOTE: `time.monotonic`, which is the machine's. Only stdin passes
through here; the agent writes to our stdout itself. It costs a prompt one more pipe.
"""

import subprocess
import sys
import time


def main() -> int:
    note, *command = sys.argv[1:]
    agent = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert agent.stdin
    with open(note, "a", buffering=1) as notes:  # noqa: PTH123 - pathlib starts slowly
        for line in sys.stdin.buffer:
            if b'"type":"user"' in line.replace(b'": "', b'":"'):
                notes.write(f"{time.monotonic()}\n")
            try:
                agent.stdin.write(line)
                agent.stdin.flush()
            except BrokenPipeError:
                break
    agent.stdin.close()
    return agent.wait()


if __name__ == "__main__":
    sys.exit(main())
