"""Commits what comes in; what comes in together is committed together."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.base import Intake
from adapters.inbound import Kept


class NotKept(Exception):
    """It is not on disk: do not acknowledge it."""


@dataclass(slots=True)
class _Batch:
    events: list[tuple[str, str]] = field(default_factory=list)
    done: bool = False
    error: Exception | None = None


class Keeper:
    """Each commit waits for the disk, so a burst shares a few of them.

    *on_kept* gets rows that are new, in order; it must return at once.
    """

    def __init__(self, intake: Intake, on_kept: Callable[[list[Kept]], object]) -> None:
        self._intake = intake
        self._on_kept = on_kept
        self._next = _Batch()
        self._committing = asyncio.Lock()

    async def keep(self, key: str, payload: str) -> None:
        """Return once it is on disk, now or long since. Raises `NotKept`."""
        batch = self._next
        # Half a character in it would keep out all that is committed with it.
        batch.events.append((key.encode(errors="replace").decode(), payload))
        async with self._committing:
            if not batch.done:  # nobody who waited before us has done it
                await self._commit(batch)
        if batch.error:
            raise NotKept(repr(batch.error)) from batch.error

    async def _commit(self, batch: _Batch) -> None:
        self._next = _Batch()
        try:
            kept = await self._intake.keep(batch.events)
        except Exception as error:  # noqa: BLE001 - whatever it is, all in it share it
            batch.error = error
        else:
            self._on_kept(kept)
        batch.done = True
