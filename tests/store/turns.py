"""Turns as far as the ledger has them."""

from dataclasses import dataclass

from store.records import TurnId, TurnRecord, TurnState
from store.store import Store

FINAL = [TurnState.ANSWERED, TurnState.FAILED, TurnState.CANCELLED]


async def submit(store: Store, turn: TurnRecord, uuid: str = "uuid-1") -> TurnRecord:
    return await store.submit_turn(turn.id, prompt_uuid=uuid, session_id="session-1")


@dataclass
class Expected:
    """What must be true of a turn."""

    state: TurnState = TurnState.QUEUED
    answer: str | None = None
    attempts: int = 0
    delivered: bool = False
    joined_to: TurnId | None = None

    @property
    def steered(self) -> bool:
        return self.state is TurnState.SUBMITTED and self.joined_to is not None
