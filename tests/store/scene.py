"""What the store's tests begin with."""

from collections.abc import Sequence
from itertools import count

from store.records import (
    AddressRecord,
    ConversationRecord,
    DecisionRecord,
    TurnRecord,
    TurnState,
)
from store.store import Store

HERE = AddressRecord(platform="telegram", chat="7", thread="3")
_numbers = count(1)


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += days * 24 * 3600


async def conversation(
    store: Store, address: AddressRecord = HERE
) -> ConversationRecord:
    return await store.conversation_at(
        address, project="shop", agent="claude", session_id="session-1"
    )


async def ask(
    store: Store,
    *events: str,
    address: AddressRecord = HERE,
    reply_to: str = "55",
    by: str = "1001",
) -> TurnRecord | None:
    """Queue a turn for events, which are kept before."""
    events = events or (f"event-{next(_numbers)}",)
    await store.keep(address.platform, [(event, "{}") for event in events])
    home = await conversation(store, address)
    return await store.queue_turn(
        home.id,
        platform=address.platform,
        events=events,
        prompt='{"text": "hello"}',
        asked_by=by,
        address=address,
        reply_to=reply_to,
        prompt_uuid="uuid-1",
    )


async def asked(
    store: Store, *events: str, address: AddressRecord = HERE, by: str = "1001"
) -> TurnRecord:
    turn = await ask(store, *events, address=address, by=by)
    assert turn is not None
    return turn


async def end(
    store: Store,
    turn: TurnRecord,
    state: TurnState = TurnState.ANSWERED,
    answer: str = "42",
    cost_usd: float | None = None,
) -> bool:
    return await store.finish_turn(
        turn.id,
        state=state,
        view='{"status": "done"}',
        answer=answer,
        cost_usd=cost_usd,
        tokens=None,
    )


async def decide(
    store: Store,
    decision: str,
    *events: str,
    option: str = "once",
    words: str = "",
    by: str = "telegram:1 Ada",
    rules: Sequence[str] = (),
) -> DecisionRecord | None:
    return await store.decide(
        decision,
        option=option,
        words=words,
        by=by,
        platform=HERE.platform,
        events=events,
        rules=rules,
        project="shop",
    )


async def now(store: Store, turn: TurnRecord) -> TurnRecord:
    """The turn as the ledger has it now."""
    found = await store.turn(turn.id)
    assert found is not None
    return found
