"""Slack: how long an event waits for its acknowledgement when many come at once."""

import asyncio
import time
from pathlib import Path

from tests.bench.figures import Row, row
from tests.bench.surfaces import surfaces
from tests.slack_server import FakeSlack
from tests.slack_server_delivery import Act

BURST = 500
WITHIN_S = 120.0


async def measure(root: Path) -> list[Row]:
    """Each event begins a thread, and with it a conversation: the worst there is.

    One agent at a time, and the real one; an acknowledgement needs none.
    """
    async with surfaces(root, {"PARLEY_AGENT__MAX_PROCESSES": "1"}) as program:
        await program.ready()
        async with asyncio.timeout(WITHIN_S):
            late = await burst(program.slack)
    return [
        row(
            f"Slack event received → acknowledged, {BURST} at once",
            late,
            target="— / 500",
        )
    ]


async def burst(slack: FakeSlack) -> list[float]:
    """Milliseconds from the moment it was said, for each."""
    before = len(slack.acts)
    said_at = []
    for number in range(BURST):
        slack.say(f"SAY[answer {number}]")
        said_at.append(time.monotonic())
    acts = slack.acts[before:]
    assert len(acts) == BURST, f"{len(acts)} events of {BURST}"
    acked_at = await asyncio.gather(*map(acknowledged, acts))
    return [(done - at) * 1000 for at, done in zip(said_at, acked_at, strict=True)]


async def acknowledged(act: Act) -> float:
    await act.done.wait()
    assert act.acked, act.error
    return time.monotonic()
