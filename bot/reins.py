"""One conversation's agent: started with what is wanted, told, interrupted, let go."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.care import Care
from bot.link import Closed, Link, LinkMail, Opened
from bot.private import make_private
from bot.running import Running
from bot.shared import Shared
from runner.base import Session
from store.records import ConversationRecord


@dataclass(frozen=True, slots=True, eq=False)
class StopOverdue:
    """The agent was interrupted and has not ended its turn."""

    running: Running


ReinsMail: TypeAlias = LinkMail | StopOverdue


class Reins:
    def __init__(
        self,
        shared: Shared,
        *,
        care: Care,
        post: Callable[[ReinsMail], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._shared = shared
        self._care = care
        self._post = post
        self._link = Link(
            runner=shared.runner,
            pool=shared.pool,
            post=post,
            tasks=tasks,
            idle_s=shared.idle_s,
        )
        self._schema = ""  # that the agent's process answers by
        self._stale = False  # it was started with other settings than are wanted now

    @property
    def session(self) -> Session | None:
        """None unless its process is up."""
        return self._link.session

    @property
    def shut(self) -> bool:
        return self._link.shut

    @property
    def closing(self) -> bool:
        return self._link.closing

    def fits(self, schema: str) -> bool:
        """Whether the process is as it would be started now."""
        return schema == self._schema and not self._stale

    def wanted(self) -> asyncio.Future[Session]:
        return self._link.wanted()

    async def open(
        self,
        record: ConversationRecord,
        schema: str = "",
        *,
        prewarm: bool = False,
        turn: str = "",
    ) -> None:
        """*turn*: see `SessionSpec`."""
        spec = replace(await self._shared.spec(record, schema), turn=turn)
        if not record.project:
            make_private(spec.workspace)
        self._schema, self._stale = schema, False
        self._link.open(spec, prewarm=prewarm)

    def opened(self, mail: Opened) -> None:
        self._link.opened(mail)

    def closed(self, mail: Closed) -> None:
        self._link.closed(mail.error)
        self._care.ended()

    def outdate(self) -> None:
        """What it was started with is not wanted any more."""
        self._stale = True

    def close(self) -> None:
        """End the process; the next turn starts it again, and it remembers."""
        self._link.close()

    def busy(self) -> None:
        self._link.busy()

    async def rest(self, record: ConversationRecord) -> None:
        """No turn is under way."""
        if self._link.shut and self._link.is_wanted:
            await self.open(record)
        self._link.idle()

    async def submit(self, running: Running, record: ConversationRecord) -> None:
        """Commit that the agent gets the prompt, and give it."""
        assert self._link.session
        prompt = await running.submit(record.session_id)
        self.look_after(running, record)
        await self._link.session.prompt(prompt)

    async def rejoin(self, running: Running, record: ConversationRecord) -> None:
        """The agent has the prompt, and an earlier run perhaps heard of it."""
        assert self._link.session
        self.look_after(running, record)
        prompt = running.given()
        running.sent = prompt.uuid
        await self._link.session.prompt(prompt)

    def look_after(self, running: Running, record: ConversationRecord) -> None:
        """The agent is at it."""
        if self._link.session:
            workspace = self._shared.workspace_of(record)
            self._care.began(running, self._link.session, workspace)

    async def interrupt(self, running: Running) -> None:
        """It is over for people; the agent has to end it, too, or is ended."""
        if self._link.session:
            await self._link.session.interrupt()
            asyncio.get_running_loop().call_later(
                self._shared.patience_s, self._post, StopOverdue(running)
            )
