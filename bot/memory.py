"""How much memory is left, for us and for what agents start."""

from pathlib import Path

import psutil

#: Below this the system begins to swap, or to kill.
FLOOR = 512 * 1024 * 1024
CGROUP = Path("/sys/fs/cgroup")


def free_memory(cgroup: Path = CGROUP) -> int:
    """Bytes that can be had now; in a container, of its own limit."""
    available = psutil.virtual_memory().available
    try:
        limit = int((cgroup / "memory.max").read_text())
        used = int((cgroup / "memory.current").read_text())
        return min(available, max(0, limit - used + _droppable(cgroup)))
    except (OSError, ValueError):  # no container, or no limit ("max")
        return available


def floor() -> int:
    """Less on a small machine: a tenth of what it has."""
    return min(FLOOR, psutil.virtual_memory().total // 10)


def _droppable(cgroup: Path) -> int:
    """What is only a copy of files that nobody looks at."""
    lines = (cgroup / "memory.stat").read_text().splitlines()
    pairs = (line.split() for line in lines)
    return next((int(count) for name, count in pairs if name == "inactive_file"), 0)
