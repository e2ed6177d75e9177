"""`python -m tests.fuzz --seconds N [target]`: until then, or until something breaks.

With atheris (`pip install atheris`) guided by coverage; else by hypothesis at random.
What breaks is kept in `build/fuzz/<target>/`, and `--again FILE` tries it again.
"""

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.hostile import mutant
from tests.fuzz.targets import TARGETS, Target

KEPT = Path("build/fuzz")
ROUND = 200  # examples between two looks at the clock


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", nargs="?", choices=list(TARGETS))
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--again", type=Path, help="try this file, and nothing else")
    asked = parser.parse_args(arguments)
    if asked.again:
        TARGETS[asked.target].attempt(asked.again.read_bytes())
        return 0
    names = [asked.target] if asked.target else list(TARGETS)
    return max(_fuzzed(name, asked.seconds) for name in names)


def _fuzzed(name: str, seconds: float) -> int:
    (KEPT / name).mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("atheris") is None:
        return _at_random(name, TARGETS[name], seconds)
    words = [name, str(seconds), str(KEPT / name)]
    run = [sys.executable, "-m", "tests.fuzz.guided", *words]
    broken = subprocess.run(run, check=False).returncode != 0
    if broken:
        print(
            f"{name}: broken; python -m tests.fuzz {name} --again {KEPT / name}/crash-…"
        )
    return int(broken)


def _at_random(name: str, target: Target, seconds: float) -> int:
    end, tried, last = time.monotonic() + seconds, 0, b""

    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(mutant(target.seeds), st.binary(max_size=500)))
    def attempt(given: bytes) -> None:
        nonlocal tried, last
        tried, last = tried + 1, given
        target.attempt(given)

    while time.monotonic() < end:
        try:
            attempt()
        except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
            traceback.print_exc()
            print(f"{name}: broken after {tried}; {_keep(name, last)}")
            return 1
    print(f"{name}: {tried} tried, nothing broke")
    return 0


def _keep(name: str, given: bytes) -> str:
    file = KEPT / name / f"crash-{hashlib.sha256(given).hexdigest()[:16]}"
    file.write_bytes(given)
    return f"again: python -m tests.fuzz {name} --again {file}"


if __name__ == "__main__":
    sys.exit(main())
