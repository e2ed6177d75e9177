"""Where we may write: channels we are in, those we may join, direct messages."""

from typing import Any

from adapters.base import Rejected, Unreachable
from adapters.retry import Sleep, for_ever
from adapters.slack.api import SlackApi

REFUSALS = (Rejected, Unreachable)


class Channels:
    """Asks as long as it takes: somebody waits for what comes of it."""

    def __init__(self, api: SlackApi, *, sleep: Sleep) -> None:
        self._api = api
        self._sleep = sleep

    async def inside(self, channel: str) -> bool:
        """Whether we are in it already."""
        try:
            answer = await self._ask("conversations.info", channel=channel)
        except REFUSALS:
            return False
        room = answer["channel"]
        return bool(room.get("is_member") or room.get("is_im"))

    async def join(self, channel: str) -> bool:
        """Be in it from now on. False: it is private, or somebody else's."""
        try:
            await self._ask("conversations.join", channel=channel)
        except REFUSALS:
            return False
        return True

    async def direct(self, user: str) -> str:
        """The channel in which we talk to *user* alone. Raises if we may not."""
        answer = await self._ask("conversations.open", users=user)
        return str(answer["channel"]["id"])

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await for_ever(self._sleep)(
            self._api.patiently, method, **params
        )
        return answer
