"""Questions over a real store, and a person who presses: no agent, no platform."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.inbound import Choice, Inbound, MessageRef, Sender, Text
from adapters.views import QuestionView
from bot.access import Access
from bot.codec import ASKED, Asked
from bot.outcomes import Outcome
from bot.questions import Questions
from bot.screens import address_record
from store.records import ConversationRecord, TurnRecord
from store.store import Store
from tests.fakes import ADA, CHAT


class Table:
    """One conversation at CHAT. `seat` is another run of the program."""

    def __init__(
        self, store: Store, conversation: ConversationRecord, access: Access
    ) -> None:
        self.store = store
        self.conversation = conversation
        self.access = access
        self.shown: list[QuestionView] = []
        self.adopted: list[str] = []
        self._numbers = itertools.count(1)
        self.questions = self.seat()

    def seat(self) -> Questions:
        async def adopt(view_id: str, _ref: MessageRef) -> None:
            self.adopted.append(view_id)

        self.questions = Questions(
            self.store,
            self.conversation.id,
            access=self.access,
            show=self.shown.append,
            adopt=adopt,
        )
        return self.questions

    @property
    def card(self) -> QuestionView:
        """What was shown last."""
        return self.shown[-1]

    async def turn(
        self,
        sender: Sender = ADA,
        *,
        platform: str = CHAT.platform,
        wary: bool = False,
    ) -> TurnRecord:
        asked = Asked("go", sender_id=sender.id, sender_name=sender.name, wary=wary)
        turn = await self.store.queue_turn(
            self.conversation.id,
            platform=platform,
            events=[await self.event(platform)],
            prompt=ASKED.dump(asked),
            asked_by=sender.id,
            address=address_record(CHAT),
            reply_to="m-1",
            prompt_uuid=f"u-{next(self._numbers)}",
        )
        assert turn is not None
        return turn

    async def event(self, platform: str = CHAT.platform) -> str:
        event = f"e-{next(self._numbers)}"
        await self.store.keep(platform, [(event, "{}")])
        return event

    async def left(self, platform: str = CHAT.platform) -> Sequence[str]:
        """Events that would be delivered again."""
        return [kept.event_id for kept in await self.store.pending(platform)]

    async def inbound(
        self,
        body: Choice | Text,
        sender: Sender = ADA,
        *,
        platform: str = CHAT.platform,
    ) -> Inbound:
        return Inbound(
            events=(await self.event(platform),),
            address=CHAT,
            sender=sender,
            body=body,
            message=MessageRef("m-2"),
            via="" if platform == CHAT.platform else platform,
        )

    async def press(
        self,
        option: str,
        sender: Sender = ADA,
        *,
        text: str = "",
        view: QuestionView | None = None,
        platform: str = CHAT.platform,
    ) -> Outcome | None:
        """A button of the newest card, or of *view*."""
        choice = Choice((view or self.card).id, option, text)
        inbound = await self.inbound(choice, sender, platform=platform)
        return await self.questions.choose(inbound, choice)

    async def say(self, text: str, sender: Sender = ADA) -> Outcome | None:
        """A plain message, which has to be the answer to a card."""
        inbound = await self.inbound(Text(text), sender)
        view_id = self.questions.waits_for_words(inbound)
        assert view_id, "no card waits for these words"
        return await self.questions.choose(inbound, Choice(view_id, "", text))


@asynccontextmanager
async def table(folder: Path, access: Access | None = None) -> AsyncIterator[Table]:
    async with Store.open(folder / "parley.db") as store:
        conversation = await store.conversation_at(
            address_record(CHAT), project="shop", agent="a", session_id="s"
        )
        yield Table(store, conversation, access or Access({CHAT.platform: [ADA.id]}))
