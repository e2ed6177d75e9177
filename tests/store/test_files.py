"""A file is on record before it is shown, once for each call that sends it."""

from pathlib import Path

from store.files import FileRecord
from store.records import TurnRecord
from store.store import Store
from tests.store.scene import Clock, asked, end


async def send(
    store: Store,
    view: str,
    turn: TurnRecord,
    call: str = "call-1",
    *,
    of_turn: bool = True,
) -> FileRecord:
    return await store.send_file(
        view,
        conversation_id=turn.conversation_id,
        turn_id=turn.id if of_turn else None,
        call_id=call,
        path=f"/state/files/{view}",
        name="report.pdf",
        media_type="application/pdf",
        size=1234,
        caption="The report",
    )


async def test_a_file_is_on_record_until_the_screens_show_it(
    path: Path, clock: Clock
) -> None:
    async with Store.open(path, clock) as store:
        turn = await asked(store)
        sent = await send(store, "f1", turn)

    async with Store.open(path, clock) as store:
        assert await store.unshown_files() == [sent]
        await store.file_shown("f1")
        clock.pass_days(1)
        await store.file_shown("f1")
        shown = await store.file("f1")
        assert await store.unshown_files() == []
        assert await store.file("f9") is None
    assert (sent.name, sent.size, sent.caption) == ("report.pdf", 1234, "The report")
    assert (sent.sent_at, sent.shown_at) == (clock.now - 24 * 3600, None)
    assert shown is not None
    assert shown.shown_at == sent.sent_at


async def test_a_call_that_is_made_again_sends_nothing_twice(store: Store) -> None:
    turn, other = await asked(store), await asked(store)
    first = await send(store, "f1", turn)

    assert await send(store, "f2", turn) == first
    assert (await send(store, "f3", turn, "call-2")).view_id == "f3"
    assert (await send(store, "f4", other)).view_id == "f4"

    assert len(await store.unshown_files()) == 3


async def test_what_no_call_or_no_turn_sent_is_one_file_for_each_view(
    store: Store,
) -> None:
    turn = await asked(store)

    sent = [
        await send(store, "f1", turn, ""),
        await send(store, "f2", turn, ""),
        await send(store, "f3", turn, of_turn=False),
        await send(store, "f4", turn, of_turn=False),
        await send(store, "f4", turn, of_turn=False),
    ]

    assert [one.view_id for one in sent] == ["f1", "f2", "f3", "f4", "f4"]
    assert len(await store.unshown_files()) == 4


async def test_files_of_turns_come_in_the_order_they_were_sent(store: Store) -> None:
    turn, other, neither = [await asked(store) for _ in range(3)]
    for view, of in (("f3", other), ("f1", turn), ("f9", neither), ("f2", turn)):
        await send(store, view, of, view)
    await send(store, "f0", turn, of_turn=False)

    sent = await store.files_of([turn.id, other.id])

    assert [one.view_id for one in sent] == ["f3", "f1", "f2"]
    assert await store.files_of([]) == []


async def test_files_that_are_long_over_are_named_for_the_last_time(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    await send(store, "f1", turn)
    await send(store, "f2", turn, "call-2")
    await store.file_shown("f1")
    await end(store, turn)
    await store.deliver_turn(turn.id)
    clock.pass_days(29)
    assert await store.prune() == []

    clock.pass_days(2)

    assert await store.prune() == ["/state/files/f1"]
    assert await store.prune() == []
    assert await store.file("f1") is None
    assert [one.view_id for one in await store.unshown_files()] == ["f2"]


async def test_a_forgotten_conversation_shows_no_more_files(store: Store) -> None:
    turn = await asked(store)
    await send(store, "f1", turn)

    await store.forget(turn.conversation_id)

    assert await store.unshown_files() == []
