"""One running Claude Code: prompts in, events out.

Rule: whatever happens to the process, a turn that was begun ends with `TurnFinished`.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog

from runner import claude
from runner.base import AgentKilled, Allow, Answer, Prompt, ProtocolError, RunnerError
from runner.claude_decode import Answered, ClaudeDecoder, Reply, Unpayable
from runner.cli import Pipes
from runner.events import RunnerEvent, SessionEnded, TurnFinished
from runner.process import Child

log = structlog.get_logger()

START_S = 60.0
LAST_S = 1.0


class ClaudeSession:
    def __init__(
        self, child: Child, workspace: str, *, keys_may_pay: bool = True
    ) -> None:
        self._child = child
        self._pipes = Pipes(child.process)
        self._decoder = ClaudeDecoder(workspace, keys_may_pay=keys_may_pay)
        self._events: asyncio.Queue[RunnerEvent] = asyncio.Queue()
        self._requests = itertools.count(1)
        self._responses: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self.closing = False
        self.account: Mapping[str, Any] = {}  # who pays; known once initialized

    async def events(self) -> AsyncIterator[RunnerEvent]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, SessionEnded):
                return

    async def prompt(self, prompt: Prompt) -> None:
        assert self._decoder.prompt is None, "one prompt at a time"
        self._decoder.prompt = prompt.uuid
        self._decoder.interrupting = False
        self._idle.clear()
        await self._write(await asyncio.to_thread(claude.user_message, prompt))

    async def answer(self, request_id: str, answer: Answer) -> None:
        if asked := self._decoder.asked.pop(request_id, None):
            if isinstance(answer, Allow) and answer.scope == "session":
                self._decoder.allowed.add(asked.call)
            await self._write(claude.answer_message(request_id, asked, answer))

    async def interrupt(self) -> None:
        self._decoder.interrupting = True
        await self._write(claude.request(self._next_id(), "interrupt"))

    async def steer(self, prompt: Prompt) -> None:
        self._decoder.steered.add(prompt.uuid)
        await self._write(
            await asyncio.to_thread(claude.user_message, prompt, steering=True)
        )

    async def initialize(self) -> None:
        """Learn what it says of itself. Raises `RunnerError` if it does not start."""
        request_id = self._next_id()
        future: asyncio.Future[Mapping[str, Any]]
        future = asyncio.get_running_loop().create_future()
        self._responses[request_id] = future
        await self._write(claude.request(request_id, "initialize"))
        try:
            async with asyncio.timeout(START_S):
                greeting = await future
        except TimeoutError:
            raise RunnerError(
                f"The agent was started and said nothing for {START_S:.0f} s."
            ) from None
        self.account = greeting.get("account") or {}

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
            self._over()

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
                case Unpayable(words=words):
                    log.warning("agent.unpayable", words=words)
                    self._child.cut()
                case Answered(request_id=request_id, response=given):
                    waiting = self._responses.pop(request_id, None)
                    if waiting and not waiting.done():
                        waiting.set_result(given.get("response") or {})
                case event:
                    self._events.put_nowait(event)
                    if isinstance(event, TurnFinished) and event.turn is not None:
                        self._idle.set()

    def _over(self) -> None:
        code = self._child.process.returncode
        words = self._pipes.last_words or f"the process ended (exit code {code})"
        for event in self._decoder.lost(words):
            self._events.put_nowait(event)
        for waiting in self._responses.values():
            if not waiting.done():
                # The guard tells of a signal as a shell does; its own death is < 0.
                killed = code is not None and not 0 <= code <= 128
                error = AgentKilled if killed else RunnerError
                waiting.set_exception(error(f"The agent did not start: {words}"))
                waiting.exception()  # perhaps nobody asks
        self._idle.set()
        self._events.put_nowait(SessionEnded(words, expected=self.closing))

    async def _write(self, message: Mapping[str, Any]) -> None:
        await self._pipes.write(claude.line(message))

    def _next_id(self) -> str:
        return f"parley-{next(self._requests)}"
