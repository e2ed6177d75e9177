"""The first post of a thread that we begin: sent once, whatever happens meanwhile."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from adapters.base import Screen
from adapters.inbound import Address, MessageRef
from adapters.lane import Urgency
from adapters.retry import Sleep, for_ever
from adapters.slack.api import SlackApi
from adapters.slack.errors import NotMember
from adapters.slack.message import escaped
from adapters.slack.render import root_blocks
from adapters.slack.root import VIEW, Root, Roots

SLACK_S = 60.0  # by how much our clock and Slack's may differ
PAGE = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """A root that is to be posted."""

    root: Root
    since: float  # epoch seconds: it cannot have been posted before

    @property
    def view_id(self) -> str:
        """What the screen knows it as until there is a thread."""
        return f"r{hashlib.sha256(self.root.event.encode()).hexdigest()[:16]}"


class Openings:
    def __init__(
        self, api: SlackApi, screen: Screen, roots: Roots, *, sleep: Sleep
    ) -> None:
        self._api = api
        self._screen = screen
        self._roots = roots
        self._sleep = sleep

    async def post(self, place: Address, opening: Opening) -> Address:
        """The thread it begins in the channel *place*.

        Raises `NotMember` if we may not write there, `Rejected` if nothing helps.
        """
        try:
            ts: str = await for_ever(self._sleep)(self._once, place, opening)
        except NotMember:
            await self._screen.removed(place, opening.view_id, VIEW)
            raise
        thread = replace(place, thread=ts)
        await self._roots.add(thread, opening.root)
        return thread

    async def _once(self, place: Address, opening: Opening) -> str:
        posts = await self._screen.posts(place, opening.view_id)
        if posts and posts[0].ref:
            return posts[0].ref
        if posts:  # a call got no answer, or a run died: it may be there
            found = await self._found(place, opening)
        else:
            await self._screen.posting(place, opening.view_id, VIEW)
            found = None
        ts = found or await self._sent(place, opening.root)
        await self._screen.posted(place, opening.view_id, VIEW, MessageRef(ts))
        return ts

    async def _sent(self, place: Address, root: Root) -> str:
        answer = await self._api.patiently(
            "chat.postMessage",
            urgency=Urgency.FIRST_WORDS,
            ping=root.asker,
            channel=place.chat,
            text=escaped(root.prompt),
            blocks=root_blocks(root.prompt, root.asker, root.language),
            metadata=root.metadata,
        )
        return str(answer["ts"])

    async def _found(self, place: Address, opening: Opening) -> str | None:
        cursor = None
        while True:
            answer: dict[str, Any] = await self._api.patiently(
                "conversations.history",
                channel=place.chat,
                oldest=f"{opening.since - SLACK_S:.6f}",
                limit=PAGE,
                cursor=cursor,
                include_all_metadata=True,
            )
            for message in answer["messages"]:
                root = Root.of(message)
                if root and root.event == opening.root.event:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
