"""A person may be known by several ids, and keeps a language for each."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from store.people import PersonRecord
from store.store import Store

ADA = ("telegram", "1001")
ADA_AT_WORK = ("slack", "U1")
ADA_AT_HOME = ("web", "ada")
BOB = ("slack", "U2")

ids = st.sampled_from([("telegram", each) for each in "123456"])


async def key(store: Store, person: tuple[str, str]) -> str:
    return (await store.person(*person)).key


async def test_somebody_never_seen_is_somebody_of_their_own(store: Store) -> None:
    assert await store.person(*ADA) == PersonRecord(
        platform="telegram", id="1001", key="telegram:1001", language=""
    )
    assert await store.people() == []


async def test_a_language_is_chosen_together_with_the_event_that_asked(
    store: Store,
) -> None:
    await store.keep("telegram", [("1", "/language ko"), ("2", "hello")])

    await store.set_language(*ADA, "en", events=())
    await store.set_language(*ADA, "ko", events=["1"])

    person = await store.person(*ADA)
    assert (person.key, person.language) == ("telegram:1001", "ko")
    assert await store.people() == [person]
    assert await store.carried_out("telegram", ["1"])
    assert not await store.carried_out("telegram", ["2"])


async def test_linked_ids_are_one_person_with_languages_of_their_own(
    store: Store,
) -> None:
    await store.set_language(*ADA_AT_WORK, "en", events=())

    await store.link_people(ADA, ADA_AT_WORK)
    await store.set_language(*ADA, "ko", events=())

    assert await key(store, ADA) == await key(store, ADA_AT_WORK)
    assert (await store.person(*ADA)).language == "ko"
    assert (await store.person(*ADA_AT_WORK)).language == "en"
    assert await key(store, BOB) != await key(store, ADA)
    assert len(await store.people()) == 2


async def test_a_link_joins_all_that_both_were(store: Store) -> None:
    await store.link_people(ADA_AT_WORK, ADA_AT_HOME)

    await store.link_people(ADA, ADA_AT_HOME)
    await store.link_people(ADA, ADA_AT_HOME)

    keys = {await key(store, one) for one in (ADA, ADA_AT_WORK, ADA_AT_HOME)}
    assert keys == {await key(store, ADA)}


@settings(max_examples=25, deadline=None, derandomize=True)
@given(links=st.lists(st.tuples(ids, ids), max_size=8))
def test_whoever_is_linked_by_whatever_way_is_one_person_and_nobody_else(
    links: list[tuple[tuple[str, str], tuple[str, str]]],
) -> None:
    groups = [{("telegram", each)} for each in "123456"]
    for a, b in links:
        joined = next(one for one in groups if a in one)
        other = next(one for one in groups if b in one)
        if joined is not other:
            groups.remove(other)
            joined |= other

    keys = asyncio.run(_keys(links))

    assert {frozenset(one) for one in groups} == {
        frozenset(one for one in keys if keys[one] == key) for key in keys.values()
    }


async def _keys(
    links: list[tuple[tuple[str, str], tuple[str, str]]],
) -> dict[tuple[str, str], str]:
    with tempfile.TemporaryDirectory() as folder:
        async with Store.open(Path(folder) / "parley.db") as store:
            for a, b in links:
                await store.link_people(a, b)
            return {
                ("telegram", each): await key(store, ("telegram", each))
                for each in "123456"
            }
