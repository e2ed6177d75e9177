"""The wall clock is set while Telegram cannot be reached."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Unavailable
from adapters.telegram.poll import Poller
from tests.adapters.telegram.connected import Ears

STALE_S = 120.0


class Dead:
    """Every connection of it hangs, or is refused."""

    def __init__(self) -> None:
        self.reconnects = 0

    async def updates(
        self, offset: int | None, *, timeout_s: int, allowed: Sequence[str]
    ) -> list[Any]:
        raise Unavailable("no answer")

    async def call(self, method: str, **params: Any) -> Any:
        raise Unavailable("no answer")

    async def reconnect(self) -> None:
        self.reconnects += 1


@pytest.mark.parametrize("jump", [-3600.0, 0.0], ids=["back an hour", "never set"])
async def test_dead_connections_are_replaced_in_time_though_the_clock_is_set(
    tmp_path: Path, jump: float
) -> None:
    now, api = [100_000.0], Dead()

    async def sleep(pause_s: float) -> None:
        now[0] += 10
        await asyncio.sleep(0)
        if now[0] > 100_000 + jump + 2 * STALE_S:
            raise asyncio.CancelledError

    poller = Poller(
        api,
        Ears(tmp_path),
        on_kept=lambda _: None,
        on_stranger=lambda *_: None,
        stale_s=STALE_S,
        clock=lambda: now[0],
        sleep=sleep,
    )
    now[0] += jump

    with pytest.raises(asyncio.CancelledError):
        await poller.run()

    assert api.reconnects == 2
