"""Words on their way into a running turn.

Rule: each is a turn that may still have to run by itself, until the turn it was to join
has ended: an agent that dies may not have recorded what it had just read.
"""

from collections.abc import Iterator

from bot.running import Running


class Steering:
    """By the uuid of their prompts, in the order they were sent."""

    def __init__(self) -> None:
        self._under_way: dict[str, Running] = {}
        self._read: list[Running] = []

    def __iter__(self) -> Iterator[Running]:
        yield from (*self._read, *self._under_way.values())

    def add(self, running: Running) -> None:
        self._under_way[running.prompt.uuid] = running

    def take(self, prompt_uuid: str | None) -> Running | None:
        """The one with that prompt, which is not under way any more."""
        return self._under_way.pop(prompt_uuid or "", None)

    def take_first(self) -> Running | None:
        """The one whose turn it is, if the running turn has ended without it."""
        first = next(iter(self._under_way), None)
        return self.take(first)

    def read(self, prompt_uuid: str) -> Running | None:
        """The agent says that it has read the one with that prompt."""
        if found := self.take(prompt_uuid):
            self._read.append(found)
        return found

    def take_read(self) -> list[Running]:
        """The turn has ended: those that the agent read in it were part of it."""
        read, self._read = self._read, []
        return read

    def take_all(self) -> list[Running]:
        """None of them can get there now, as far as anybody knows."""
        left = list(self)
        self._under_way.clear()
        self._read.clear()
        return left
