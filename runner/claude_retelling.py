"""What an earlier run may have heard already, and when it is told again. Pure.

Events of a prompt's turn that comes from the journal are held until that prompt is
given again; those of turns that nobody asked for are told once all is read.
"""

from collections.abc import Callable, Iterable

from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    PlanProposed,
    QuestionsAsked,
    Retold,
    RunnerEvent,
    ToolCalled,
    TurnFinished,
    TurnStarted,
)


class Retelling:
    def __init__(
        self,
        tell: Callable[[RunnerEvent], None],
        is_open: Callable[[str], bool],  # whether a request waits for its answer
    ) -> None:
        self._tell = tell
        self._is_open = is_open
        self._held: dict[str, list[RunnerEvent]] = {}
        self._turns: list[str | None] = []  # that run, one beside the other
        self._reading: list[RunnerEvent] | None = []  # None: all is read

    @property
    def reading(self) -> bool:
        return self._reading is not None

    def holds(self, uuid: str) -> bool:
        return uuid in self._held

    def given(self, uuid: str) -> None:
        """An earlier run gave this prompt."""
        self._held.setdefault(uuid, [])

    def hear(self, event: RunnerEvent) -> None:
        owner = self._owner(event)
        if owner in self._held:
            self._held[owner].append(event)
        elif self._reading is not None:
            self._reading.append(event)
        else:
            self._tell(event)

    def read(self) -> None:
        """From here on everything is new."""
        told, self._reading = self._reading or [], None
        self._tell_again(told)

    def claim(self, uuid: str) -> None:
        """That prompt was given again: tell what came of it, and what will."""
        self._tell_again(self._held.pop(uuid))

    def forget(self, uuids: Iterable[str]) -> None:
        for uuid in uuids:
            self._held.pop(uuid, None)

    def forget_all(self) -> None:
        self._held.clear()

    def _owner(self, event: RunnerEvent) -> str:
        match event:
            case TurnStarted(turn=turn):
                self._turns.append(turn)
                return turn or ""
            case TurnFinished(turn=turn):
                if turn in self._turns:
                    self._turns.remove(turn)
                return turn or ""
            case _:
                return (self._turns[-1] if self._turns else None) or ""

    def _tell_again(self, events: Iterable[RunnerEvent]) -> None:
        if told := tuple(filter(self._matters, events)):
            self._tell(Retold(told))

    def _matters(self, event: RunnerEvent) -> bool:
        match event:
            case (
                PermissionRequested(request_id=id_)
                | QuestionsAsked(request_id=id_)
                | PlanProposed(request_id=id_)
                | ToolCalled(request_id=id_)
            ):
                return self._is_open(id_)  # else it was answered, or is withdrawn
            case PermissionWithdrawn():
                return False  # nor is told what it withdraws
            case _:
                return True
