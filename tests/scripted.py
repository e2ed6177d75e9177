"""An agent that plays a script, and waits where the script says so."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.base import (
    Answer,
    Context,
    Evidence,
    Prompt,
    Rewind,
    SessionInfo,
    SessionSpec,
    ToolReply,
)
from runner.errors import AgentKilled, NotAtWork, Refused, RunnerError
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
