"""Whatever people and agents do is in the audit, once, and nothing of their words."""

import json
from pathlib import Path
from typing import Any

from store.audit_log import Entry
from store.chain import sha256
from store.records import AddressRecord, TurnState
from store.store import Store
from tests.store.audited import (
    NPM,
    entries,
    finish,
    kinds,
    request,
    sound,
    story,
    use,
)
from tests.store.scene import HERE, Clock, asked, conversation, decide, end

ADA = "telegram:1"


def told(entry: Entry) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(entry.body)
    return facts


async def test_a_turn_tells_who_asked_what_was_used_who_decided_and_what_it_cost(
    store: Store, path: Path, clock: Clock
) -> None:
    turn = await story(store)

    asking, first, second, wanted, decided, rule, ended = entries(path)
    assert (asking.kind, asking.actor, asking.at) == (
        "asked", "telegram:1001", clock.now,
    )  # fmt: skip
    assert told(asking) == {
        "project": "shop",
        "platform": "telegram",
        "chat": "7",
        "thread": "3",
        "prompt": sha256("hello"),
    }
    assert [told(one)["call"] for one in (first, second)] == ["call-1", "call-2"]
    assert told(first) == {"call": "call-1", "tool": "Bash", "input": "d" * 64}
    about = {"card": "q1", "request": "request-q1", "tool": "Bash", "call": "call-1"}
    assert wanted.kind == "permission"
    assert told(wanted) == {**about, "details": sha256("rm -rf /")}
    assert (decided.kind, decided.actor) == ("decided", ADA)
    assert told(decided) == {**about, "option": "always", "rule": NPM}
    assert (rule.kind, rule.actor) == ("access", ADA)
    assert told(rule) == {"rule_added": 1, "project": "shop", "pattern": NPM}
    assert told(ended) == {"how": "answered", "attempts": 1, "cost_usd": 0.25}
    within = {(entry.turn, entry.conversation) for entry in entries(path)}
    assert within == {(turn.id, turn.conversation_id), (None, None)}
    assert sound(path).entries == 7


