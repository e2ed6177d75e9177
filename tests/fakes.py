"""Working stand-ins for the outside world. They record; they never assert."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.base import Health, Intake, Screen
from adapters.inbound import Address, Body, Inbound, MessageRef, Sender
from adapters.views import FileView, Notice, QuestionView, TurnView, View
from runner.base import (
    AgentKilled,
    Answer,
    Context,
    Evidence,
    NotAtWork,
    Prompt,
    Refused,
    Rewind,
    RunnerError,
    SessionInfo,
    SessionSpec,
    ToolReply,
)
from runner.events import (
    AgentCommand,
    Model,
    PermissionRequested,
    PlanProposed,
    PromptJoined,
    QuestionsAsked,
    Retold,
    RunnerEvent,
    SessionEnded,
    SessionStarted,
    TextDelta,
    TextFinished,
    ToolCalled,
    TurnFinished,
    TurnStarted,
)

CHAT = Address("fake", "chat-1")
ADA = Sender("1001", "Ada")


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
        async with asyncio.timeout(5), self._shown:
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


@dataclass(frozen=True, slots=True)
class Wait:
    """In a script: go on when the test says so (`ScriptedRunner.proceed`)."""


@dataclass(frozen=True, slots=True)
class Die:
    """In a script: the process ends in the middle of the turn."""


Line = RunnerEvent | Wait | Die
BLOCKING = Wait | PermissionRequested | QuestionsAsked | PlanProposed | ToolCalled


def says(text: str) -> list[Line]:
    return [TextDelta("m", text), TextFinished("m", text)]


class ScriptedRunner:
    """An agent that has a prepared script for each prompt, and a memory of its own.

    What a script waits for: `Wait`, and whatever blocks an agent until it is answered.
    """

    agent = "scripted"

    def __init__(self, script: Mapping[str, Sequence[Line]]) -> None:
        self.script = dict(script)
        self.opened: list[SessionSpec] = []
        self.prompts: list[str] = []
        self.steered: list[Prompt] = []
        self.answers: list[tuple[str, Answer]] = []
        self.replies: list[tuple[str, ToolReply]] = []
        self.interrupts = 0
        self.told_models: list[str] = []
        self.told_modes: list[str] = []
        self.rewinds: list[tuple[str, bool]] = []  # (prompt, dry run)
        self.uuids: list[str] = []
        self.live: list[ScriptedSession] = []
        self.abandoned: list[str] = []
        #: By session: what the agent that an earlier run left has said of its turn.
        self.left: dict[str, list[RunnerEvent]] = {}

        # How it behaves; a test says so.
        self.cut_starts = 0  # so many processes are killed while they start
        self.start_error: RunnerError | None = None  # it cannot be started at all
        self.deaf = False  # ignores interrupts
        self.joins = True  # steered words reach the turn; else they get their own
        self.refuses = False  # whatever it is asked beside a turn
        self.models: tuple[Model, ...] = (Model("model-1", "Model One"),)
        self.commands: tuple[AgentCommand, ...] = ()
        self.context = Context(used=12_000, limit=200_000)
        self.cost_usd = 0.0
        self.rewound = Rewind(possible=False, why="no checkpoint")
        self.known: Sequence[SessionInfo] = ()  # latest first
        self.evidences: dict[str, Evidence] = {}  # by the newest uuid asked for

    @asynccontextmanager
    async def open(self, spec: SessionSpec) -> AsyncIterator["ScriptedSession"]:
        assert not any(s.spec.session_id == spec.session_id for s in self.live), (
            "two processes on one session"
        )
        self.opened.append(spec)
        if self.start_error is not None:
            raise self.start_error
        if self.cut_starts:
            self.cut_starts -= 1
            raise AgentKilled("session-not-started", words="killed")
        if spec.turn and spec.session_id not in self.left:
            raise NotAtWork("session-over")
        session = ScriptedSession(self, spec)
        self.live.append(session)
        try:
            yield session
        finally:
            self.live.remove(session)

    async def sessions(self, workspace: Path, *, limit: int) -> Sequence[SessionInfo]:
        return self.known[:limit]

    async def evidence(self, spec: SessionSpec, uuids: Sequence[str]) -> Evidence:
        assert not self.live, "the record is read while a process may write it"
        return self.evidences.get(uuids[-1], Evidence())

    async def sweep(self) -> int:
        return 0

    async def ready(self) -> str:
        return "1"

    def hurry(self) -> None:
        pass

    async def check(self) -> Mapping[str, str]:
        return {"version": "1"}

    async def living(self) -> frozenset[str]:
        return frozenset(self.left)

    async def abandon(self, session_id: str) -> None:
        self.abandoned.append(session_id)
        del self.left[session_id]

    def release(self) -> None:
        pass

    def proceed(self) -> None:
        for session in self.live:
            session.released.set()

    def speak(self, events: Iterable[RunnerEvent]) -> None:
        """The agent says something nobody asked for."""
        for session in self.live:
            for event in events:
                session.out.put_nowait(event)


class ScriptedSession:
    pid = 0  # there is no process

    def __init__(self, runner: ScriptedRunner, spec: SessionSpec) -> None:
        self.spec = spec
        self.models = runner.models
        self.commands = runner.commands
        self.out: asyncio.Queue[RunnerEvent] = asyncio.Queue()
        self.released = asyncio.Event()
        self._runner = runner
        self._interrupted = asyncio.Event()
        self._late: list[Prompt] = []  # steered, and to have turns of their own
        self._playing: asyncio.Task[None] | None = None
        self._told = runner.left.pop(spec.session_id, [])

    async def events(self) -> AsyncIterator[RunnerEvent]:
        if not self.spec.turn:
            yield SessionStarted(self.spec.session_id, "model-1")
        while True:
            event = await self.out.get()
            yield event
            if isinstance(event, SessionEnded):
                return

    async def prompt(self, prompt: Prompt) -> None:
        self._runner.prompts.append(_typed(prompt))
        self._runner.uuids.append(prompt.uuid)
        self._interrupted.clear()
        again = prompt.uuid == self.spec.turn
        playing = self._retell(prompt) if again else self._play(prompt)
        self._playing = asyncio.ensure_future(playing)

    async def answer(self, request_id: str, answer: Answer) -> None:
        self._runner.answers.append((request_id, answer))
        self.released.set()

    async def reply(self, request_id: str, reply: ToolReply) -> None:
        self._runner.replies.append((request_id, reply))
        self.released.set()

    async def interrupt(self) -> None:
        self._runner.interrupts += 1
        if not self._runner.deaf:
            for dropped in self._late:
                self._end(dropped, interrupted=True)
            self._late.clear()
            self._interrupted.set()
            self.released.set()

    async def steer(self, prompt: Prompt) -> None:
        if self.spec.turn and PromptJoined(prompt.uuid) in self._told:
            return
        self._runner.prompts.append(_typed(prompt))
        self._runner.steered.append(prompt)
        if self._runner.joins:
            self.out.put_nowait(PromptJoined(prompt.uuid))
        else:
            self._late.append(prompt)

    async def set_model(self, model: str) -> None:
        self._may_refuse()
        self._runner.told_models.append(model)

    async def set_mode(self, mode: str) -> None:
        self._may_refuse()
        self._runner.told_modes.append(mode)

    async def context(self) -> Context:
        self._may_refuse()
        return self._runner.context

    async def cost_usd(self) -> float:
        self._may_refuse()
        return self._runner.cost_usd

    async def rewind(self, prompt_uuid: str, *, dry_run: bool) -> Rewind:
        self._may_refuse()
        self._runner.rewinds.append((prompt_uuid, dry_run))
        return self._runner.rewound

    def _may_refuse(self) -> None:
        if self._runner.refuses:
            raise Refused("session-refused", words="not now")

    async def _retell(self, prompt: Prompt) -> None:
        self.out.put_nowait(Retold((TurnStarted(prompt.uuid), *self._told)))
        if not isinstance(self._told[-1], TurnFinished):
            await self.released.wait()
            self._end(prompt, interrupted=self._interrupted.is_set())

    async def _play(self, prompt: Prompt) -> None:
        self.out.put_nowait(TurnStarted(prompt.uuid))
        for line in self._runner.script[_typed(prompt)]:
            if isinstance(line, Die):
                self._die(prompt)
                return
            if isinstance(line, RunnerEvent):
                self.out.put_nowait(line)
            if isinstance(line, BLOCKING):
                self.released.clear()
                await self.released.wait()
            if self._interrupted.is_set():
                self._end(prompt, interrupted=True)
                return
        self._end(prompt, interrupted=False)
        if self._late:
            await self._play(self._late.pop(0))

    def _end(self, prompt: Prompt, *, interrupted: bool) -> None:
        reason = "interrupted" if interrupted else "end_turn"
        self.out.put_nowait(TurnFinished(turn=prompt.uuid, stop_reason=reason))  # type: ignore[arg-type]  # one of two literals

    def _die(self, prompt: Prompt) -> None:
        self.out.put_nowait(
            TurnFinished(turn=prompt.uuid, stop_reason="failed", cause="crash")
        )
        self.out.put_nowait(SessionEnded("killed", expected=False))


def _typed(prompt: Prompt) -> str:
    """What scripts are found by: "/compact" for a command."""
    return f"/{prompt.command} {prompt.text}".strip() if prompt.command else prompt.text
