"""One command on its way: who gave it, where, and what it may touch."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters.inbound import Address, Command, Inbound
from adapters.language import say
from adapters.views import Notice
from bot.access import Access
from bot.cards import asker_of
from bot.codec import NOTICE
from bot.errors import explain_error, in_words
from bot.git import GitError
from bot.menus import ORDER, Menu, MenuChoice
from bot.screens import address_record
from bot.shared import Shared
from bot.show import Show
from bot.work import Work
from runner.errors import RunnerError
from store.records import ConversationRecord

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Order:
    inbound: Inbound
    language: str
    home: Address  # where the conversation was begun
    work: Work
    shared: Shared
    access: Access
    show: Show
    tasks: asyncio.TaskGroup
    move: Callable[[Address, Address], None]  # what comes from there is that home's
    several: bool  # whether the conversation is shown at more than one address
    command: Command = field(default=Command(""), init=False)
    under_way: bool = field(default=False, init=False)  # its events are not done yet
    said: Notice | None = field(default=None, init=False)  # the newest answer

    @property
    def argument(self) -> str:
        return self.command.argument.strip()

    @property
    def record(self) -> ConversationRecord:
        return self.work.record

    @property
    def person(self) -> tuple[str, str]:
        return self.inbound.platform, self.inbound.sender.id

    @property
    def by_admin(self) -> bool:
        return self.access.is_admin(*self.person)

    @property
    def may_decide(self) -> bool:
        """Whether this person may allow what the agent asks for on their behalf."""
        person = ":".join(self.person)
        return self.access.may_decide(person, person)

    def words(self, key: str, **values: str | float) -> str:
        return say(self.language, key, **values)

    def tell(self, key: str, **values: str | float) -> None:
        self.say(self.words(key, **values))

    def announce(self, key: str, **values: str | float) -> None:
        """Something is different from now on."""
        self.say(self.words(key, **values), everywhere=True)

    def say(
        self, text: str, *, private: bool = False, everywhere: bool = False
    ) -> None:
        """To whoever asked, where they did.

        *everywhere*: wherever the conversation is shown; else it would only be noise.
        """
        inbound = self.inbound
        alone = private or inbound.private
        notice = Notice(
            id=f"n{inbound.events[0]}",
            text=text,
            reply_to=inbound.message,
            only_for=inbound.sender.id if alone else "",
            language=self.language,
        )
        if inbound.via and not everywhere:
            self.shared.feed.publish(self.record.id, notice)
            return
        self.said = notice
        if everywhere:
            self.show(notice, home=inbound.address)
        else:
            self.shared.screens.show([inbound.address], notice)

    async def offer(
        self,
        title: str,
        choices: Sequence[MenuChoice],
        *,
        body: str = "",
        words_to: str = "",
    ) -> None:
        """Buttons; pressing one is like giving the command it stands for."""
        await self.menu(
            Menu(
                kind=ORDER,
                title=title,
                choices=choices,
                body=body,
                words_to=words_to,
                asker=asker_of(self.inbound),
                language=self.language,
            )
        )

    async def menu(self, menu: Menu) -> None:
        await self.work.questions.menu(menu)

    async def change(self, changes: Mapping[str, str | int]) -> ConversationRecord:
        """Commit what is different about the conversation, and that this is done."""
        return await self.shared.store.change(
            self.record.id,
            changes,
            platform=self.inbound.platform,
            events=self.inbound.events,
            by=":".join(self.person),
        )

    def later(self, work: Coroutine[Any, Any, None], *, alone: bool = False) -> None:
        """It takes a while, beside the turns. It may not touch them: see `do`.

        *alone*: no turn begins before it is done.
        """
        self.under_way = True
        if alone:
            self.work.pause()
        self.tasks.create_task(self._see_through(work, alone))

    def do(self, action: Callable[[], Awaitable[None]]) -> None:
        """From within `later`: have this done where the turns may be touched."""
        self.work.do(action)

    async def _see_through(self, work: Coroutine[Any, Any, None], alone: bool) -> None:
        try:
            await work
        except RunnerError as error:
            self.say(explain_error(error, self.language))
        except GitError as error:
            self.say(in_words(error.phrase, self.language))
        except Exception:
            log.exception("order.failed", command=self.command.name)
            self.tell("order-failed")
        if alone:
            self.do(self.work.go_on_again)
        await self.settle()

    async def settle(self) -> None:
        """It is done: after a restart it is not taken up again, but its answer is."""
        store, inbound, said = self.shared.store, self.inbound, self.said
        if said and self.shared.screens.waits(inbound.address, said.id):
            await store.answer(
                inbound.platform,
                inbound.events,
                view_id=said.id,
                view=NOTICE.dump(said),
                address=address_record(inbound.address),
            )
        else:
            await store.discard(inbound.platform, inbound.events)
