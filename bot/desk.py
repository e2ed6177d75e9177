"""The bot's side of `adapters.web.port`: what the web surface may ask and do."""

import asyncio
import secrets
import shutil
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.inbound import Address, Attachment, Choice, Command, Text
from adapters.views import Notice, QuestionStatus, QuestionView, View
from adapters.web.port import (
    Card,
    Conflict,
    Entry,
    Found,
    Project,
    Settings,
    Surface,
)
from bot.cards import closed_card
from bot.codec import QUESTION, SETTINGS
from bot.deeds import WEB, Deed, Deeds
from bot.dispatcher import Dispatcher
from bot.feed import Watch
from bot.past import card_of, entry_of, found_of
from bot.questions import OVER
from bot.screens import address_record, turn_of_view, turn_view_id
from bot.shared import Shared
from store.records import (
    CardRecord,
    ConversationId,
    DecisionRecord,
    TurnId,
    TurnRecord,
)

BEGUN = "This conversation has begun."
DELETED = "This conversation was deleted."
MODES = ("", "default", "acceptEdits", "plan", "dontAsk")


class Desk:
    def __init__(
        self,
        *,
        shared: Shared,
        dispatcher: Dispatcher,
        surfaces: Callable[[], Sequence[Surface]],
        agent: Callable[[], Mapping[str, str]],
        metrics: Callable[[], bytes],
        readiness: Callable[[], Awaitable[Mapping[str, Any]]],
    ) -> None:
        self._shared = shared
        self._store = shared.store
        self._feed = shared.feed
        self._deeds = Deeds(shared.store, shared.feed, dispatcher)
        self._surfaces = surfaces
        self._agent = agent
        self._metrics = metrics
        self._readiness = readiness

    # --- what there is --------------------------------------------------------

    def projects(self) -> Sequence[Project]:
        agent = self._shared.runner.agent
        return [
            Project(name=name, path=str(one.path), agent=agent, model=one.model)
            for name, one in self._shared.workspaces.items()
        ]

    def surfaces(self) -> Sequence[Surface]:
        return self._surfaces()

    def agent(self) -> Mapping[str, str]:
        return self._agent()

    def metrics(self) -> bytes:
        return self._metrics()

    async def readiness(self) -> Mapping[str, Any]:
        return await self._readiness()

    async def conversations(
        self, *, limit: int = 50, before: float | None = None
    ) -> Sequence[Card]:
        return list(
            map(self._card, await self._store.cards(before=before, limit=limit))
        )

    async def conversation(self, conversation: int) -> Card:
        return self._card(await self._deeds.known(conversation))

    async def task(self, task: str) -> Sequence[Card]:
        return list(map(self._card, await self._store.cards_of_task(task)))

    async def history(
        self, conversation: int, *, before: str | None = None, limit: int = 30
    ) -> Sequence[Entry]:
        known = await self._deeds.known(conversation)
        views = dict(self._feed.open(conversation))  # the rows may end them
        records = await self._store.turns_of(
            known.conversation.id,
            before=None if before is None else turn_of_view(before),
            limit=limit,
        )
        return await self._entries(conversation, records, views)

    async def entry(self, conversation: int, turn: str) -> Entry | None:
        await self._deeds.known(conversation)
        views = dict(self._feed.open(conversation))  # the rows may end them
        record = await self._store.turn(turn_of_view(turn))
        if record is None or record.conversation_id != conversation:
            return None
        [entry] = await self._entries(conversation, [record], views)
        return entry

    async def questions(self, conversation: int) -> Sequence[QuestionView]:
        known = await self._deeds.known(conversation)
        return [
            _question(record, self._feed.question(conversation, record.id))
            for record in await self._store.open_decisions(known.conversation.id)
        ]

    async def search(self, words: str, *, limit: int = 30) -> Sequence[Found]:
        sought = words.split()
        if not sought:
            return []
        records = await self._store.search(sought, limit=limit)
        titles = {
            number: (await self.conversation(number)).title
            for number in dict.fromkeys(record.conversation_id for record in records)
        }
        return [
            found_of(record, sought, titles[record.conversation_id])
            for record in records
        ]

    def watch(self, conversation: int | None) -> AbstractContextManager[Watch]:
        return self._feed.watch(conversation)

    async def inbox(self, conversation: int) -> Path:
        known = await self._deeds.known(conversation)
        return _made(self._shared.folder(known.conversation.id))

    async def storage(self, conversation: int) -> Path:
        record = (await self._deeds.known(conversation)).conversation
        if record.project:
            raise Conflict(
                f"It works in the project {record.project}, not in a folder."
            )
        return _made(self._shared.storage(record.id))

    # --- what is done ---------------------------------------------------------

    async def begin(self, settings: Settings, *, key: str) -> Card:
        self._examine(settings)
        number = await self._store.begin_conversation(
            address_record(Address(WEB, secrets.token_hex(8))),
            key=key,
            project=settings.project,
            agent=self._shared.runner.agent,
            session_id=str(uuid.uuid4()),
            model=settings.model,
            mode=settings.permission_mode,
            task=settings.task,
            settings=SETTINGS.dump(settings),
        )
        card = await self.conversation(number)
        if card.updated_at == card.created_at:  # not one that the key began long ago
            self._feed.publish(number, Notice(id=f"begun{number}", text=BEGUN))
        return card

    async def say(
        self,
        conversation: int,
        text: str,
        *,
        key: str,
        files: Sequence[Attachment] = (),
        output_schema: str = "",
    ) -> str | None:
        said = Text(text, tuple(files), output_schema=output_schema)
        return await self._deeds.do(Deed(conversation=conversation, text=said), key)

    async def choose(self, conversation: int, choice: Choice, *, key: str) -> None:
        await self._deeds.do(Deed(conversation=conversation, choice=choice), key)

    async def command(
        self, conversation: int, name: str, argument: str = "", *, key: str
    ) -> None:
        command = Command(name, argument)
        await self._deeds.do(Deed(conversation=conversation, command=command), key)

    async def delete(self, conversation: int) -> None:
        record = (await self._deeds.known(conversation)).conversation
        await self._deeds.delete(conversation)
        self._feed.publish(
            conversation, Notice(id=f"deleted{conversation}", text=DELETED)
        )
        await self._clear(record.id)

    async def take_up(self) -> None:
        for number in await self._store.forgotten():
            await self._clear(number)
        await self._deeds.take_up()

    async def _clear(self, conversation: ConversationId) -> None:
        """Take away its own folders; never a project's."""
        for folder in (
            self._shared.storage(conversation),
            self._shared.folder(conversation).parent,
        ):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    # --- what is known --------------------------------------------------------

    def _card(self, record: CardRecord) -> Card:
        return card_of(
            record,
            self._shared.settings(record.conversation),
            self._feed.activity(record.conversation.id),
        )

    async def _entries(
        self, conversation: int, records: Sequence[TurnRecord], views: dict[str, View]
    ) -> list[Entry]:
        """*views*: those that were open when the rows were read."""
        asked = await self._store.decisions_of([record.id for record in records])
        views |= self._feed.open(conversation)
        questions: defaultdict[TurnId, list[QuestionView]] = defaultdict(list)
        for decision in asked:
            shown = views.get(decision.id)
            questions[decision.turn_id].append(_question(decision, shown))
        return [
            entry_of(record, views.get(turn_view_id(record.id)), questions[record.id])
            for record in records
        ]

    def _examine(self, settings: Settings) -> None:
        if settings.project and settings.project not in self._shared.workspaces:
            raise Conflict(f"There is no project {settings.project}.")
        if settings.agent not in ("", self._shared.runner.agent):
            raise Conflict(f"There is no agent {settings.agent}.")
        if settings.permission_mode not in MODES:
            raise Conflict(f"There is no permission mode {settings.permission_mode}.")


def _question(record: DecisionRecord, shown: View | None) -> QuestionView:
    """*shown*: as it looks now, with what is ticked; None: it is as it began."""
    if record.open:
        begun = QUESTION.load(record.question)
        return shown if isinstance(shown, QuestionView) else begun
    closed = closed_card(record)
    if closed.status is QuestionStatus.WITHDRAWN:
        return replace(closed, outcome=OVER)  # nobody wrote down why
    return closed


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
