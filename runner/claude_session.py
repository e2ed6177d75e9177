"""One running Claude Code: prompts in, events out.

Rule: whatever happens to the process, a turn that was begun ends with `TurnFinished`.

All that is known of it follows from its supervisor's journal (`runner.claude_story`),
what we write ourselves included: it counts once the journal has it. The journal is
acknowledged when a turn's end was dealt with and nothing is under way, so that what a
crash of ours swallowed is read, and told, again (`runner.claude_retelling`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from runner import claude, claude_control
from runner.base import Allow, Answer, Context, HostTool, Prompt, Rewind, ToolReply
from runner.claude_decode import ClaudeDecoder
from runner.claude_hearing import Hearing
from runner.claude_permissions import decision
from runner.claude_requests import Requests
from runner.claude_tools import SERVER, HostTools
from runner.claude_turns import Turns
from runner.cli import Exceeded, Note
from runner.errors import RunnerError
from runner.events import (
    AgentCommand,
    Model,
    Retold,
    RunnerEvent,
    SessionEnded,
    TurnFinished,
)
from runner.homes import About
from runner.process import Child

log = structlog.get_logger()

START_S = 60.0


class ClaudeSession:
    def __init__(
        self,
        child: Child,
        workspace: str,
        *,
        keys_may_pay: bool = True,
        tools: Sequence[HostTool] = (),
        redact: Callable[[str], str] = str,  # takes secrets out of its last words
    ) -> None:
        about = child.home.about
        self._child = child
        self._pipes = child.pipes
        self._decoder = ClaudeDecoder(
            workspace,
            keys_may_pay=keys_may_pay,
            turns=Turns(child.home.folder.name),
            tools=HostTools(tools),
            permission_mode=about.mode,
        )
        self._requests = Requests(self._write, self._next_request)
        self._hearing = Hearing(child, self._decoder, self._requests, redact=redact)
        self._story, self._retelling = self._hearing.story, self._hearing.retelling
        self._wanted = ""  # a turn of an earlier run, until its prompt is given again
        self._awaited = False  # somebody waits for the next event
        self._to_acknowledge = False  # a turn's end was dealt with
        self._last_turn = False  # it ends when it is idle

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def over(self) -> bool:
        """Whether the process is gone."""
        return self._pipes.gone.is_set()

    @property
    def exceeded(self) -> Exceeded | None:
        return self._child.exceeded

    @property
    def last_words(self) -> str:
        return self._hearing.last_words

    @property
    def account(self) -> Mapping[str, Any]:
        """Who pays; known once initialized."""
        return (self._story.greeting or {}).get("account") or {}

    @property
    def models(self) -> Sequence[Model]:
        return claude_control.models(self._story.greeting or {})

    @property
    def commands(self) -> Sequence[AgentCommand]:
        greeting = self._story.greeting or {}
        return claude_control.commands(greeting.get("commands") or ())

    async def events(self) -> AsyncIterator[RunnerEvent]:
        while True:
            if self._hearing.events.empty():
                self._acknowledge()
            self._awaited = True
            event = await self._hearing.events.get()
            self._awaited = False
            yield event
            self._to_acknowledge |= _ends(event)
            if isinstance(event, SessionEnded):
                return

    async def prompt(self, prompt: Prompt) -> None:
        if self._last_turn and not self._retelling.holds(prompt.uuid):
            # It is given to none, and that is told at the end.
            self._hearing.giving[prompt.uuid] = "prompt"
        elif not self._claimed(prompt.uuid):
            await self._say(prompt, steering=False)

    async def steer(self, prompt: Prompt) -> None:
        if not self._claimed(prompt.uuid):
            await self._say(prompt, steering=True)

    async def answer(self, request_id: str, answer: Answer) -> None:
        asked = self._decoder.asked.get(request_id)
        if asked is None or request_id in self._hearing.answering:
            return
        note: dict[str, Any] = {"answered": request_id}
        if isinstance(answer, Allow):
            note["always"] = answer.scope == "session"
            note["rules"] = list(answer.rules)
        await self._respond(note, decision(asked, answer))

    async def reply(self, request_id: str, reply: ToolReply) -> None:
        given = self._decoder.tools.reply(request_id, reply)
        if given is not None and request_id not in self._hearing.answering:
            await self._respond({"answered": request_id}, given)

    async def interrupt(self) -> None:
        # What was steered in must not begin a turn now; older CLIs run it all the same.
        await self._requests.tell("interrupt", cancel_queued=True)

    async def set_model(self, model: str) -> None:
        await self._requests.ask("set_model", **({"model": model} if model else {}))

    async def set_mode(self, mode: str) -> None:
        await self._requests.ask("set_permission_mode", mode=mode)

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
        await self._hearing.caught_up.wait()
        if self._story.greeting is not None:
            return
        tools = {"sdkMcpServers": [SERVER]} if self._decoder.tools.tools else {}
        try:
            if asked := self._story.initializing:
                await self._requests.await_answer(asked, START_S)
            else:
                await self._requests.answer("initialize", START_S, **tools)
        except TimeoutError:
            raise RunnerError("session-silent", seconds=round(START_S)) from None

    async def take_up(self, turn: str, wait_s: float) -> bool:
        """Go on with that turn of an earlier run, or one that nobody asked for.

        Any other is interrupted; False: it did not end in time.
        """
        await self._hearing.caught_up.wait()
        wanted = self._story.steered_into(turn) | {turn}
        others = [t for t in self._decoder.turns.under_way if t and t not in wanted]
        self._wanted = turn if self._retelling.holds(turn) else ""
        ended = not others or await self._interrupted(wait_s)
        self._retelling.forget(others)
        return ended

    def holds(self, turn: str) -> bool:
        """Whether it has things to tell of that turn of an earlier run."""
        return self._retelling.holds(turn)

    @property
    def taken_up(self) -> bool:
        """Whether there is a turn of an earlier run to tell of."""
        return bool(self._wanted) or self._decoder.turns.busy

    def started_as(self, about: About) -> bool:
        """Whether it is as it would be started now, but for what `adjust` changes."""
        then = self._child.home.about
        had, wanted = set(then.allowed), set(about.allowed)
        return then.settings == about.settings and wanted == had | self._story.rules

    async def adjust(self, *, model: str, mode: str) -> None:
        """Raises `Refused`."""
        if self._story.model != model:
            await self.set_model(model)
        if self._story.mode != mode:
            await self.set_mode(mode)

    def retire(self) -> None:
        """It ends when it is idle and that was heard."""
        self._last_turn = True

    def expect_end(self) -> None:
        """Whatever ends it from now on, it is no surprise."""
        self._hearing.closing = True

    async def settle(self, wait_s: float) -> None:
        """Before the end: interrupt what runs, and wait for its result."""
        self._hearing.closing = True
        if not self._hearing.idle.is_set() and not await self._interrupted(wait_s):
            log.info("agent.not_interrupted")

    async def listen(self) -> None:
        """Turn what it writes into events until it is gone, or we are let go."""
        await self._hearing.listen(self._heard)

    def _heard(self) -> None:
        if self._awaited:
            # Between chunks: what is acknowledged has to end where they do.
            asyncio.get_running_loop().call_soon(self._acknowledge)

    def _acknowledge(self) -> None:
        told = not self._wanted and self._hearing.events.empty()
        over = self._story.quiet and self._pipes.settled
        if self._to_acknowledge and told and over:
            self._to_acknowledge = False
            self._retelling.forget_all()
            self._pipes.acknowledge(self._story.saved())
            if self._last_turn:
                self._hearing.closing = True
                self._child.ask_to_end()

    def _claimed(self, uuid: str) -> bool:
        """Whether an earlier run gave it. Then it is told of from now on."""
        if not self._retelling.holds(uuid):
            return False
        if uuid == self._wanted:
            self._wanted = ""
        self._retelling.claim(uuid)
        return True

    async def _interrupted(self, wait_s: float) -> bool:
        await self.interrupt()
        try:
            async with asyncio.timeout(wait_s):
                await self._hearing.idle.wait()
        except TimeoutError:
            return False
        return True

    async def _say(self, prompt: Prompt, *, steering: bool) -> None:
        message = await asyncio.to_thread(
            claude.user_message, prompt, steering=steering
        )
        how = "steer" if steering else "prompt"
        self._hearing.giving[prompt.uuid] = how
        await self._write({how: prompt.uuid}, message)

    def _next_request(self) -> int:
        self._story.requests += 1
        return self._story.requests

    async def _respond(self, note: Note, given: Mapping[str, Any]) -> None:
        self._hearing.answering.add(note["answered"])
        await self._write(note, claude.response(note["answered"], given))

    async def _write(self, note: Note, message: Mapping[str, Any]) -> None:
        await self._pipes.write(note, claude.line(message))


def _ends(event: RunnerEvent) -> bool:
    """Whether a turn's end is in it."""
    told = event.events if isinstance(event, Retold) else (event,)
    return any(isinstance(one, TurnFinished) for one in told)
