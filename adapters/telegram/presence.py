"""Telegram's signs of life: a reaction on the person's message, and "typing…"."""

from adapters.inbound import Address
from adapters.telegram.budget import Budget
from adapters.telegram.calls import Calls
from adapters.views import TurnStatus, TurnView

REACTIONS = {
    TurnStatus.QUEUED: "👀",
    TurnStatus.RUNNING: "👀",
    TurnStatus.WAITING: "👀",
    TurnStatus.DONE: "👍",
    TurnStatus.FAILED: "👎",
    TurnStatus.CANCELLED: "",
}


class TelegramSigns:
    """`Signs` of Telegram."""

    typing_s = 4.5  # Telegram shows it for about 5 s
    silence_s = 2.0

    def __init__(self, api: Calls, budget: Budget) -> None:
        self._api = api
        self._budget = budget

    def mark_of(self, view: TurnView) -> str:
        return REACTIONS[view.status] if view.reply_to else ""

    def spare(self, address: Address) -> bool:
        return self._budget.spare(address.chat)

    async def mark(self, address: Address, view: TurnView) -> None:
        assert view.reply_to is not None
        emoji = self.mark_of(view)
        await self._api.call(
            "setMessageReaction",
            chat_id=int(address.chat),
            message_id=int(view.reply_to),
            reaction=[{"type": "emoji", "emoji": emoji}] if emoji else [],
        )

    async def typing(self, address: Address, view: TurnView) -> None:
        await self._api.call(
            "sendChatAction",
            chat_id=int(address.chat),
            action="typing",
            message_thread_id=int(address.thread) if address.thread else None,
        )
