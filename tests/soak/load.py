"""What three people do all the time: one turn after another, each in one place."""

import asyncio
import time
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeAlias

from tests.chaos.places import InTelegram, Place
from tests.messages_api import FakeMessages
from tests.soak.samples import Numbers

Kind: TypeAlias = Literal["words", "tool", "denied", "edited", "stopped"]
#: How often each, of a hundred.
SHARES: dict[Kind, int] = {
    "words": 55,
    "tool": 20,
    "denied": 8,
    "edited": 8,
    "stopped": 9,
}
LOOK_S = 0.2
WITHIN_S = 60.0


@dataclass
class Person:
    """*platform* as the program's numbers call it; *pause_s* between two turns."""

    place: Place
    platform: str
    api: FakeMessages
    numbers: Numbers
    chance: Random
    pause_s: float
    done: int = 0
    _pressed: set[tuple[str, str]] = field(default_factory=set)

    async def live(self) -> None:
        """Until cancelled. Raises `TimeoutError` if a turn does not end."""
        await self.place.open()
        while True:
            kind = self.chance.choices([*SHARES], [*SHARES.values()])[0]
            if kind == "edited" and not isinstance(self.place, InTelegram):
                kind = "words"
            begun = time.monotonic()
            await self._turn(kind, f"{self.platform}{self.done}")
            self.done += 1
            await asyncio.sleep(max(0.0, begun + self.pause_s - time.monotonic()))

    async def _turn(self, kind: Kind, mark: str) -> None:
        ended = self.numbers.turns[self.platform]
        await self.place.say(mark, words(kind, mark))
        if kind in ("edited", "stopped"):
            await self._called(mark)
        if kind == "stopped":
            await self.place.stop()
        elif kind == "edited":
            assert isinstance(self.place, InTelegram)
            self.place.edit(mark, words("words", f"{mark}-edited"))
            self.api.release(mark)  # too late for that, as they are told
        try:
            async with asyncio.timeout(WITHIN_S):
                while self.numbers.turns[self.platform] <= ended:
                    await self._press("Deny" if kind == "denied" else "Allow once")
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise TimeoutError(f"{kind} {mark} has not ended") from None
        self.api.release(mark)

    async def _called(self, mark: str) -> None:
        """The model has the prompt, and waits."""
        await self.api.until(
            lambda: any(mark in str(x.body["messages"]) for x in self.api.requests[-6:])
        )

    async def _press(self, wanted: str) -> None:
        for seen in await self.place.look(lambda _: True):
            for button in seen.buttons:
                key = (seen.id, button.about)
                if wanted in button.label and key not in self._pressed:
                    self._pressed.add(key)
                    await self.place.press(seen, button)


def words(kind: Kind, mark: str) -> str:
    """The order for the fake model; *mark* makes it one of a kind."""
    match kind:
        case "words":
            order = "WORDS[60]"
        case "tool" | "denied":
            order = f"RUN[echo {mark} >> soak.txt]RUN"
        case "edited" | "stopped":
            order = f"WAIT[{mark}] SAY[in vain]"
    return f"[{mark} ] {order}"
