"""A conversation lives at its address, and knows what it is set to."""

import asyncio
from pathlib import Path

import pytest

from store.records import AddressRecord, ConversationId, ConversationRecord, TurnState
from store.store import Store
from tests.store.scene import HERE, Clock, asked, conversation, end, now

ELSEWHERE = AddressRecord(platform="telegram", chat="7")


async def test_an_address_keeps_its_conversation(store: Store, clock: Clock) -> None:
    begun = await conversation(store)

    again = await store.conversation_at(
        HERE, project="other", agent="codex", session_id="session-2"
    )

    assert again == begun
    assert (begun.project, begun.agent) == ("shop", "claude")
    assert (begun.session_id, begun.created_at) == ("session-1", clock.now)
    assert await store.addresses(begun.id) == [HERE]


async def test_every_part_of_an_address_counts(store: Store) -> None:
    addresses = [
        AddressRecord(platform="slack", chat="C1", thread="1.0", team="T1"),
        AddressRecord(platform="slack", chat="C1", thread="1.0", team="T2"),
        AddressRecord(platform="slack", chat="C1", thread="2.0", team="T1"),
        AddressRecord(platform="slack", chat="C2", thread="1.0", team="T1"),
        AddressRecord(platform="other", chat="C1", thread="1.0", team="T1"),
    ]

    begun = [await conversation(store, address) for address in addresses]

    assert len({record.id for record in begun}) == 5


async def test_two_that_look_at_once_find_the_same(store: Store) -> None:
    found = await asyncio.gather(*(conversation(store) for _ in range(5)))

    assert len({record.id for record in found}) == 1


async def test_a_new_session_begins_together_with_its_event(store: Store) -> None:
    before = await conversation(store)
    other = await conversation(store, ELSEWHERE)
    await store.keep("telegram", [("1", "/new"), ("2", "hello")])

    after = await store.change(
        before.id, {"session_id": "session-2"}, platform="telegram", events=["1"]
    )

    assert (after.id, after.session_id) == (before.id, "session-2")
    assert await conversation(store, HERE) == after
    assert await conversation(store, ELSEWHERE) == other
    assert await store.carried_out("telegram", ["1"])
    assert not await store.carried_out("telegram", ["2"])
    await store.discard("telegram", ["1"])
    assert not await store.carried_out("telegram", ["1"])
    assert [kept.event_id for kept in await store.pending("telegram")] == ["2"]


async def change(
    store: Store, home: ConversationRecord, **changes: str | int
) -> ConversationRecord:
    return await store.change(home.id, changes, platform="telegram", events=())


async def test_every_setting_is_changed_and_kept(path: Path) -> None:
    async with Store.open(path) as store:
        begun = await conversation(store)
        assert (begun.effort, begun.worktree, begun.debug) == ("", "", False)
        changed = await change(
            store,
            begun,
            session_id="session-2",
            fork_of="session-1",
            project="garden",
            model="opus",
            mode="plan",
            effort="high",
            worktree="/srv/trees/one",
            branch="parley/one",
            language="ko",
            debug=1,
        )

    async with Store.open(path) as store:
        assert await store.conversation(begun.id) == changed
    assert (changed.id, changed.agent) == (begun.id, "claude")
    assert (changed.project, changed.model, changed.mode) == ("garden", "opus", "plan")
    assert (changed.session_id, changed.fork_of) == ("session-2", "session-1")
    assert (changed.effort, changed.language, changed.debug) == ("high", "ko", True)
    assert (changed.worktree, changed.branch) == ("/srv/trees/one", "parley/one")


async def test_what_is_not_named_stays(store: Store) -> None:
    begun = await change(store, await conversation(store), model="opus", debug=1)

    after = await change(store, begun, mode="plan")

    assert (after.model, after.mode, after.debug) == ("opus", "plan", True)


@pytest.mark.parametrize("changes", [{}, {"agent": "codex"}, {"id": 7, "model": "x"}])
async def test_what_is_no_setting_is_an_error_of_the_caller(
    store: Store, changes: dict[str, str | int]
) -> None:
    before = await conversation(store)

    with pytest.raises(ValueError, match="not for a conversation"):
        await change(store, before, **changes)

    assert await conversation(store) == before


async def test_a_fork_is_one_for_as_long_as_its_session(store: Store) -> None:
    home = await conversation(store)
    await change(store, home, session_id="session-2", fork_of="session-1")

    assert (await change(store, home, model="opus")).fork_of == "session-1"
    assert (await change(store, home, session_id="session-2")).fork_of == "session-1"
    assert (await change(store, home, session_id="session-3")).fork_of == ""


# --- sessions and worktrees ---------------------------------------------------


async def test_a_session_has_begun_once_an_agent_took_up_a_turn_under_it(
    store: Store,
) -> None:
    turn = await asked(store)
    assert not await store.session_began("session-1")
    await store.submit_turn(turn.id, prompt_uuid="u", session_id="session-1")
    assert not await store.session_began("session-1")

    await store.consume_turn(turn.id)
    # An agent that dies now has perhaps recorded nothing, and nothing is lost.
    assert not await store.session_began("session-1")

    # Whatever becomes of the turn, what was said in that session was said.
    await store.submit_turn(turn.id, prompt_uuid="u", session_id="session-2")
    await end(store, turn, TurnState.CANCELLED)
    assert await store.session_began("session-1")
    assert not await store.session_began("session-2")


async def test_a_first_turn_that_is_tried_again_has_begun_no_session(
    store: Store,
) -> None:
    turn = await asked(store)
    await store.submit_turn(turn.id, prompt_uuid="u", session_id="session-1")
    await store.consume_turn(turn.id)
    await end(store, turn, TurnState.FAILED, answer="")
    assert await store.session_began("session-1")

    assert await store.requeue_turn(turn.id, forgive=True)

    assert not await store.session_began("session-1")


async def test_a_session_has_begun_with_an_answer_that_was_found_later(
    store: Store,
) -> None:
    turn = await asked(store)
    await store.submit_turn(turn.id, prompt_uuid="u", session_id="session-1")

    await end(store, await now(store, turn))

    assert await store.session_began("session-1")


async def test_a_session_is_held_by_the_conversation_that_has_it_now(
    store: Store,
) -> None:
    home = await conversation(store)
    assert await store.holder_of("session-1") == home.id
    assert await store.holder_of("session-2") is None

    await change(store, home, session_id="session-2")
    assert await store.holder_of("session-1") is None
    assert await store.holder_of("session-2") == home.id

    await store.forget(home.id)
    assert await store.holder_of("session-2") is None


async def test_worktrees_know_the_conversations_that_work_in_them(
    store: Store,
) -> None:
    homes = [
        await conversation(store, AddressRecord(platform="telegram", chat=chat))
        for chat in "1234"
    ]
    tree = "/srv/trees/one"
    one, two = [await change(store, home, worktree=tree) for home in homes[:2]]
    other = await change(store, homes[2], worktree="/srv/trees/two")

    assert await store.in_worktree(tree) == [one, two]
    assert await store.worktrees() == [one, two, other]
    assert await store.in_worktree("") == []

    await store.forget(two.id)
    await change(store, other, worktree="")
    assert await store.worktrees() == [one]


async def test_a_conversation_that_never_was_or_is_forgotten_is_not_found(
    store: Store,
) -> None:
    home = await conversation(store)
    assert await store.conversation(home.id) == home

    await store.forget(home.id)

    assert await store.conversation(home.id) is None
    assert await store.conversation(ConversationId(99)) is None
