"""One conversation's agent: started with what is wanted, told, interrupted, let go."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.care import Care
from bot.codec import Asked
from bot.link import Closed, Link, LinkMail, Opened
from bot.private import make_private
from bot.running import Running
from bot.shared import Shared
from bot.terms import Terms
from runner.base import Answer, Session
from runner.errors import Refused
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
        self._terms: Terms | None = None  # of the process that was opened last

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

    @property
    def wary(self) -> bool:
        """Whether the agent is, or was last, at words of others."""
        return self._terms is not None and self._terms.wary

    async def suits(self, record: ConversationRecord, asked: Asked) -> bool:
        """Whether the process works as one would that was started for this prompt.

        If only its mode is another, it is told.
        """
        wanted = await self._shared.wanted(record, asked)
        if self._terms is None or not self._terms.fit(wanted, wary=asked.wary):
            return False
        self._terms = replace(self._terms, wary=asked.wary)
        if wanted.permission_mode == self._terms.spec.permission_mode:
            return True
        try:
            await self._work_in(wanted.permission_mode)
        except Refused:
            return False
        return True

    def wanted(self) -> asyncio.Future[Session]:
        return self._link.wanted()

    async def open(
        self,
        record: ConversationRecord,
        asked: Asked | None = None,
        *,
        prewarm: bool = False,
        turn: str | None = None,
    ) -> None:
        """*turn*: see `SessionSpec`; None: no earlier run has left an agent."""
        spec = replace(await self._shared.spec(record, asked), turn=turn or "")
        if not record.project:
            make_private(spec.workspace)
        wary = asked is not None and asked.wary
        # What people have allowed one that is taken up is not known here.
        taken_up = turn is not None
        self._terms = Terms(spec, wary=wary, narrow=wary, widened=taken_up)
        self._link.open(spec, prewarm=prewarm)

    def opened(self, mail: Opened) -> None:
        self._link.opened(mail)

    def closed(self, mail: Closed) -> None:
        self._link.closed(mail.error)
        self._care.ended()

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

    async def answer(self, request_id: str, answer: Answer) -> None:
        """Tell the agent what people have decided."""
        if self._link.session and self._terms:
            self._terms = self._terms.after(answer)
            await self._link.session.answer(request_id, answer)

    async def take_mode(self, record: ConversationRecord) -> None:
        """The conversation has got a mode, from now on. Raises `Refused`.

        Words of others do not get a wider one while the agent is at them.
        """
        mode = self._shared.mode_of(record, wary=self.wary)
        if self._terms and not (self.wary and mode == self._terms.spec.permission_mode):
            await self._work_in(mode)

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

    async def _work_in(self, mode: str) -> None:
        """Raises `Refused`. Nothing is awaited before it is written: the last holds."""
        session, terms = self._link.session, self._terms
        if session is None or terms is None:
            return
        self._terms = replace(terms, spec=replace(terms.spec, permission_mode=mode))
        try:
            await session.set_mode(mode)
        except Refused:
            unknown = replace(self._terms.spec, permission_mode="")
            self._terms = replace(self._terms, spec=unknown)
            raise
