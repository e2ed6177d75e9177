"""Stands between Parley and an agent so that nothing outlives either of them.

    python -I -S guard.py LIFELINE command...

Runs the command on our own three pipes. LIFELINE is a socket whose other end only
Parley holds. When that closes, Parley is gone, however it went, and so is the command
and all it ever started; when ours closes, Parley knows that we are gone. Tools run in
sessions of their own and lose their parent when the agent dies, so killing a process
group is not enough: as a subreaper (Linux) this process becomes the parent of whatever
is left behind.

Standard library only, and little of it: it starts in 20 ms and holds a few MB.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LINUX = sys.platform == "linux"


def prctl(option: int, value: int) -> None:
    if LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def start(command: list[str], lifeline: int) -> int:
    """The command's pid. It gets our pipes; we keep none of them."""
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(lifeline)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # should we be killed ourselves
        if os.getppid() != guard:
            os._exit(1)  # we were, a moment ago
        try:
            os.execv(command[0], command)  # noqa: S606 - no shell is the point
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
            os._exit(127)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    return child


def descendants() -> list[int]:
    parents: dict[int, int] = {}
    if LINUX:
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    with open(f"/proc/{name}/stat", "rb") as stat:
                        fields = stat.read().rpartition(b")")[2].split()
                    if fields[0] != b"Z":
                        parents[int(name)] = int(fields[1])
    else:
        listing = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=False
        )
        for line in listing.stdout.splitlines():
            pid, parent = map(int, line.split())
            parents[pid] = parent
    found: list[int] = []
    ours = {os.getpid()}
    while new := [p for p, parent in parents.items() if parent in ours]:
        found += new
        ours = set(new)
    return found


def reap() -> dict[int, int]:
    """Exit statuses of all children that ended, by pid."""
    ended: dict[int, int] = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            ended[pid] = status
    return ended


def end_all() -> None:
    """Kill until nothing is left: what is being started meanwhile, too."""
    while left := descendants():
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        reap()
        time.sleep(0.005)
    reap()


def main() -> int:
    lifeline, command = int(sys.argv[1]), sys.argv[2:]
    os.set_inheritable(lifeline, False)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for signum in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: None)
    child = start(command, lifeline)
    while True:
        ready, _, _ = select.select([lifeline, woken], [], [])
        if lifeline in ready:
            end_all()
            return 0
        arrived = os.read(woken, 512)
        if (status := reap().get(child)) is not None:
            end_all()
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        for signum in (signal.SIGINT, signal.SIGTERM):
            if signum in arrived:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signum)


if __name__ == "__main__":
    sys.exit(main())
