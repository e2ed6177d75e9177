"""An event is on disk before anything is made of it, and is known ever after."""

from pathlib import Path

from store.store import Store
from tests.store.scene import Clock, asked


async def ids(store: Store, platform: str = "telegram") -> list[str]:
    return [kept.event_id for kept in await store.pending(platform)]


async def test_events_are_kept_in_the_order_they_came(store: Store) -> None:
    first = await store.keep("telegram", [("9", '{"a": "ü"}'), ("10", "{}")])
    await store.keep("telegram", [("8", "{}")])

    assert [(kept.event_id, kept.payload) for kept in first] == [
        ("9", '{"a": "ü"}'),
        ("10", "{}"),
    ]
    assert await ids(store) == ["9", "10", "8"]


async def test_only_new_events_are_returned(store: Store) -> None:
    await store.keep("telegram", [("1", "old")])

    again = await store.keep("telegram", [("1", "new"), ("2", "x"), ("2", "y")])

    assert [(kept.event_id, kept.payload) for kept in again] == [("2", "x")]
    assert [kept.payload for kept in await store.pending("telegram")] == ["old", "x"]


async def test_nothing_to_keep_is_fine(store: Store) -> None:
    assert await store.keep("telegram", []) == []


async def test_payloads_come_back_as_they_were(store: Store) -> None:
    odd = ['{"text": "\\ud83d \\u0000"}', "'; DROP TABLE inbox; --", "한국어 🎉", ""]

    await store.keep("telegram", [(str(i), text) for i, text in enumerate(odd)])

    assert [kept.payload for kept in await store.pending("telegram")] == odd


async def test_a_large_batch_is_one_call(store: Store) -> None:
    events = [(str(number), "x" * 2000) for number in range(500)]

    assert len(await store.keep("telegram", events)) == 500
    assert await ids(store) == [id_ for id_, _ in events]


async def test_platforms_number_their_events_independently(store: Store) -> None:
    await store.keep("telegram", [("1", "{}")])

    assert len(await store.keep("slack", [("1", "{}")])) == 1
    await store.discard("slack", ["1"])

    assert await ids(store) == ["1"]
    assert await ids(store, "slack") == []


async def test_a_discarded_event_is_known_but_not_pending(store: Store) -> None:
    await store.keep("telegram", [("1", "{}"), ("2", "{}"), ("3", "{}")])

    await store.discard("telegram", ["1", "3", "never seen"])
    await store.discard("telegram", ["1"])

    assert await ids(store) == ["2"]
    assert await store.keep("telegram", [("1", "{}")]) == []


async def test_a_parked_event_waits_for_the_operator(store: Store) -> None:
    await store.keep("telegram", [("1", "?"), ("2", "{}")])

    await store.park("telegram", "1", "no chat in it")
    await store.park("telegram", "1", "another reason")

    assert await ids(store) == ["2"]
    [parked] = await store.parked()
    assert (parked.platform, parked.event_id) == ("telegram", "1")
    assert (parked.payload, parked.reason) == ("?", "no chat in it")
    assert await store.keep("telegram", [("1", "?")]) == []


async def test_what_is_dealt_with_is_not_parked(store: Store) -> None:
    await asked(store, "1")

    await store.park("telegram", "1", "too late")

    assert await store.parked() == []


async def test_events_survive_a_restart(path: Path, clock: Clock) -> None:
    async with Store.open(path, clock) as store:
        [kept] = await store.keep("telegram", [("1", "{}")])
    async with Store.open(path, clock) as store:
        assert await store.pending("telegram") == [kept]
        assert kept.kept_at == clock.now


async def test_the_backlog_is_told_by_platform(store: Store, clock: Clock) -> None:
    assert await store.backlog() == []
    await store.keep("slack", [("a", "{}"), ("b", "{}")])
    first = clock.now
    clock.pass_days(1)
    await store.keep("telegram", [("1", "{}"), ("2", "{}")])
    await store.park("telegram", "1", "odd")
    await store.discard("telegram", ["2"])

    told = {one.platform: one for one in await store.backlog()}

    assert (told["slack"].oldest_kept_at, told["slack"].parked) == (first, 0)
    assert (told["telegram"].oldest_kept_at, told["telegram"].parked) == (None, 1)


async def test_it_knows_when_a_platform_was_heard_of_last(
    store: Store, clock: Clock
) -> None:
    assert await store.last_kept_at("slack") is None

    await store.keep("slack", [("a", "{}")])
    clock.pass_days(1)
    await store.keep("slack", [("b", "{}"), ("a", "{}")])
    await store.discard("slack", ["b"])
    clock.pass_days(1)
    await store.keep("telegram", [("1", "{}")])

    assert await store.last_kept_at("slack") == clock.now - 24 * 3600
