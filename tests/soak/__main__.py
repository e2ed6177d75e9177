"""`python -m tests.soak`: run it, watch it, judge it. Exit 1: something grows."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

from tests.bench.figures import machine
from tests.bench.surfaces import Surfaces, claude_version, surfaces
from tests.chaos.places import InSlack, InTelegram, OnPage
from tests.soak.growth import TooShort
from tests.soak.load import Person
from tests.soak.samples import Numbers, Sample, Verdict, judge, line, sample, table
from tests.telegram_server import ADA

OUT = Path("build/soak.json")
EACH_S = 10.0


async def main(given: argparse.Namespace) -> int:
    print(f"seed {given.seed}, {given.rate} turns a minute, {given.minutes} minutes")
    with tempfile.TemporaryDirectory() as root:
        async with surfaces(Path(root)) as program:
            await program.warm()
            await program.ready()
            samples = await soaked(program, given)
    try:
        verdict = judge(samples)
    except TooShort as error:
        sys.exit(f"too short to tell: {error}")
    print(table(samples, verdict))
    await keep(given, samples, verdict)
    return 0 if verdict.well else 1


async def soaked(program: Surfaces, given: argparse.Namespace) -> list[Sample]:
    """Everybody at work until time is up; whoever fails ends it at once."""
    numbers = Numbers(program)
    begun, samples = time.monotonic(), []
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(numbers.watch())
        living = [tasks.create_task(p.live()) for p in people(program, numbers, given)]
        while time.monotonic() - begun < given.minutes * 60:
            await asyncio.sleep(EACH_S)
            samples.append(sample(program, numbers, begun))
            print(line(samples[-1]), flush=True)
        for task in (watching, *living):
            task.cancel()
    return samples


def people(
    program: Surfaces, numbers: Numbers, given: argparse.Namespace
) -> list[Person]:
    places = {
        "telegram": InTelegram(program.telegram, ADA),
        "slack": InSlack(program.slack, 1),
        "web": OnPage(1, program.client),
    }
    return [
        Person(
            place,
            platform,
            program.api,
            numbers,
            Random(f"{given.seed} {platform}"),
            pause_s=60 * len(places) / given.rate,
        )
        for platform, place in places.items()
    ]


async def keep(
    given: argparse.Namespace, samples: Sequence[Sample], verdict: Verdict
) -> None:
    OUT.parent.mkdir(exist_ok=True)
    told = {
        "machine": machine(await claude_version()),
        **vars(given),
        "well": verdict.well,
        "growths": {name: asdict(each) for name, each in verdict.growths.items()},
        "store_kb_a_turn": verdict.store_kb_a_turn,
        "samples": [asdict(each) for each in samples],
    }
    OUT.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=60, help="turns a minute")
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(asyncio.run(main(parser.parse_args())))