async def test_files_and_recordings_are_told_by_what_is_in_them(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    prompt = {
        "text": "frobnicate",
        "command": "review",
        "files": [
            {"path": "/a", "sha256": "a" * 64},
            {"path": "", "problem": "too large"},
            {"path": "/b"},
        ],
        "transcripts": ["said aloud"],
    }
    await store.amend_turn(
        turn.id,
        prompt=json.dumps(prompt),
        prompt_uuid="u2",
        platform="telegram",
        events=(),
    )

    _, amended = entries(path)
    assert (amended.kind, amended.actor, amended.turn) == ("amended", "", turn.id)
    assert told(amended) == {
        "prompt": sha256("frobnicate"),
        "command": "review",
        "files": ["a" * 64, ""],
        "transcripts": [sha256("said aloud")],
    }


async def test_no_words_of_anybody_are_in_it(store: Store, path: Path) -> None:
    turn = await asked(store)
    for words in ("frobnicate", "frobnicate, please"):
        await store.amend_turn(
            turn.id,
            prompt=json.dumps({"text": words, "note": words}),
            prompt_uuid="u",
            platform="telegram",
            events=(),
        )
    await request(store, turn)
    await decide(store, "q1", option="deny", words="because I say so")
    await finish(store, turn, ADA)

    kept = "".join(str(entry) for entry in entries(path))
    assert kinds(path) == [
        "asked", "amended", "amended", "permission", "decided", "ended",
    ]  # fmt: skip
    for words in ("frobnicate", "because", "rm -rf", "forty-two", "hello", "Ada"):
        assert words not in kept


async def test_a_call_that_is_told_again_is_one_entry(store: Store, path: Path) -> None:
    turn, other = await asked(store), await asked(store)
    await store.note_tools(turn.id, [use("a"), use("b", parent_id="a"), use("a")])
    await store.note_tools(turn.id, [use("b"), use("c")])
    await store.note_tools(other.id, [use("a")])
    await store.note_tools(turn.id, [])

    tools = [entry for entry in entries(path) if entry.kind == "tool"]
    assert [(entry.turn, told(entry)["call"]) for entry in tools] == [
        (turn.id, "a"), (turn.id, "b"), (turn.id, "c"), (other.id, "a"),
    ]  # fmt: skip
    assert told(tools[1])["inside"] == "a"


async def test_what_did_not_happen_is_not_told(store: Store, path: Path) -> None:
    turn = await asked(store, "1")
    await request(store, turn)
    await decide(store, "q1")
    await end(store, turn)
    before = kinds(path)

    assert await decide(store, "q1", option="deny", rules=[NPM]) is None
    assert not await end(store, turn)
    assert await store.withdraw("q1") is None
    assert await store.revoke_rule(1, by=ADA, platform="telegram", events=()) is None
    await store.deliver_turn(turn.id)
    await store.queue_turn(
        turn.conversation_id,
        platform="telegram",
        events=["1"],
        prompt="{}",
        asked_by="1001",
        address=HERE,
        reply_to=None,
        prompt_uuid="u",
    )

    assert kinds(path) == before == ["asked", "permission", "decided", "ended"]


async def test_who_stopped_it_is_told_and_what_it_cost_until_then(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    await finish(store, turn, ADA)
    await store.add_cost(turn.id, 0.5, 70)
    await store.add_cost(turn.id, None, None)
    again = await store.requeue_turn(turn.id, forgive=True)
    assert again is not None
    await end(store, again, TurnState.FAILED, cost_usd=0.25)

    _, stopped, cost, retried, ended = entries(path)
    assert (stopped.kind, stopped.actor) == ("ended", ADA)
    assert told(stopped)["how"] == "cancelled"
    assert (cost.kind, told(cost)) == ("cost", {"cost_usd": 0.5, "tokens": 70})
    assert retried.kind == "again"
    assert (ended.actor, told(ended)["how"], told(ended)["cost_usd"]) == (
        "", "failed", 0.75,
    )  # fmt: skip


async def test_words_that_were_slipped_into_a_turn_ended_there(
    store: Store, path: Path
) -> None:
    host, turn = await asked(store), await asked(store)
    await store.steer_turn(turn.id, into=host.id, prompt_uuid="u", session_id="s")
    await store.join_turn(turn.id, view="{}")

    ended = entries(path)[-1]
    assert told(ended) == {"how": "joined", "into": host.id, "attempts": 0}


async def test_a_question_nobody_can_answer_any_more_is_withdrawn(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    await request(store, turn)
    await store.ask(
        "menu",
        turn_id=None,
        conversation_id=turn.conversation_id,
        request_id="own:menu",
        question="{}",
    )
    await store.withdraw_all()
    await store.withdraw("menu")

    assert kinds(path) == ["asked", "permission", "withdrawn"]


async def test_a_choice_from_a_menu_is_a_decision(store: Store, path: Path) -> None:
    home = await conversation(store)
    await store.ask(
        "menu",
        turn_id=None,
        conversation_id=home.id,
        request_id="own:menu",
        question="no JSON",
    )
    await decide(store, "menu", option="o3", words="bypass")

    [decided] = entries(path)
    assert told(decided) == {
        "card": "menu",
        "request": "own:menu",
        "option": "o3",
        "words": sha256("bypass"),
    }


async def test_what_may_be_done_is_told_when_it_changes(
    store: Store, path: Path
) -> None:
    home = await conversation(store)
    turn = await asked(store)
    await request(store, turn)
    await decide(store, "q1", option="always", rules=[NPM])
    await store.revoke_rule(1, by="slack:U2", platform="telegram", events=())
    await store.link_people(("telegram", "1"), ("slack", "U1"))
    there = AddressRecord(platform="slack", team="T", chat="C", thread="1.0")
    settled: dict[str, Any] = {"platform": "slack", "events": (), "by": "slack:U1"}
    await store.move_address(there, home.id, **settled)
    await store.change(home.id, {"model": "opus"}, **settled)
    await store.change(home.id, {"mode": "bypassPermissions"}, **settled)
    begun = await store.begin_conversation(
        AddressRecord(platform="web", chat="x"),
        key="k",
        project="shop",
        agent="claude",
        session_id="s",
        model="",
        mode="acceptEdits",
        task="",
        settings="",
        by="web:owner",
    )

    changes = [entry for entry in entries(path) if entry.kind == "access"]
    assert [(entry.actor, entry.conversation, told(entry)) for entry in changes] == [
        (ADA, None, {"rule_added": 1, "project": "shop", "pattern": NPM}),
        ("slack:U2", None, {"rule_removed": 1, "project": "shop", "pattern": NPM}),
        ("slack:U1", None, {"same_person_as": ADA}),
        ("slack:U1", home.id, {"shown_at": there.values}),
        ("slack:U1", home.id, {"mode": "bypassPermissions"}),
        ("web:owner", begun, {"mode": "acceptEdits"}),
    ]
    sound(path)
