"""The bot with a desk for the web surface, and a messenger beside it. Killable."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from adapters.base import Health
from adapters.inbound import Address
from adapters.views import QuestionView, TurnStatus, TurnView, View
from adapters.web import port, values
from bot.access import Access
from bot.desk import Desk
from bot.dispatcher import Dispatcher
from bot.intake import PlatformIntake
from bot.recovery import recover
from bot.screens import Screens
from bot.shared import Shared, Workspace
from runner.base import Runner
from store.store import Store
from tests.bot.sharing import shared_for
from tests.fakes import ADA, FakeAdapter

WAIT_S = 20.0
T = TypeVar("T")


class Page(FakeAdapter):
    """The web surface as the bot sees it: what is on disk is on the screen."""

    platform = "web"

    def __init__(self, screens: Screens) -> None:
        super().__init__()
        self._screens = screens
        self._confirming: set[asyncio.Task[None]] = set()

    def show(self, address: Address, view: View) -> None:
        if view.final:
            task = asyncio.ensure_future(self._screens.confirmed(address, view.id))
            self._confirming.add(task)
            task.add_done_callback(self._confirming.discard)


class Office:
    desk: port.Desk
    shared: Shared
    dispatcher: Dispatcher

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chat = FakeAdapter()
        self.admins = [f"web:{port.OWNER}"]
        self.options: dict[str, Any] = {}  # of what all conversations share

    @asynccontextmanager
    async def open(self, runner: Runner) -> AsyncIterator[port.Desk]:
        """Until the block ends, as abruptly as a kill: nobody says goodbye."""
        async with (
            Store.open(self.folder / "parley.db") as store,
            asyncio.TaskGroup() as tasks,
        ):
            await self._compose(store, runner, tasks)
            try:
                yield self.desk
            finally:
                self._messenger.cancel()
                await self.dispatcher.close()

    async def _compose(
        self, store: Store, runner: Runner, tasks: asyncio.TaskGroup
    ) -> None:
        access = Access({"fake": [ADA.id]}, admins=self.admins)
        shop = self.folder / "shop"
        shop.mkdir(exist_ok=True)
        self.shared = shared_for(
            store,
            runner,
            access,
            self.folder,
            projects=(Workspace(name="shop", path=shop, model="sonnet"),),
            **self.options,
        )
        self.dispatcher = Dispatcher(shared=self.shared, access=access, tasks=tasks)
        for adapter in (self.chat, Page(self.shared.screens)):
            self.shared.screens.add(adapter)
        await recover(self.shared, self.dispatcher)
        intake = PlatformIntake(
            "fake", shared=self.shared, access=access, dispatcher=self.dispatcher
        )
        self._messenger = tasks.create_task(self.chat.run(intake, self.shared.screens))
        self.desk = Desk(
            shared=self.shared,
            dispatcher=self.dispatcher,
            surfaces=lambda: [
                values.Surface(platform="fake", on=True, health=Health("ok"))
            ],
            agent=lambda: {"name": "scripted"},
            metrics=lambda: b"",
            readiness=_ready,
        )
        await self.desk.take_up()

    async def ended(self, conversation: int, turn: str | None) -> values.Entry:
        """The turn, once it is final."""
        return await self.entry(conversation, turn, lambda view: view.final)

    async def is_(
        self, conversation: int, turn: str | None, status: TurnStatus
    ) -> values.Entry:
        return await self.entry(conversation, turn, lambda view: view.status is status)

    async def entry(
        self, conversation: int, turn: str | None, wanted: Callable[[TurnView], bool]
    ) -> values.Entry:
        assert turn
        entry = await self.until(
            lambda: self.desk.entry(conversation, turn),
            lambda entry: entry is not None and wanted(entry.view),
        )
        assert entry is not None
        return entry

    async def question(self, conversation: int) -> QuestionView:
        asked = await self.until(
            lambda: self.desk.questions(conversation), lambda asked: bool(asked)
        )
        return asked[0]

    async def until(
        self, look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]
    ) -> T:
        """What is seen, once it is *wanted*."""
        with self.desk.watch(None) as watch:
            async with asyncio.timeout(WAIT_S):
                while not wanted(seen := await look()):
                    await anext(aiter(watch))
        return seen


async def _ready() -> Mapping[str, Any]:
    return {}
