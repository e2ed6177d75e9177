"""Somebody in one place: says things, answers what is asked, presses once more."""

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.checker import check
from tests.chaos.evidence import Button, Said, Seen
from tests.chaos.model import Kind, done, words_for
from tests.chaos.places import InTelegram, Place
from tests.chaos.stage import Stage

LOOK_S = 0.1
AGAIN_S = 2.5  # then a button that is still there is pressed once more
ALLOW, DENY, STEER = "Allow once", ("Deny",), ("Tell it now", "steer")
ANSWERS = (ALLOW, "Red", "Try again", "Merge", "Undo")
MARKS = itertools.count(1)


@dataclass
class Person:
    stage: Stage
    place: Place
    pressed: dict[tuple[str, str], float] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)  # the last time they looked
    stopped: set[str] = field(default_factory=set)  # marks they wait for no more

    async def say(self, kind: Kind, *, mark: str = "") -> Said:
        said = Said(mark=mark or new_mark(), place=self.place.name, kind=kind)
        self.stage.said.append(said)
        if kind == "give":
            path = self.stage.program.workspace / f"{said.mark}.txt"
            path.write_text(f"the file of {said.mark}\n")
        file = b"what I send\n" if kind == "file" else None
        await self.place.say(said.mark, words_for(said.mark, kind), file)
        return said

    def change(self, said: Said) -> None:
        """Edit what was said; only in Telegram."""
        assert isinstance(self.place, InTelegram)
        old, said.instead_of, said.mark = said.mark, said.mark, new_mark()
        self.place.edit(old, words_for(said.mark, said.kind))

    async def react(self) -> None:
        """Until cancelled: press what they want of what is offered."""
        while True:
            known = self.stage.known(self.place)
            self.seen = await self.place.look(known.__contains__)
            for seen in self.seen:
                for button in self._wanted(seen):
                    await self._press(seen, button)
            await asyncio.sleep(LOOK_S)

    async def _press(self, seen: Seen, button: Button) -> None:
        key = (seen.id, f"{button.about}:{button.label}")
        if time.monotonic() - self.pressed.get(key, -AGAIN_S) >= AGAIN_S:
            self.pressed[key] = time.monotonic()
            await self.place.press(seen, button)

    def _wanted(self, seen: Seen) -> Iterator[Button]:
        """At most one of each question."""
        kinds = {said.mark: said.kind for said in self.waiting}
        about = set(re.findall(r"k\d+", seen.text))
        denied = any(kinds.get(mark) == "deny" for mark in about)
        wanted = (*DENY, *ANSWERS) if denied else ANSWERS
        if any(kinds.get(mark) == "steer" for mark in about):
            wanted = (*STEER, *wanted)
        asked: set[str] = set()
        for want in wanted:
            for button in seen.buttons:
                if want in button.label and button.about not in asked:
                    asked.add(button.about)
                    yield button

    @property
    def waiting(self) -> list[Said]:
        """What they said here that has no answer yet."""
        return [
            said
            for said in self.stage.said
            if said.place == self.place.name
            and said.mark not in self.stopped
            and not self.shows(done(said.mark))
            and not (said.instead_of and self.shows(done(said.instead_of)))
        ]

    def shows(self, words: str) -> bool:
        return any(words in seen.text for seen in self.seen)


def new_mark() -> str:
    return f"k{next(MARKS)}"


async def settled(stage: Stage, *, within_s: float) -> bool:
    """Whether, in that time, everything got its answer and nothing goes on."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = check(await stage.evidence())
        if not (found.lost or found.unfinished or found.open_prompts):
            return True
        await asyncio.sleep(LOOK_S)
    return False
