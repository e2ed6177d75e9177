"""Whose turn it is: which prompts Claude Code has taken up, joined or finished. Pure.

Rule: every prompt is answered for. One that was prompted gets a `TurnFinished`; one
that was steered in gets a `PromptJoined`, or a `TurnFinished` of its own.

What 2.1.329 does with words that are steered in (`tests/runner/test_steering.py`): at
the next tool boundary they join the turn. After the last one they get a turn of their
own, several of them one in common, before any prompt that waits. An interrupt drops
them if it says so. The CLI tells each (`command_lifecycle`); older ones only repeat the
words when they take them up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from runner.events import PromptJoined, RunnerEvent, TurnFinished, TurnStarted


@dataclass(slots=True)
class Turns:
    name: str = ""  # of the process, for the keys of turns that nobody asked for
    unasked: int = 0  # of those so far
    prompt: str | None = None  # the uuid of the prompt whose end is waited for
    interrupting: bool = False
    woken: bool = False  # a background task ended: a turn of its own may begin
    _waiting: list[str] = field(default_factory=list)  # written, not taken up; in order
    _running: bool = False
    _turn: str | None = None  # the running turn's; None: nobody asked for it
    knows_lifecycle: bool = False  # the CLI says itself what it takes up

    @property
    def busy(self) -> bool:
        return self._running or bool(self._waiting)

    @property
    def under_way(self) -> frozenset[str | None]:
        """The turn that runs, or else those that will; None: nobody asked for it."""
        return frozenset([self._turn] if self._running else self._waiting)

    def prompted(self, uuid: str) -> None:
        assert self.prompt is None, "one prompt at a time"
        self.prompt, self.interrupting = uuid, False
        self._waiting.append(uuid)

    def steered(self, uuid: str) -> None:
        """Before a prompt that waits, as the CLI does it, unless that is not begun."""
        behind = self._running and self.prompt in self._waiting
        at = self._waiting.index(self.prompt or "") if behind else len(self._waiting)
        self._waiting.insert(at, uuid)

    def lifecycle(self, uuid: str, state: str) -> Iterator[RunnerEvent]:
        self.knows_lifecycle = True
        if state == "started":
            yield from self._taken_up(uuid)
        elif state == "cancelled" and uuid in self._waiting:
            self._waiting.remove(uuid)
            yield self._over(TurnFinished(turn=uuid, stop_reason="interrupted"))

    def repeated(self, uuid: str, *, whole: bool) -> Iterator[RunnerEvent]:
        """Not *whole*: it was merged with others, or the CLI had it before."""
        if whole or self._running or self._waiting != [uuid]:
            yield from self._taken_up(uuid)
            return
        self._waiting.clear()
        yield self._over(
            TurnFinished(
                turn=uuid,
                stop_reason="failed",
                cause="unknown",
                detail="the agent had this message already",
            )
        )

    def words(self) -> Iterator[RunnerEvent]:
        """Words come in: whose turn is it, if nothing has said so before?"""
        if not self._running:
            by_itself = self.knows_lifecycle or self.woken or not self._waiting
            yield from self._begin(None if by_itself else self._waiting[0])

    def finished(
        self,
        end: Callable[[str | None], TurnFinished],
        *,
        by_itself: bool,
        named: Sequence[str] | None,
    ) -> Iterator[RunnerEvent]:
        """A result came. *named*: the prompts it answers, if the CLI says."""
        turn = self._whose(by_itself=by_itself, named=named)
        if self._running and turn is None and self._turn is not None:
            yield self._started(None)  # beside the one that goes on
            yield end(None)
            return
        yield from self._begin(turn)
        for uuid in named or ():
            yield from self._taken_up(uuid)
        over = self._over(end(self._turn))
        self._running = self.woken = self.interrupting = False
        yield over

    def lost(self, end: Callable[[str | None], TurnFinished]) -> Iterator[RunnerEvent]:
        """The process is gone: so are all that it had begun, and all that waited."""
        running = [self._turn] if self._running else []
        self._running = False
        for turn in (*running, *self._waiting):
            yield self._over(end(turn))
        self._waiting.clear()

    def _taken_up(self, uuid: str) -> Iterator[RunnerEvent]:
        if uuid not in self._waiting:
            return
        if self._running and uuid != self.prompt:
            self._waiting.remove(uuid)
            yield PromptJoined(uuid)
        else:
            yield from self._begin(uuid)

    def _begin(self, turn: str | None) -> Iterator[RunnerEvent]:
        if self._running and self._turn == turn:
            return
        if self._running:  # the CLI merged both; what it says now answers this one
            yield self._over(TurnFinished(turn=self._turn, stop_reason="end_turn"))
        self._running, self._turn = True, turn
        if turn in self._waiting:
            self._waiting.remove(turn)
        yield self._started(turn)

    def _started(self, turn: str | None) -> TurnStarted:
        if turn is not None:
            return TurnStarted(turn)
        self.unasked += 1
        return TurnStarted(None, key=f"{self.name}/{self.unasked}")

    def _whose(self, *, by_itself: bool, named: Sequence[str] | None) -> str | None:
        if by_itself:
            return None
        candidates = [self._turn] if self._running else []
        candidates += self._waiting
        if named is None:  # an older CLI
            return next((turn for turn in candidates if turn is not None), None)
        return next((turn for turn in candidates if turn in named), None)

    def _over(self, end: TurnFinished) -> TurnFinished:
        if end.turn == self.prompt:
            self.prompt = None
        return end
