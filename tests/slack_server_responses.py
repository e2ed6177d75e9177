"""response_url: five answers within half an hour of a command or a press."""

import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.slack_server_chat import check_content, replace, with_ids
from tests.slack_server_delivery import Act
from tests.slack_server_message import BOT_USER, Message
from tests.slack_server_rules import Refused, bad
from tests.slack_server_world import World


@dataclass
class Asked:
    """Where an answer to an act goes."""

    act: Act
    channel: str
    user: str
    message: Message | None  # the one that was pressed
    until: float
    left: int = 5


class Responses:
    def __init__(self, world: World) -> None:
        self._world = world
        self._asked: dict[str, Asked] = {}

    def new_url(self) -> str:
        return f"{self._world.base}/response/{self._world.id('R')}"

    def expect(
        self, url: str, act: Act, channel: str, user: str, message: Message | None
    ) -> None:
        until = time.monotonic() + 1800
        self._asked[url.rpartition("/")[2]] = Asked(act, channel, user, message, until)

    def expire(self) -> None:
        """From now on it is too late to answer."""
        for asked in self._asked.values():
            asked.until = 0

    async def take(self, request: web.Request) -> web.Response:
        asked = self._asked.get(request.match_info["id"])
        body = await request.json()
        try:
            self._take(asked, body)
        except Refused as refused:
            if refused.fault:
                self._world.refusals.append(f"response_url: {refused}")
            return web.Response(status=404, text=refused.error)
        return web.Response(text="ok")

    def _take(self, asked: Asked | None, body: dict[str, Any]) -> None:
        if asked is None or time.monotonic() > asked.until:
            raise Refused("expired_url")
        if not asked.left:
            raise bad("used_url", "a sixth answer")
        asked.left -= 1
        asked.act.responses.append(body)
        pressed = asked.message
        if body.get("delete_original") and pressed:
            pressed.deleted = True
        else:
            check_content(body, longest_text=40_000)
            self._show(asked, body, pressed)
        self._world.change()

    def _show(
        self, asked: Asked, body: dict[str, Any], pressed: Message | None
    ) -> None:
        if body.get("replace_original") and pressed:
            replace(self._world, pressed, body)
            pressed.ring()
            return
        thread = str(body.get("thread_ts", ""))
        said = Message(asked.channel, self._world.ts(), BOT_USER, thread)
        said.words = body.get("text", "")
        said.blocks = with_ids(self._world, body.get("blocks", []))
        said.ring()
        if body.get("response_type") == "in_channel":
            self._world.add(said)
        else:
            said.ephemeral_to = asked.user
            self._world.ephemerals.append(said)
