"""The first post of a thread that a slash command began: ours, so we may edit it."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from adapters.base import Screen
from adapters.inbound import Address, MessageRef
from adapters.language import ENGLISH
from adapters.slack.api import SlackApi
from adapters.slack.message import escaped
from adapters.slack.render import root_blocks
from adapters.views import TurnView

VIEW = "root"  # the view id, and the part, under which the screen knows it
REMEMBERED = 512  # threads


@dataclass(frozen=True, slots=True)
class Root:
    """What it says whatever becomes of the thread."""

    event: str  # the slash command it comes from
    prompt: str
    asker: str
    language: str = ENGLISH  # of the first words; later ones are the turns'

    @property
    def metadata(self) -> dict[str, Any]:
        """On the message, so that a killed run's post is found, and can be edited."""
        payload = {"root": self.event, "prompt": self.prompt, "asker": self.asker}
        return {"event_type": "parley", "event_payload": payload}

    @classmethod
    def of(cls, message: Any) -> "Root | None":
        """Read back from Slack's message; None if it is not one of these."""
        match message.get("metadata"):
            case {
                "event_payload": {
                    "root": str(event),
                    "prompt": str(prompt),
                    "asker": str(asker),
                }
            }:
                return cls(event, prompt, asker)
            case _:
                return None


class Roots:
    """Those of our threads, by address; looked up once."""

    def __init__(self, api: SlackApi, screen: Screen) -> None:
        self._api = api
        self._screen = screen
        self._known: OrderedDict[Address, Root | None] = OrderedDict()

    async def add(self, address: Address, root: Root) -> None:
        """The thread at *address* was begun with this post."""
        await self._screen.posted(address, VIEW, VIEW, MessageRef(address.thread))
        self._remember(address, root)

    async def at(self, address: Address) -> Root | None:
        """None: the thread's first message is not ours. Raises `AdapterError`."""
        if address not in self._known:
            self._remember(address, await self._look(address))
        return self._known[address]

    async def show(self, address: Address, foremost: TurnView) -> None:
        """Say how the thread stands, with the buttons of its *foremost* turn.

        Does nothing where the root is not ours. Raises `AdapterError`.
        """
        root = await self.at(address)
        if root is None:
            return
        await self._api.call(
            "chat.update",
            ping=root.asker,
            channel=address.chat,
            ts=address.thread,
            text=escaped(root.prompt),
            blocks=root_blocks(root.prompt, root.asker, foremost.language, foremost),
        )

    async def _look(self, address: Address) -> Root | None:
        if not address.thread or not await self._screen.posts(address, VIEW):
            return None
        answer = await self._api.call(
            "conversations.replies",
            channel=address.chat,
            ts=address.thread,
            limit=1,
            include_all_metadata=True,
        )
        return Root.of(answer["messages"][0])

    def _remember(self, address: Address, root: Root | None) -> None:
        self._known[address] = root
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
