"""Whether an agent waits for people, so that the time is not the agent's."""

from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    PlanProposed,
    QuestionsAsked,
    RunnerEvent,
    ToolCalled,
)


class Waits:
    """What one turn has asked, and nobody has answered. True while there is any."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._open)

    def heard(self, event: RunnerEvent) -> None:
        match event:
            case (
                PermissionRequested(request_id=request_id)
                | QuestionsAsked(request_id=request_id)
                | PlanProposed(request_id=request_id)
                | ToolCalled(request_id=request_id)
            ):
                self._open.add(request_id)
            case PermissionWithdrawn(request_id=request_id):
                self._open.discard(request_id)
            case _:
                pass

    def answered(self, request_id: str) -> None:
        self._open.discard(request_id)

    def clear(self) -> None:
        self._open.clear()
