"""Lists and searches see every conversation, and none that was deleted."""

import json
import sqlite3
from pathlib import Path

import pytest

from store.records import AddressRecord, ConversationId, TurnRecord
from store.schema import released
from store.search import NEAR
from store.store import Store
from tests.store.scene import HERE, Clock, ask, conversation, end

WEB = AddressRecord(platform="web", chat="a1")


async def begin(
    store: Store, key: str = "k", address: AddressRecord = WEB, task: str = ""
) -> ConversationId:
    return await store.begin_conversation(
        address,
        key=key,
        project="",
        agent="claude",
        session_id="session-9",
        model="opus",
        mode="plan",
        task=task,
        settings='{"name": "Mine"}',
    )


async def said(
    store: Store, prompt: str, answer: str = "", address: AddressRecord = HERE
) -> TurnRecord:
    """A turn of these words, answered if there is an answer."""
    home = await conversation(store, address)
    event = f"said {prompt} {address.chat}"
    await store.keep(address.platform, [(event, "{}")])
    turn = await store.queue_turn(
        home.id,
        platform=address.platform,
        events=[event],
        prompt=json.dumps({"text": prompt}, ensure_ascii=False),
        asked_by="1001",
        address=address,
        reply_to=None,
        prompt_uuid="uuid-1",
    )
    assert turn is not None
    if answer:
        await end(store, turn, answer=answer)
    return turn


async def found(store: Store, *words: str) -> list[str]:
    return [hit.prompt for hit in await store.search(list(words), limit=30)]


async def test_a_conversation_is_begun_once_under_a_key(store: Store) -> None:
    first = await begin(store)
    again = await begin(store, address=AddressRecord(platform="web", chat="b2"))
    other = await begin(store, "l", AddressRecord(platform="web", chat="c3"))

    assert first == again != other
    card = await store.card(first)
    assert card is not None
    assert (card.home, card.conversation.mode) == (WEB, "plan")
    assert card.conversation.settings == '{"name": "Mine"}'
    assert await store.conversation_at(
        WEB, project="shop", agent="claude", session_id="new"
    ) == (card.conversation)


async def test_the_list_is_in_the_order_of_the_latest_change(
    store: Store, clock: Clock
) -> None:
    old = await begin(store)
    clock.now += 1
    turn = await said(store, "hello")
    clock.now += 1
    new = await begin(store, "l", AddressRecord(platform="web", chat="c3"))

    [first, second, third] = await store.cards(before=None, limit=9)
    assert [first.conversation.id, third.conversation.id] == [new, old]
    assert (second.first_prompt, second.newest_answer) == ("hello", "")
    assert second.home == HERE

    clock.now += 1
    await end(store, turn, answer="It is 42.")
    [first] = await store.cards(before=None, limit=1)
    assert (first.newest_answer, first.changed_at) == ("It is 42.", clock.now)
    rest = await store.cards(before=first.changed_at, limit=9)
    assert [card.conversation.id for card in rest] == [new, old]


async def test_the_conversations_of_a_task_are_in_the_order_of_their_beginning(
    store: Store,
) -> None:
    await said(store, "of no task")
    ids = [
        await begin(store, key, AddressRecord(platform="web", chat=key), task="t")
        for key in "abc"
    ]

    assert [card.conversation.id for card in await store.cards_of_task("t")] == ids
    assert await store.cards_of_task("") == []


async def test_turns_come_in_pages_oldest_first(store: Store) -> None:
    turns = [await said(store, f"words {number}") for number in range(5)]
    home = turns[0].conversation_id

    page = await store.turns_of(home, before=None, limit=2)
    before = await store.turns_of(home, before=page[0].id, limit=2)

    assert [turn.id for turn in before + page] == [turn.id for turn in turns[1:]]


WORDS = [
    ("deploy the Frobnicator", "done", ["frobnicator"]),
    ("안녕하세요 배포해 주세요", "네", ["배포해", "주세요"]),  # three and more
    ("배포 언제", "내일", ["배포"]),  # two: too short for the index
    ("日本語で書いてください", "はい", ["書いて"]),
    ("percent 100% _sure_", "yes", ["100%", "_sure_"]),
    ('say "quoted" AND not', "ok", ['"quoted"', "AND"]),
    ("what is it", "The answer is зелёный", ["зелёный"]),
    ("a b c", "", ["b"]),
]


@pytest.mark.parametrize("indexed", [True, False])
async def test_words_of_any_script_are_found(path: Path, indexed: bool) -> None:
    async with Store.open(path) as store:
        if not indexed:
            await _without_index(store)
        for prompt, answer, _ in WORDS:
            await said(store, prompt, answer)

        for prompt, _, words in WORDS:
            assert prompt in await found(store, *words)
        assert await found(store, "nowhere", "deploy") == []
        assert await found(store, "%") == ["percent 100% _sure_"]


