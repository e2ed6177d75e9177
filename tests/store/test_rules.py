"""What may always be done is decided with a card, per project, and revoked."""

import asyncio
from pathlib import Path

from store.rules import RuleRecord
from store.store import Store
from tests.store.scene import HERE, Clock, asked, decide

NPM = "Bash(npm test:*)"
EDIT = "Edit(/src/**)"


async def card(store: Store, id_: str = "q1") -> None:
    turn = await asked(store)
    await store.ask(
        id_,
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        request_id="r1",
        question="{}",
    )


async def revoke(store: Store, rule: RuleRecord, *events: str) -> RuleRecord | None:
    return await store.revoke_rule(
        rule.id, by="telegram:2 Bob", platform=HERE.platform, events=events
    )


async def test_a_rule_is_kept_with_the_decision_that_made_it(
    path: Path, clock: Clock
) -> None:
    async with Store.open(path, clock) as store:
        await card(store)
        assert await decide(store, "q1", option="always", rules=[NPM, EDIT])

    async with Store.open(path, clock) as store:
        npm, edit = await store.rules("shop")
        assert await store.rules("garden") == []
    assert (npm.pattern, edit.pattern) == (NPM, EDIT)
    assert (npm.project, npm.added_by) == ("shop", "telegram:1 Ada")
    assert npm.added_at == clock.now


async def test_a_decision_that_came_too_late_keeps_no_rule(store: Store) -> None:
    await card(store)
    await store.withdraw("q1")

    assert await decide(store, "q1", rules=[NPM]) is None

    assert await store.rules("shop") == []


async def test_the_same_pattern_twice_is_one_rule(store: Store) -> None:
    await card(store)
    await card(store, "q2")
    await decide(store, "q1", rules=[NPM, NPM])
    await decide(store, "q2", rules=[NPM], by="telegram:2 Bob")

    [rule] = await store.rules("shop")

    assert rule.added_by == "telegram:1 Ada"


async def test_a_rule_is_revoked_once_together_with_the_event_that_asked(
    store: Store,
) -> None:
    await card(store)
    await decide(store, "q1", rules=[NPM, EDIT])
    npm, edit = await store.rules("shop")
    await store.keep(HERE.platform, [("press", "{}"), ("press again", "{}")])

    revoked = await asyncio.gather(
        revoke(store, npm, "press"), revoke(store, npm, "press again")
    )

    assert [rule for rule in revoked if rule] == [npm]
    assert await store.rules("shop") == [edit]
    had_effect = [
        await store.carried_out(HERE.platform, [event])
        for event in ("press", "press again")
    ]
    assert had_effect == [revoked[0] is not None, revoked[1] is not None]


async def test_what_was_revoked_can_be_decided_again_and_is_another_rule(
    store: Store, clock: Clock
) -> None:
    await card(store)
    await decide(store, "q1", rules=[NPM])
    [before] = await store.rules("shop")
    await revoke(store, before)
    clock.pass_days(400)
    await store.prune()

    await card(store, "q2")
    await decide(store, "q2", rules=[NPM])

    [rule] = await store.rules("shop")
    assert rule.id != before.id
    assert await revoke(store, before) is None
    assert await store.rules("shop") == [rule]
