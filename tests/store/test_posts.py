"""What is on the screens is known through restarts."""

from pathlib import Path

from store.records import AddressRecord
from store.store import Store
from tests.store.scene import HERE

THERE = AddressRecord(platform="slack", chat="C1", thread="1.0", team="T1")


async def shown(
    store: Store, view: str = "t1", address: AddressRecord = HERE
) -> list[tuple[str, str | None]]:
    return [(post.part, post.ref) for post in await store.posts(address, view)]


async def test_a_message_is_known_before_and_after_it_is_sent(store: Store) -> None:
    await store.posting(HERE, "t1", "0")
    assert await shown(store) == [("0", None)]

    await store.posted(HERE, "t1", "0", "77")
    await store.posted(HERE, "t1", "0", "77")

    assert await shown(store) == [("0", "77")]


async def test_a_restart_knows_the_message_and_the_doubt(path: Path) -> None:
    async with Store.open(path) as store:
        await store.posting(HERE, "t1", "0")
        await store.posted(HERE, "t1", "0", "77")
        await store.posting(HERE, "t1", "1")

    async with Store.open(path) as store:
        assert await shown(store) == [("0", "77"), ("1", None)]


async def test_messages_stay_in_the_order_they_were_first_sent(store: Store) -> None:
    for part, ref in (("b", "1"), ("a", "2"), ("c", "3"), ("b", "9")):
        await store.posting(HERE, "t1", part)
        await store.posted(HERE, "t1", part, ref)

    assert await shown(store) == [("b", "9"), ("a", "2"), ("c", "3")]


async def test_sending_a_part_again_makes_its_whereabouts_uncertain(
    store: Store,
) -> None:
    await store.posted(HERE, "t1", "0", "77")

    await store.posting(HERE, "t1", "0")

    assert await shown(store) == [("0", None)]


async def test_what_is_removed_is_gone(store: Store) -> None:
    await store.posted(HERE, "t1", "0", "77")
    await store.posted(HERE, "t1", "1", "78")

    await store.removed(HERE, "t1", "0")
    await store.removed(HERE, "t1", "0")

    assert await shown(store) == [("1", "78")]


async def test_a_view_is_shown_at_each_address_by_itself(store: Store) -> None:
    await store.posted(HERE, "t1", "0", "77")
    await store.posted(THERE, "t1", "0", "1.5")
    await store.posted(HERE, "t2", "0", "80")

    await store.removed(HERE, "t1", "0")

    assert await shown(store) == []
    assert await shown(store, address=THERE) == [("0", "1.5")]
    assert await shown(store, "t2") == [("0", "80")]
