"""What agents did is noted in short, summed up, and not kept for ever."""

from pathlib import Path

from store.activity import ActivityKind, ActivityRecord, ActivitySummary
from store.records import ConversationId, TurnRecord, TurnState
from store.store import Store
from tests.store.scene import Clock, asked, conversation, end


def did(
    turn: TurnRecord,
    name: str,
    *,
    kind: ActivityKind = "tool",
    ok: bool = True,
    at: float = 1.1,
) -> ActivityRecord:
    return ActivityRecord(
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        session_id="session-1",
        kind=kind,
        name=name,
        text=f"{name} of 사과",
        ok=ok,
        at=at,
        duration_s=0.1 + 0.2,
    )


async def test_what_was_done_is_found_as_it_was_noted(path: Path) -> None:
    async with Store.open(path) as store:
        turn = await asked(store)
        rows = [did(turn, "Bash"), did(turn, "Edit", ok=False), did(turn, "Read")]
        apart = ActivityRecord(
            conversation_id=turn.conversation_id, kind="note", text="idle", at=2.2
        )
        await store.note_activity(rows)
        await store.note_activity([apart])
        await store.note_activity([])

    async with Store.open(path) as store:
        home = turn.conversation_id
        assert await store.activity(home, limit=9) == [*rows, apart]
        assert await store.activity(home, limit=2) == [rows[-1], apart]
        assert await store.activity(ConversationId(99), limit=9) == []


async def test_a_summary_says_how_it_went(store: Store, clock: Clock) -> None:
    began = clock.now
    turn, failed, host, joined = [await asked(store) for _ in range(4)]
    for one in (turn, host):
        await store.submit_turn(one.id, prompt_uuid="u", session_id="s")
    await store.steer_turn(joined.id, into=host.id, prompt_uuid="u", session_id="s")
    clock.now += 60
    await store.finish_turn(
        turn.id, state=TurnState.ANSWERED, view="", answer="42", cost_usd=0.5, tokens=20
    )
    await end(store, failed, TurnState.FAILED, cost_usd=0.25)
    await store.join_turn(joined.id, view="{}")
    await store.note_activity(
        [
            did(turn, "Read"),
            did(turn, "Bash"),
            did(turn, "Bash", ok=False),
            did(turn, "overloaded", kind="error", ok=False),
            did(turn, "hook", kind="warning"),
            did(turn, "compacted", kind="note"),
        ]
    )

    summary = await store.activity_summary(turn.conversation_id)

    assert summary == ActivitySummary(
        turns={
            TurnState.ANSWERED: 1,
            TurnState.FAILED: 1,
            TurnState.JOINED: 1,
            TurnState.SUBMITTED: 1,
        },
        tools={"Bash": (2, 1), "Read": (1, 0)},
        errors=1,
        warnings=1,
        tokens=20,
        cost_usd=0.75,
        duration_s=60.0,
        first_at=began,
        last_at=clock.now,
    )
    assert list(summary.tools) == ["Bash", "Read"]


async def test_a_summary_of_nothing_is_nothing(store: Store) -> None:
    home = await conversation(store)

    assert await store.activity_summary(home.id) == ActivitySummary(
        turns={},
        tools={},
        errors=0,
        warnings=0,
        tokens=0,
        cost_usd=0,
        duration_s=0,
        first_at=None,
        last_at=None,
    )


async def test_what_was_done_long_ago_is_forgotten(store: Store, clock: Clock) -> None:
    turn = await asked(store)
    await store.note_activity([did(turn, "Bash", at=clock.now)])
    clock.pass_days(20)
    recent = did(turn, "Read", at=clock.now)
    await store.note_activity([recent])

    clock.pass_days(11)
    await store.prune()

    assert await store.activity(turn.conversation_id, limit=9) == [recent]


async def test_a_forgotten_conversation_did_nothing(store: Store) -> None:
    turn = await asked(store)
    await store.note_activity([did(turn, "Bash")])

    await store.forget(turn.conversation_id)

    assert await store.activity(turn.conversation_id, limit=9) == []
