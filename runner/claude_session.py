"""One running Claude Code: prompts in, events out.

Rule: whatever happens to the process, a turn that was begun ends with `TurnFinished`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from runner import claude, claude_control
from runner.base import (
    AgentKilled,
    Allow,
    Answer,
    Context,
    HostTool,
    Prompt,
    ProtocolError,
    Rewind,
    RunnerError,
    ToolReply,
)
from runner.claude_decode import Answered, ClaudeDecoder, Offered, Reply, Unpayable
from runner.claude_permissions import decision
from runner.claude_requests import Requests
from runner.claude_tools import SERVER, HostTools
from runner.events import AgentCommand, Model, RunnerEvent, SessionEnded
from runner.process import Child

log = structlog.get_logger()

START_S = 60.0
LAST_S = 1.0


class ClaudeSession:
    def __init__(
        self,
        child: Child,
        workspace: str,
        *,
        keys_may_pay: bool = True,
        tools: Sequence[HostTool] = (),
        permission_mode: str = "default",
    ) -> None:
        self._child = child
        self._pipes = child.pipes
        self._decoder = ClaudeDecoder(
            workspace,
            keys_may_pay=keys_may_pay,
            tools=HostTools(tools),
            permission_mode=permission_mode,
        )
        self._events: asyncio.Queue[RunnerEvent] = asyncio.Queue()
        self._requests = Requests(self._write)
        self._idle = asyncio.Event()
        self._idle.set()
        self.closing = False
        self.account: Mapping[str, Any] = {}  # who pays; known once initialized
        self.models: Sequence[Model] = ()  # like the commands: once initialized
        self.commands: Sequence[AgentCommand] = ()

    @property
    def pid(self) -> int:
        return self._child.process.pid

    async def events(self) -> AsyncIterator[RunnerEvent]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, SessionEnded):
                return

    async def prompt(self, prompt: Prompt) -> None:
        self._decoder.turns.prompted(prompt.uuid)
        await self._say(prompt, steering=False)

    async def steer(self, prompt: Prompt) -> None:
        self._decoder.turns.steered(prompt.uuid)
        await self._say(prompt, steering=True)

    async def answer(self, request_id: str, answer: Answer) -> None:
        if asked := self._decoder.asked.pop(request_id, None):
            if isinstance(answer, Allow) and answer.scope == "session":
                self._decoder.allowed.add(asked.call)
            given = decision(asked, answer)
            await self._write(claude.response(request_id, given))

    async def reply(self, request_id: str, reply: ToolReply) -> None:
        if (given := self._decoder.tools.reply(request_id, reply)) is not None:
            await self._write(claude.response(request_id, given))

    async def interrupt(self) -> None:
        self._decoder.turns.interrupting = True
        # What was steered in must not begin a turn now; older CLIs run it all the same.
        await self._requests.tell("interrupt", cancel_queued=True)

    async def set_model(self, model: str) -> None:
        await self._requests.ask("set_model", **({"model": model} if model else {}))

    async def set_mode(self, mode: str) -> None:
        await self._requests.ask("set_permission_mode", mode=mode)
        for event in self._decoder.mode_is(mode):
            self._events.put_nowait(event)

    async def context(self) -> Context:
        return await self._requests.learn("get_context_usage", claude_control.context)

    async def cost_usd(self) -> float:
        return await self._requests.learn("get_usage", claude_control.cost_usd)

    async def rewind(self, prompt_uuid: str, *, dry_run: bool) -> Rewind:
        ask = partial(self._requests.ask, "rewind_files", user_message_id=prompt_uuid)
        # Only the rehearsal says which files it is about.
        told = await ask(dry_run=True)
        if not dry_run and told.get("canRewind"):
            told = {**told, **await ask(dry_run=False)}
        return claude_control.rewind(told)

    async def initialize(self) -> None:
        """Learn what it says of itself. Raises `RunnerError` if it does not start."""
        tools = {"sdkMcpServers": [SERVER]} if self._decoder.tools.tools else {}
        try:
            greeting = await self._requests.answer("initialize", START_S, **tools)
        except TimeoutError:
            raise RunnerError("session-silent", seconds=round(START_S)) from None
        self.account = greeting.get("account") or {}
        self.models = claude_control.models(greeting)
        self.commands = claude_control.commands(greeting.get("commands") or ())

    async def settle(self, wait_s: float) -> None:
        """Before the end: interrupt what runs, and wait for its result."""
        self.closing = True
        if not self._idle.is_set():
            await self.interrupt()
            try:
                async with asyncio.timeout(wait_s):
                    await self._idle.wait()
            except TimeoutError:
                log.info("agent.not_interrupted")

    async def listen(self) -> None:
        """Turn what it writes into events until it is gone."""
        reading = asyncio.create_task(self._read())
        exited = asyncio.create_task(self._child.exited())
        try:
            await asyncio.wait((reading, exited), return_when=asyncio.FIRST_COMPLETED)
            # The rest: what it wrote last, or its exit code. A tool that was left
            # behind may hold the pipe open for ever.
            await asyncio.wait((reading, exited), timeout=LAST_S)
        finally:
            reading.cancel()
            exited.cancel()
            self._end()

    async def _read(self) -> None:
        async for line in self._pipes.lines():
            await self._hear(line)

    async def _hear(self, line: bytes) -> None:
        try:
            heard = self._decoder.decode(line)
        except ProtocolError as error:
            log.warning("agent.line_unreadable", error=str(error))
            return
        for item in heard:
            match item:
                case Reply(request_id=request_id, response=given):
                    # Not waited for: who reads must never wait for who writes.
                    self._pipes.put(claude.line(claude.response(request_id, given)))
                case Unpayable(key=key):
                    log.warning("agent.unpayable", key=key)
                    self._child.cut()
                case Answered():
                    self._requests.answered(item)
                case Offered(commands=offered):
                    self.commands = claude_control.commands(offered)
                case event:
                    self._events.put_nowait(event)
        self._note_idle()

    def _end(self) -> None:
        code = self._child.process.returncode
        words = self._pipes.last_words or f"exit code {code}"
        exceeded = self._child.exceeded
        for event in self._decoder.lost(
            exceeded or words, limit="process" if exceeded else None
        ):
            self._events.put_nowait(event)
        # The guard tells of a signal as a shell does; its own death is < 0.
        killed = code is not None and not 0 <= code <= 128
        error = AgentKilled if killed else RunnerError
        self._requests.end(error("session-not-started", words=words))
        self._idle.set()
        self._events.put_nowait(SessionEnded(words, expected=self.closing))

    async def _say(self, prompt: Prompt, *, steering: bool) -> None:
        self._note_idle()
        message = await asyncio.to_thread(
            claude.user_message, prompt, steering=steering
        )
        await self._write(message)

    def _note_idle(self) -> None:
        if self._decoder.turns.busy:
            self._idle.clear()
        else:
            self._idle.set()

    async def _write(self, message: Mapping[str, Any]) -> None:
        await self._pipes.write(claude.line(message))
