"""Every `Inbound` comes through here once: authorise it, find its conversation."""

import asyncio
import secrets

import structlog

from adapters.inbound import Address, Inbound
from adapters.views import Notice
from bot.access import Access
from bot.conversation import FORGET, Conversation
from bot.shared import Shared

log = structlog.get_logger()

SORRY = (
    "Something went wrong inside Parley. Your message is kept and is taken up again "
    "with your next one, or when Parley restarts."
)


class Dispatcher:
    def __init__(
        self, *, shared: Shared, access: Access, tasks: asyncio.TaskGroup
    ) -> None:
        self._shared = shared
        self._access = access
        self._tasks = tasks
        self._live: dict[Address, Conversation] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def dispatch(self, inbound: Inbound) -> None:
        """Hand over to the conversation; what it does not take stays kept."""
        address = inbound.address
        if not self._access.allows(inbound.platform, inbound.sender.id):
            # They were allowed when the event was kept, and are not any more.
            await self._discard(inbound)
            log.warning("inbound.not_allowed", sender=inbound.sender.id)
            return
        self.conversation(address).post(inbound)

    def conversation(self, address: Address) -> Conversation:
        """The one that lives there. Nothing is awaited: finding and opening are one."""
        return self._live.get(address) or self._open(address)

    async def forget(self, address: Address) -> None:
        """End the conversation there, and its agent, and forget it."""
        conversation = self.conversation(address)
        conversation.post(FORGET)
        await conversation.over.wait()

    def suspend(self) -> None:
        for conversation in self._live.values():
            conversation.suspend()

    async def close(self) -> None:
        """End every conversation and its agent; returns when the processes are gone."""
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    def _open(self, address: Address) -> Conversation:
        conversation = self._live[address] = Conversation(
            address, shared=self._shared, access=self._access
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
            conversation.show(Notice(id=f"n{secrets.token_hex(4)}", text=SORRY))
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
