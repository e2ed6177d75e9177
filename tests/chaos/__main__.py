"""`python -m tests.chaos --kills N`: random kills, until there were so many.

A run is made of chapters: each is a program of its own with fakes of its own, in a
process of its own, and the n-th of a seed has always the same plan. A chapter in which
something was lost or done twice leaves its folder, and the command that repeats it.
"""

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.chaos.report import OUT, Total, keep, summary
from tests.chaos.stage import SURFACES
from tests.chaos.storm import chapter

CHAPTER = 20  # kills
CHAPTER_S = 600.0
KEPT = OUT.with_name("chaos")


def main() -> int:
    asked = _arguments()
    if asked.chapter is not None:
        return asyncio.run(_play(asked))
    return asyncio.run(_all(asked))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--minutes", type=float, help="at most; 15 s a kill")
    parser.add_argument("--seed", default="")
    parser.add_argument("--surfaces", nargs="+", choices=SURFACES, default=SURFACES)
    parser.add_argument("--each", type=int, default=1, help="conversations on each")
    parser.add_argument("--workers", type=int, default=3, help="chapters side by side")
    parser.add_argument("--chapter", type=int, help="only this one; tells it as JSON")
    asked = parser.parse_args()
    asked.minutes = asked.minutes or asked.kills / 4
    asked.seed = asked.seed or f"{random.SystemRandom().randrange(10**8):08}"
    return asked


async def _all(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    until = began + asked.minutes * 60
    total = Total(seed=asked.seed, surfaces=list(asked.surfaces))
    print(f"seed {asked.seed}", flush=True)
    chapters = _chapters(asked.kills)

    async def work() -> None:
        for number, kills in chapters:
            if time.monotonic() >= until:
                return
            told = await _told(asked, number, kills, until - time.monotonic())
            total.add(told)
            _show(total, number, told)

    async with asyncio.TaskGroup() as workers:
        for _ in range(asked.workers):
            workers.create_task(work())
    total.lasted_s = time.monotonic() - began
    print("", *total.lines(), sep="\n")
    total.write()
    return 0 if total.clean else 1


def _chapters(kills: int) -> Iterator[tuple[int, int]]:
    """Number and kills of each."""
    for number, first in enumerate(range(0, kills, CHAPTER)):
        yield number, min(CHAPTER, kills - first)


def _show(total: Total, number: int, told: dict[str, Any]) -> None:
    print(
        f"chapter {number}: {sum(told['kills'].values())} kills,"
        f" {told['messages']} messages, {told['lasted_s']} s"
        f" — in all {total.struck} kills",
        *told["faults"],
        *([f"again: {told['again']}"] if told["faults"] else []),
        sep="\n  ",
        flush=True,
    )


async def _told(
    asked: argparse.Namespace, number: int, kills: int, left_s: float
) -> dict[str, Any]:
    """A chapter in a process of its own."""
    command = _command(asked, number, kills)
    minutes = ("--minutes", str(min(left_s, CHAPTER_S) / 60))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command, *minutes), stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(CHAPTER_S + 300):
            out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    again = " ".join(("python", *command))
    if process.returncode:
        raise SystemExit(f"the harness itself failed: {again}")
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return {**told, "again": again}


def _command(asked: argparse.Namespace, number: int, kills: int) -> Sequence[str]:
    wanted = {
        "--seed": asked.seed,
        "--chapter": number,
        "--kills": kills,
        "--each": asked.each,
    }
    flat = [str(word) for pair in wanted.items() for word in pair]
    return ("-m", "tests.chaos", *flat, "--surfaces", *asked.surfaces)


async def _play(asked: argparse.Namespace) -> int:
    root = Path(tempfile.mkdtemp(prefix="parley-chaos-"))
    played = await chapter(
        root,
        f"{asked.seed}/{asked.chapter}",
        kills=asked.kills,
        surfaces=asked.surfaces,
        each=asked.each,
        until=time.monotonic() + asked.minutes * 60,
    )
    told = summary(played)
    if played.verdict.faults:
        again = " ".join(("python", *_command(asked, asked.chapter, asked.kills)))
        keep(played, root, again)
        kept = KEPT / f"{asked.seed}-{asked.chapter}"
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root, kept)
        told["faults"].append(f"kept in {kept}")
    else:
        shutil.rmtree(root, ignore_errors=True)
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
