"""The bot's side of `adapters.web.port`: what the web surface may ask and do."""

import asyncio
import secrets
import shutil
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from adapters.inbound import Address, Attachment, Choice, Command, Text
from adapters.language import ENGLISH, say
from adapters.views import Notice, QuestionView
from adapters.web.port import OWNER, Conflict
from adapters.web.values import Card, Entry, Found, Project, Settings, Surface
from bot.codec import SETTINGS
from bot.conversation import Word
from bot.deeds import WEB, Deed, Deeds
from bot.dispatcher import Dispatcher
from bot.feed import Watch
from bot.history import History
from bot.insight import AgentCommands, Insight, Live
from bot.past import card_of, found_of
from bot.private import make_private
from bot.screens import address_of, address_record
from bot.shared import Shared
from store.records import AddressRecord, CardRecord, ConversationId

MODES = ("", "default", "acceptEdits", "plan", "dontAsk")
EXPECTED_S = 20.0  # so long an agent that was readied is not readied again


class Desk(Insight):
    """*live* and *agent_commands*: what is only known while agents are up."""

    def __init__(
        self,
        *,
        shared: Shared,
        dispatcher: Dispatcher,
        surfaces: Callable[[], Sequence[Surface]],
        agent: Callable[[], Mapping[str, str]],
        metrics: Callable[[], bytes],
        readiness: Callable[[], Awaitable[Mapping[str, Any]]],
        live: Live = dict,
        agent_commands: AgentCommands = lambda _: (),
    ) -> None:
        deeds = Deeds(shared.store, shared.feed, dispatcher)
        super().__init__(shared, deeds, live=live, agent_commands=agent_commands)
        self._feed = shared.feed
        self._history = History(shared.store, shared.feed)
        self._dispatcher = dispatcher
        self._expected: dict[int, float] = {}  # by conversation: when, monotonic
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
        return await self._cards(await self._store.cards(before=before, limit=limit))

    async def conversation(self, conversation: int) -> Card:
        record = await self._deeds.known(conversation)
        return self._card(record, await self._store.addresses(record.conversation.id))

    async def task(self, task: str) -> Sequence[Card]:
        return await self._cards(await self._store.cards_of_task(task))

    async def history(
        self, conversation: int, *, before: str | None = None, limit: int = 30
    ) -> Sequence[Entry]:
        known = await self._deeds.known(conversation)
        return await self._history.page(known, before=before, limit=limit)

    async def entry(self, conversation: int, turn: str) -> Entry | None:
        return await self._history.entry(await self._deeds.known(conversation), turn)

    async def questions(self, conversation: int) -> Sequence[QuestionView]:
        known = await self._deeds.known(conversation)
        return await self._history.questions(known.conversation.id)

    async def just_said(self, conversation: int, *, since: float) -> Sequence[Notice]:
        return self._feed.just_said(conversation, since=since)

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
            by=f"{WEB}:{OWNER}",
        )
        card = await self.conversation(number)
        if card.updated_at == card.created_at:  # not one that the key began long ago
            self._feed.mention(
                number, Notice(id=f"begun{number}", text=say(ENGLISH, "web-begun"))
            )
        return card

    async def say(
        self,
        conversation: int,
        text: str,
        *,
        key: str,
        files: Sequence[Attachment] = (),
        output_schema: str = "",
        language: str = "",
    ) -> str | None:
        said = Text(
            text, tuple(files), output_schema=output_schema, foreign=bool(files)
        )
        deed = Deed(conversation=conversation, text=said, language=language)
        return await self._deeds.do(deed, key)

    async def choose(
        self, conversation: int, choice: Choice, *, key: str, language: str = ""
    ) -> None:
        deed = Deed(conversation=conversation, choice=choice, language=language)
        await self._deeds.do(deed, key)

    async def command(
        self,
        conversation: int,
        name: str,
        argument: str = "",
        *,
        key: str,
        language: str = "",
    ) -> None:
        command = Command(name, argument)
        deed = Deed(conversation=conversation, command=command, language=language)
        await self._deeds.do(deed, key)

    async def expect(self, conversation: int) -> None:
        home = (await self._deeds.known(conversation)).home
        now = time.monotonic()
        if now - self._expected.get(conversation, -EXPECTED_S) >= EXPECTED_S:
            self._expected[conversation] = now
            self._dispatcher.conversation(address_of(home)).post(Word.EXPECT)

    async def delete(self, conversation: int) -> None:
        record = (await self._deeds.known(conversation)).conversation
        await self._deeds.delete(conversation)
        self._expected.pop(conversation, None)
        words = say(ENGLISH, "web-deleted")
        self._feed.mention(
            conversation, Notice(id=f"deleted{conversation}", text=words)
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

    async def _cards(self, records: Sequence[CardRecord]) -> list[Card]:
        linked = await self._store.linked()
        return [
            self._card(record, linked.get(record.conversation.id, ()))
            for record in records
        ]

    def _card(self, record: CardRecord, homes: Sequence[AddressRecord]) -> Card:
        return card_of(
            record,
            self._shared.settings(record.conversation),
            self._feed.activity(record.conversation.id),
            homes=homes,
            parked_until=self._shared.parking.until(self._shared.account),
        )

    def _examine(self, settings: Settings) -> None:
        if settings.project and settings.project not in self._shared.workspaces:
            raise Conflict(f"There is no project {settings.project}.")
        if settings.agent not in ("", self._shared.runner.agent):
            raise Conflict(f"There is no agent {settings.agent}.")
        if settings.permission_mode not in MODES:
            raise Conflict(f"There is no permission mode {settings.permission_mode}.")


def _made(folder: Path) -> Path:
    make_private(folder)
    return folder
