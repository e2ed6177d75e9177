"""Slack's signs of life: a reaction, the session's status, and the thread's first post.

A thread begun with the slash command has a root of our own: it says in the channel how
the thread stands, and has its Stop button. Anywhere else the person's message gets a
reaction.
"""

from typing import Any

import structlog

from adapters.inbound import Address, MessageRef
from adapters.language import say
from adapters.slack.api import SlackApi
from adapters.slack.errors import Refused
from adapters.slack.root import Roots
from adapters.views import TurnStatus, TurnView

log = structlog.get_logger()

AT_WORK = "eyes"
OUTCOMES = {
    TurnStatus.DONE: "white_check_mark",
    TurnStatus.FAILED: "warning",
    TurnStatus.CANCELLED: "",
}
#: In the words of `agents.sessions.setStatus`; what is over is "active" again.
SESSION = {TurnStatus.RUNNING: "processing", TurnStatus.WAITING: "suspended"}
#: Then it is as it should be already, or there is nothing to mark.
SETTLED = frozenset({"already_reacted", "no_reaction", "message_not_found"})


class AtWork:
    """The turns that are not over, by thread."""

    def __init__(self) -> None:
        self._turns: dict[Address, dict[str, TurnView]] = {}

    def see(self, address: Address, view: TurnView) -> None:
        """A turn is about to be shown."""
        turns = self._turns.setdefault(address, {})
        turns[view.id] = view
        if view.final:
            del turns[view.id]
            if not turns:
                del self._turns[address]

    def threads(self, chat: str) -> list[Address]:
        """Those of a channel in which a turn waits or runs."""
        return [address for address in self._turns if address.chat == chat]

    def foremost(self, address: Address) -> TurnView | None:
        """The turn that runs there, else the first that waits."""
        turns = list(self._turns.get(address, {}).values())
        begun = [turn for turn in turns if turn.status is not TurnStatus.QUEUED]
        return next(iter(begun or turns), None)


class SlackSigns:
    """`Signs` of Slack."""

    typing_s = 90.0  # Slack takes a status away after two minutes
    silence_s = 90.0  # the mark has said so at the beginning

    def __init__(self, api: SlackApi, roots: Roots, at_work: AtWork) -> None:
        self._api = api
        self._roots = roots
        self._at_work = at_work
        self._methods = [self._session_status, self._assistant_status]

    def mark_of(self, view: TurnView) -> str:
        return view.status.value

    def spare(self, _address: Address) -> bool:
        return True  # the buckets keep trifles from what matters

    async def mark(self, address: Address, view: TurnView) -> None:
        foremost = self._at_work.foremost(address) or view
        await self._roots.show(address, foremost)
        await self._react(address, view)
        await self._say_status(address, foremost)

    async def typing(self, address: Address, view: TurnView) -> None:
        """Only the older kind of status fades, and words take it away for good."""
        if not view.parts and self._methods == [self._assistant_status]:
            await self._assistant_status(address, view)

    async def _react(self, address: Address, view: TurnView) -> None:
        message = view.reply_to
        ours = message == address.thread and await self._ours(address)
        if message is None or ours:
            return
        if not view.final:
            await self._reaction("reactions.add", address, message, AT_WORK)
            return
        if name := OUTCOMES[view.status]:
            await self._reaction("reactions.add", address, message, name)
        await self._reaction("reactions.remove", address, message, AT_WORK)

    async def _ours(self, address: Address) -> bool:
        """Whether the thread's first post is, which says more than a reaction."""
        return await self._roots.at(address) is not None

    async def _reaction(
        self, method: str, address: Address, message: MessageRef, name: str
    ) -> None:
        try:
            await self._api.call(
                method, channel=address.chat, timestamp=message, name=name
            )
        except Refused as refusal:
            if refusal.code not in SETTLED:
                raise

    async def _say_status(self, address: Address, view: TurnView) -> None:
        """By the best method this workspace has; once refused, never again."""
        while self._methods:
            method = self._methods[0]
            try:
                await method(address, view)
            except Refused as refusal:
                log.info("slack.no_status", reason=str(refusal))
                self._methods.remove(method)
            else:
                return

    async def _session_status(self, address: Address, view: TurnView) -> None:
        asked: dict[str, Any] = {}
        if view.status is TurnStatus.RUNNING:
            asked = {"title": view.prompt[:200] or None}
            asked["initiator_user_id"] = view.for_id or None
        await self._api.call(
            "agents.sessions.setStatus",
            channel_id=address.chat,
            thread_ts=address.thread,
            status=SESSION.get(view.status, "active"),
            **asked,
        )

    async def _assistant_status(self, address: Address, view: TurnView) -> None:
        running = view.status is TurnStatus.RUNNING
        await self._api.call(
            "assistant.threads.setStatus",
            channel_id=address.chat,
            thread_ts=address.thread,
            status=say(view.language, "slack-is-working") if running else "",
        )
