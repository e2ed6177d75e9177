"""What answers an order is kept until it is seen."""

from pathlib import Path

from store.notices import WEEK_S
from store.store import Store
from tests.store.scene import HERE, Clock


async def test_an_answer_is_there_until_it_was_seen(path: Path) -> None:
    async with Store.open(path) as store:
        await store.keep("telegram", [("1", "{}"), ("2", "{}")])
        for number in ("1", "2"):
            await store.answer(
                "telegram", [number], view_id=f"n{number}", view="{}", address=HERE
            )
        assert await store.pending("telegram") == []
        await store.notice_shown("n1")

    async with Store.open(path) as store:
        [left] = await store.unshown_notices()
    assert (left.view_id, left.view, left.address) == ("n2", "{}", HERE)


async def test_the_newest_answer_to_an_order_counts(store: Store) -> None:
    for view in ("{}", "[]"):
        await store.answer("telegram", ["1"], view_id="n1", view=view, address=HERE)

    assert [notice.view for notice in await store.unshown_notices()] == ["[]"]


async def test_nobody_waits_for_an_answer_for_ever(store: Store, clock: Clock) -> None:
    await store.answer("telegram", ["1"], view_id="n1", view="{}", address=HERE)
    clock.pass_days(WEEK_S / 86_400 + 1)

    assert await store.unshown_notices() == []
