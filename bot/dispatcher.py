"""Every `Inbound` comes through here once: authorise it, find its conversation."""

import asyncio
import secrets

import structlog

from adapters.inbound import Address, Inbound
from adapters.language import ENGLISH, say
from adapters.views import Notice
from bot.access import Access
from bot.conversation import Conversation, Word
from bot.screens import address_of, address_record
from bot.shared import Shared
from runner.base import Session
from store.records import ConversationId

log = structlog.get_logger()

#: A conversation that nobody uses for so long is on disk only, and opened again when
#: somebody does. Who asked something within that time can still be told of a trouble.
UNUSED_S = 2 * 3600.0
LOOK_S = 300.0


class Dispatcher:
    def __init__(
        self, *, shared: Shared, access: Access, tasks: asyncio.TaskGroup
    ) -> None:
        self._shared = shared
        self._access = access
        self._tasks = tasks
        self._live: dict[Address, Conversation] = {}  # by their home
        self._homes: dict[Address, Address] = {}  # of addresses that are not one
        self._serving: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Learn which conversations are shown at several addresses. Call it first."""
        for records in (await self._shared.store.linked()).values():
            home, *others = map(address_of, records)
            self._homes |= dict.fromkeys(others, home)

    async def dispatch(self, inbound: Inbound) -> None:
        """Hand over to the conversation; what it does not take stays kept."""
        address = inbound.address
        if not self._access.allows(inbound.platform, inbound.sender.id):
            # They were allowed when the event was kept, and are not any more.
            await self._discard(inbound)
            log.warning("inbound.not_allowed", sender=inbound.sender.id)
            return
        self.conversation(address).post(inbound)

    def conversation(self, address: Address, *, alive: bool = False) -> Conversation:
        """The one that lives there. Nothing is awaited: finding and opening are one.

        *alive*: if it has to be opened, the agent of an earlier run is taken up.
        """
        home = self._homes.get(address, address)
        return self._live.get(home) or self._open(home, alive=alive)

    def move(self, address: Address, home: Address) -> None:
        """From now on that address belongs to the conversation of *home*."""
        before = self._homes.pop(address, address)
        if home != address:
            self._homes[address] = home
        if left := self._live.get(before):
            left.post(Word.LEAVE if before == address else Word.MOVED)
        self.conversation(address).post(Word.MOVED)

    def expect(self, address: Address, sender_id: str) -> None:
        """Somebody will soon ask something there."""
        if self._access.allows(address.platform, sender_id):
            self._tasks.create_task(self._expect(address))

    async def _expect(self, address: Address) -> None:
        if await self._shared.store.lives_at(address_record(address)):
            self.conversation(address).post(Word.EXPECT)

    async def forget(self, address: Address) -> None:
        """End the conversation there, and its agent, and forget it."""
        conversation = self.conversation(address)
        conversation.post(Word.FORGET)
        await conversation.over.wait()

    async def tidy(self) -> None:
        """Keep in memory only what is used. Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.retire(UNUSED_S)

    def retire(self, unused_s: float) -> None:
        """End the conversations unused for so long in which there is nothing to do."""
        for conversation in self._live.values():
            if conversation.unused_s >= unused_s:
                conversation.post(Word.RETIRE)

    def sessions(self) -> dict[ConversationId, Session]:
        """The agents that are up, by their conversation."""
        return {
            one.number: one.session
            for one in self._live.values()
            if one.number is not None and one.session is not None
        }

    def suspend(self) -> None:
        for conversation in self._live.values():
            conversation.suspend()

    async def close(self) -> None:
        """End every conversation and its agent; returns when the processes are gone."""
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    def _open(self, address: Address, *, alive: bool = False) -> Conversation:
        conversation = self._live[address] = Conversation(
            address,
            shared=self._shared,
            access=self._access,
            move=self.move,
            alive=alive,
        )
        task = self._tasks.create_task(self._serve(address, conversation))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        return conversation

    async def _serve(self, address: Address, conversation: Conversation) -> None:
        """Run a conversation so that its failure stays its own."""
        try:
            await conversation.run()
        except Exception:
            log.exception("conversation.failed", address=address)
            words = say(ENGLISH, "talk-sorry")
            conversation.show(Notice(id=f"n{secrets.token_hex(4)}", text=words))
            return
        finally:
            del self._live[address]
            left = conversation.end()
        for inbound in left:  # the conversation was forgotten meanwhile
            if inbound.via:
                await self._discard(inbound)  # this was meant for no other
            else:
                self.conversation(address).post(inbound)

    async def _discard(self, inbound: Inbound) -> None:
        await self._shared.store.discard(inbound.platform, inbound.events)
        self._shared.feed.settled(inbound.events, None)
