"""A conversation on Slack, as a person sees it."""

from collections.abc import Sequence
from mimetypes import guess_type

from tests.e2e.conversation.surface import DONE, Surface
from tests.e2e.parley import SlackParley
from tests.slack_server import Message as SlackMessage


class OnSlack(Surface):
    """A thread in the direct message with the bot."""

    name, sign = "slack", "!"

    def __init__(self, parley: SlackParley) -> None:
        self.parley = parley
        self.slack = parley.slack
        self.root: SlackMessage | None = None

    async def begin(self) -> None:
        await self.parley.start()
        await self.slack.until(lambda: self.slack.sockets)

    async def replace(self) -> None:
        await super().replace()
        await self.slack.until(lambda: self.slack.sockets)

    async def say(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        sent = [self.slack.file(*one, mimetype=_media_type(one[0])) for one in files]
        said = self.slack.say(text, thread=self.root, files=sent)
        self.root = self.root or said

    async def command(self, words: str) -> None:
        await self.say(f"!{words}")

    def texts(self) -> list[str]:
        return [m.text for m in self._bots()]

    def labels(self) -> list[str]:
        return [label for m in self._bots() for label in m.buttons]

    async def push(self, label: str) -> None:
        message, whole = next(
            (m, one)
            for m in reversed(self._bots())
            for one in m.buttons
            if label in one
        )
        self.slack.press(message, whole)

    async def tick(self, *labels: str) -> None:
        await self.offers(DONE)
        card = next(m for m in reversed(self._bots()) if DONE in "".join(m.buttons))
        self.slack.tick(card, *labels)
        await self.push(DONE)

    def files(self) -> list[tuple[str, bytes]]:
        return [(file.name, file.data) for m in self._bots() for file in m.files]

    @property
    def working(self) -> bool:
        return any(message.streaming for message in self._bots())

    @property
    def refusals(self) -> list[str]:
        return self.slack.refusals

    def _bots(self) -> list[SlackMessage]:
        if self.root is None:
            return []
        everything = [
            *self.slack.thread(self.root.channel, self.root.ts),
            *self.slack.ephemerals(),
        ]
        return [m for m in everything if m.from_bot and not m.deleted]


def _media_type(name: str) -> str:
    return guess_type(name)[0] or "application/octet-stream"
