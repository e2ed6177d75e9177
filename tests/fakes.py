"""A chat platform held in memory."""

import asyncio
import json
from collections.abc import Callable, Mapping

from adapters.base import Health, Intake, Screen
from adapters.inbound import Address, Body, Inbound, MessageRef, Sender
from adapters.views import FileView, Notice, QuestionView, TurnView, View

CHAT = Address("fake", "chat-1")
ADA = Sender("1001", "Ada")
BOB = Sender("1002", "Bob")


class NothingBefore:
    """The part of an `Intake` that remembers earlier runs, when there was none."""

    async def knows(self, address: Address) -> bool:
        return False

    async def active(self, since: float) -> list[tuple[Address, MessageRef | None]]:
        return []

    async def last_kept_at(self) -> float | None:
        return None

    def expect(self, address: Address, sender_id: str) -> None:
        pass


class FakeAdapter:
    """A chat platform held in memory; it outlives the program, as a platform does."""

    platform = "fake"
    health = Health("ok")

    def __init__(self) -> None:
        self.views: list[View] = []
        self.confirming = True  # whether final views reach the screen
        self._bodies: dict[str, Inbound] = {}  # what the platform would deliver
        self._incoming: asyncio.Queue[str] = asyncio.Queue()
        self._shown = asyncio.Condition()
        self._sent = 0
        self._drawn: asyncio.Queue[tuple[Address, View]] = asyncio.Queue()

    def say(
        self,
        body: Body,
        *,
        event_id: str = "",
        sender: Sender = ADA,
        message: str | None = "",
        private: bool = False,
        address: Address = CHAT,
    ) -> str:
        """Somebody does something; returns the event's id."""
        self._sent += 1
        event_id = event_id or f"event-{self._sent}"
        ref = f"m-{self._sent}"
        self._bodies[event_id] = Inbound(
            events=(event_id,),
            address=address,
            sender=sender,
            body=body,
            message=None if message is None else MessageRef(message or ref),
            private=private,
        )
        self._incoming.put_nowait(event_id)
        return event_id

    async def run(self, intake: Intake, screen: Screen) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive(intake))
            tasks.create_task(self._draw(screen))

    async def _receive(self, intake: Intake) -> None:
        for kept in await intake.pending():
            await intake.deliver(self._bodies[kept.event_id])
        while True:
            event_id = await self._incoming.get()
            if not intake.allows(self._bodies[event_id].sender.id):
                continue
            for kept in await intake.keep([(event_id, json.dumps({}))]):
                await intake.deliver(self._bodies[kept.event_id])

    async def stop_receiving(self) -> None:
        pass

    def show(self, address: Address, view: View) -> None:
        self._drawn.put_nowait((address, view))

    async def _draw(self, screen: Screen) -> None:
        while True:
            address, view = await self._drawn.get()
            async with self._shown:
                self.views.append(view)
                self._shown.notify_all()
            if view.final and self.confirming:
                await screen.confirmed(address, view.id)
            self._drawn.task_done()

    async def flush(self) -> None:
        await self._drawn.join()

    async def check(self) -> Mapping[str, str]:
        return {"name": "fake"}

    async def until(self, wanted: Callable[[View], object]) -> View:
        """The first view, already shown or still to come, that is *wanted*."""
        async with asyncio.timeout(20), self._shown:
            await self._shown.wait_for(lambda: any(map(wanted, self.views)))
            return next(filter(wanted, self.views))

    async def answer(self, text: str) -> TurnView:
        """The final view of a turn whose words end in *text*."""
        view = await self.until(
            lambda v: isinstance(v, TurnView) and v.final and words(v).endswith(text)
        )
        assert isinstance(view, TurnView)
        return view

    async def question(self) -> QuestionView:
        view = await self.until(lambda v: isinstance(v, QuestionView) and not v.final)
        assert isinstance(view, QuestionView)
        return view

    async def notice(self, containing: str) -> Notice:
        view = await self.until(
            lambda v: isinstance(v, Notice) and containing in v.text
        )
        assert isinstance(view, Notice)
        return view

    async def file(self, name: str) -> FileView:
        view = await self.until(lambda v: isinstance(v, FileView) and v.name == name)
        assert isinstance(view, FileView)
        return view

    def turns(self) -> dict[str, TurnView]:
        """The newest view of every turn."""
        return {view.id: view for view in self.views if isinstance(view, TurnView)}


def words(view: View) -> str:
    """All an agent said in a turn."""
    if not isinstance(view, TurnView):
        return ""
    return "\n".join(getattr(part, "text", "") for part in view.parts)
