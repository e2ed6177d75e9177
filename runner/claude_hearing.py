"""What a session's journal tells, line by line, made into events and answers.

Rule: who reads never waits for who writes, nor for who takes the events.
"""

import asyncio
from collections.abc import Callable

import structlog

from runner import claude
from runner.claude_decode import (
    Answered,
    ClaudeDecoder,
    Heard,
    Offered,
    Reply,
    Unpayable,
)
from runner.claude_requests import Requests
from runner.claude_retelling import Retelling
from runner.claude_story import ClaudeStory
from runner.cli import CaughtUp, Note
from runner.errors import AgentKilled, ProtocolError, RunnerError
from runner.events import RunnerEvent, SessionEnded
from runner.process import Child

log = structlog.get_logger()


class Hearing:
    """*redact* takes secrets out of the agent's last words."""

    def __init__(
        self,
        child: Child,
        decoder: ClaudeDecoder,
        requests: Requests,
        *,
        redact: Callable[[str], str],
    ) -> None:
        about = child.home.about
        self._child = child
        self._pipes = child.pipes
        self._decoder = decoder
        self._requests = requests
        self._redact = redact
        self.story = ClaudeStory(decoder, model=about.model, mode=about.mode)
        self.story.restore(child.pipes.memory)
        self.events: asyncio.Queue[RunnerEvent] = asyncio.Queue()
        self.retelling = Retelling(self.events.put_nowait, self.story.is_open)
        self.giving: dict[str, str] = {}  # prompts not in the journal yet: how
        self.answering: set[str] = set()  # written, not in the journal yet
        self.caught_up = asyncio.Event()  # all that an earlier run left was read
        self.idle = asyncio.Event()
        self.idle.set()
        self.closing = False  # its end is ours

    @property
    def last_words(self) -> str:
        return self._redact(self._pipes.last_words)

    async def listen(self, heard: Callable[[], object]) -> None:
        """Until it is gone, or we are let go. *heard* is called after each item."""
        try:
            async for told in self._pipes.told():
                match told:
                    case CaughtUp():
                        self._now()
                    case bytes():
                        self._line(told)
                    case note:
                        self._noted(note)
                self._note_idle()
                heard()
        finally:
            if self._child.released:
                self._requests.end(RunnerError("session-over"))
            else:
                await self._child.over()
                self._end()

    def _noted(self, note: Note) -> None:
        self.story.given(note)
        match note:
            case {"prompt": str(uuid)} | {"steer": str(uuid)}:
                self.giving.pop(uuid, None)
                if self.retelling.reading:
                    self.retelling.given(uuid)
            case {"answered": str(id_)}:
                self.answering.discard(id_)
            case _:
                pass

    def _line(self, line: bytes) -> None:
        try:
            heard = self.story.heard(line)
        except ProtocolError as error:
            log.warning("agent.line_unreadable", error=str(error))
            return
        for item in heard:
            self._act(item)

    def _act(self, item: Heard) -> None:
        match item:
            case Reply(request_id=id_):
                if not self.retelling.reading:
                    self._reply(id_)
            case Unpayable(key=key):
                log.warning("agent.unpayable", key=key)
                self._pipes.cut()
            case Answered():
                self._requests.answered(item)
            case Offered():
                pass  # the story keeps them
            case event:
                self.retelling.hear(event)

    def _now(self) -> None:
        """All that is in the journal was read: what comes now is new."""
        self.retelling.read()
        for request_id in tuple(self.story.unreplied):
            self._reply(request_id)
        self.caught_up.set()

    def _reply(self, request_id: str) -> None:
        given = self.story.unreplied[request_id]
        line = claude.line(claude.response(request_id, given))
        self._pipes.put({"answered": request_id}, line)

    def _note_idle(self) -> None:
        if self._decoder.turns.busy:
            self.idle.clear()
        else:
            self.idle.set()

    def _end(self) -> None:
        code, exceeded = self._child.code, self._child.exceeded
        words = self.last_words or f"exit code {code}"
        for uuid, how in self.giving.items():
            self.story.given({how: uuid})
        if self.retelling.reading:
            self.retelling.read()
        for event in self._decoder.lost(
            exceeded or words, limit="process" if exceeded else None
        ):
            self.retelling.hear(event)
        # A signal is told as a shell does; the supervisor's own death is < 0.
        killed = code is not None and not 0 <= code <= 128
        error = AgentKilled if killed else RunnerError
        self._requests.end(error("session-not-started", words=words))
        self.idle.set()
        self.caught_up.set()
        self.events.put_nowait(SessionEnded(words, expected=self.closing))