@pytest.mark.parametrize("indexed", [True, False])
async def test_short_words_are_looked_for_in_the_newest_turns(
    path: Path, indexed: bool
) -> None:
    async with Store.open(path) as store:
        if not indexed:
            await _without_index(store)
        await said(store, "at sea, elsewhere")
        home = (await said(store, "qz, and far back")).conversation_id
        await _repeated(store, home, "and so on", NEAR - 1)
        assert await found(store, "qz") == ["qz, and far back"]
        assert await found(store, "qz", "and") == ["qz, and far back"]

        await _repeated(store, home, "and so on", 1)

        assert await found(store, "qz") == await found(store, "qz", "and") == []
        assert await found(store, "so") == ["and so on"] * 30
        assert (await found(store, "elsewhere") != []) is indexed
        assert (await found(store, "elsewhere", "at") != []) is indexed


async def test_changed_words_replace_the_old_ones_in_the_index(store: Store) -> None:
    turn = await said(store, "the first version")

    await store.amend_turn(
        turn.id,
        prompt='{"text": "another edition"}',
        prompt_uuid="uuid-2",
        platform="telegram",
        events=["e"],
    )

    assert await found(store, "version") == []
    assert await found(store, "edition") == ["another edition"]


async def test_what_was_said_before_there_was_an_index_is_found(path: Path) -> None:
    path.parent.mkdir()
    old = sqlite3.connect(path)
    old.executescript("".join(f"{script};" for script in released()[:2]))
    old.executescript(
        """
        INSERT INTO conversation (id, project, agent, session_id, created_at)
        VALUES (1, 'default', 'claude', 's', 5.0);
        INSERT INTO address VALUES ('telegram', '', '7', '3', 1);
        INSERT INTO turn (
            conversation_id, origin_platform, origin_event, state, prompt, prompt_uuid,
            asked_by, platform, team, chat, thread, answer, queued_at, finished_at
        )
        VALUES (
            1, 'telegram', 'e', 'answered', '{"text": "an old question"}', 'u',
            '1001', 'telegram', '', '7', '3', 'an old answer', 6.0, 7.0
        );
        PRAGMA user_version = 2;
        """
    )
    old.close()

    async with Store.open(path) as store:
        assert await found(store, "question") == ["an old question"]
        [card] = await store.cards(before=None, limit=9)
        assert (card.changed_at, card.newest_answer) == (7.0, "an old answer")
        assert card.conversation.settings == ""


async def test_a_database_that_was_without_the_index_gets_it_back(path: Path) -> None:
    async with Store.open(path) as store:
        await _without_index(store)
        await said(store, "while it was away")

    async with Store.open(path) as store:
        assert await found(store, "away") == ["while it was away"]


async def test_what_is_forgotten_is_in_no_list_and_its_address_begins_anew(
    store: Store,
) -> None:
    turn = await said(store, "a secret", "kept")
    await store.ask(
        "q1",
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        request_id="r",
        question="{}",
    )
    assert await store.open_decisions(turn.conversation_id)

    await store.forget(turn.conversation_id)

    assert await store.card(turn.conversation_id) is None
    assert await store.cards(before=None, limit=9) == []
    assert await found(store, "secret") == []
    assert await store.open_decisions(turn.conversation_id) == []
    assert await store.unshown_decisions() == []
    assert await store.forgotten() == [turn.conversation_id]
    assert (await conversation(store)).id != turn.conversation_id
    again = await ask(store, "said a secret 7")
    assert again is None  # its event is still known


async def _repeated(
    store: Store, home: ConversationId, prompt: str, count: int
) -> None:
    """As many turns like the newest one there, with another prompt."""
    await store._database.run(
        """
        WITH RECURSIVE each (value) AS (
            SELECT 1 UNION ALL SELECT value + 1 FROM each WHERE value < :count
        )
        INSERT INTO turn (
            conversation_id, project, origin_platform, origin_event, state, prompt,
            prompt_uuid, session_id, asked_by, platform, team, chat, thread, queued_at
        )
        SELECT
            conversation_id, project, origin_platform, origin_event || value || :count,
            state, json_object('text', :prompt), prompt_uuid || value || :count,
            session_id, asked_by, platform, team, chat, thread, queued_at
        FROM each JOIN turn ON turn.id = (
            SELECT max(id) FROM turn WHERE conversation_id = :home
        )
        """,
        {"count": count, "prompt": prompt, "home": home},
    )


async def _without_index(store: Store) -> None:
    """As a SQLite leaves it that has no FTS5."""
    for name in ("search_added", "search_left", "search_changed"):
        await store._database.run(f"DROP TRIGGER {name}")
