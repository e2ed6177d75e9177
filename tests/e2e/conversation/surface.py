"""One conversation as a person sees it, whatever platform it is on."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from tests.e2e.parley import Program

WAIT_S = 30.0
DONE = "Done"


class Surface(ABC):
    """What Ada does there, and what she sees. Of labels and words, a part will do.

    `texts` are the messages as they are now, oldest first; `labels` the buttons that
    can be pressed now.
    """

    name: str
    sign: str  # in front of commands
    parley: Program

    @abstractmethod
    async def begin(self) -> None:
        """Start the program, and wait until it can be reached."""

    async def replace(self) -> None:
        """`parley restart`, until it can be reached again."""
        await self.parley.restart()

    @abstractmethod
    async def say(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None: ...

    @abstractmethod
    async def command(self, words: str) -> None:
        """Give a command, without its sign: "model sonnet"."""

    @abstractmethod
    def texts(self) -> list[str]: ...

    @abstractmethod
    def labels(self) -> list[str]: ...

    @abstractmethod
    async def push(self, label: str) -> None:
        """Press the newest button with that in its label. It is there."""

    @abstractmethod
    async def tick(self, *labels: str) -> None:
        """Choose all these of a question that takes several, and be done."""

    @abstractmethod
    def files(self) -> list[tuple[str, bytes]]:
        """Those the bot has sent: name and content."""

    @property
    @abstractmethod
    def working(self) -> bool:
        """Whether something is seen to run."""

    @property
    def quiet(self) -> bool:
        """Nothing runs or asks any more."""
        return not self.labels() and not self.working

    @property
    @abstractmethod
    def refusals(self) -> list[str]:
        """What the platform refused, and a correct program never sends."""

    async def until(
        self, true: Callable[[], object], *, timeout_s: float = WAIT_S
    ) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                while not true():
                    await asyncio.sleep(0.03)
        except TimeoutError:
            seen = "\n---\n".join(self.texts())
            raise AssertionError(
                f"not seen on {self.name}; texts:\n{seen}\nbuttons: {self.labels()}"
            ) from None

    async def shows(self, words: str, *, timeout_s: float = WAIT_S) -> str:
        """Wait until some message says this; the newest that does."""
        await self.until(lambda: self.find(words), timeout_s=timeout_s)
        return self.find(words)

    def find(self, words: str) -> str:
        """The newest message with these words in it; "" if there is none."""
        return next((text for text in reversed(self.texts()) if words in text), "")

    async def press(self, label: str) -> None:
        """Wait for such a button, and press it."""
        await self.offers(label)
        await self.push(label)

    async def offers(self, label: str) -> None:
        await self.until(lambda: any(label in one for one in self.labels()))

    async def answered(self, words: str) -> None:
        """Wait until it is said, and nothing runs or asks any more."""
        await self.until(lambda: self.find(words) and self.quiet)
