"""A `Screen` so small that a kill can be put anywhere, and the kills."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.base import Post
from adapters.inbound import Address, MessageRef


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Fuse:
    """Blows at the *at*-th place where the program could be killed."""

    at: int = -1
    passed: int = 0

    async def spark(self) -> None:
        await asyncio.sleep(0)
        self.passed += 1
        if self.passed == self.at:
            raise Killed


def kills() -> Iterator[Fuse]:
    """A fuse for every place in turn, until a run gets through."""
    fuse = Fuse(at=1)
    while True:
        yield fuse
        if fuse.passed < fuse.at:
            return
        fuse = Fuse(at=fuse.at + 1)


@dataclass
class PaperScreen:
    """Forgets nothing when the program is killed."""

    fuse: Fuse = field(default_factory=Fuse)
    rows: dict[tuple[Address, str], dict[str, MessageRef | None]] = field(
        default_factory=dict
    )
    done: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)  # of `posted`

    async def posts(self, address: Address, view_id: str) -> list[Post]:
        await self.fuse.spark()
        rows = self.rows.get((address, view_id), {})
        return [Post(part, ref) for part, ref in rows.items()]

    async def posting(self, address: Address, view_id: str, part: str) -> None:
        await self.fuse.spark()
        self.rows.setdefault((address, view_id), {}).setdefault(part, None)
        await self.fuse.spark()

    async def posted(
        self, address: Address, view_id: str, part: str, ref: MessageRef
    ) -> None:
        await self.fuse.spark()
        if self.failures:
            raise self.failures.pop(0)
        self.rows.setdefault((address, view_id), {})[part] = ref
        await self.fuse.spark()

    async def removed(self, address: Address, view_id: str, part: str) -> None:
        await self.fuse.spark()
        self.rows.get((address, view_id), {}).pop(part, None)
        await self.fuse.spark()

    async def confirmed(self, address: Address, view_id: str) -> None:
        await self.fuse.spark()
        self.done.append(view_id)
        await self.fuse.spark()
