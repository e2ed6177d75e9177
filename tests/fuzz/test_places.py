"""Places in a stream that nobody was ever told, of a session that exists."""

import asyncio
from itertools import product
from pathlib import Path

from adapters.views import Said
from tests.adapters.web.api import api
from tests.adapters.web.reader import Reader, read_until, told
from tests.fuzz.test_web import PLACES

WORDS = "The quick brown fox"
SHORT = [place for place in PLACES if len(place) < 1_000]  # others are refused


def claimed(turn: str) -> list[str]:
    """Of the form that places have; none of them is one, by its digest."""
    fields = (
        (turn, "-", "x", "t" * 64),
        ("0", "1", "9" * 9),
        ("-1", "0", "3", "9" * 12),
        ("", "0", "0.1", "9" * 9),
        ("1", "ffffffff"),
        ("0",),
    )
    return [":".join(each) for each in product(*fields)]


async def test_whatever_place_is_claimed_the_whole_turn_is_told(tmp_path: Path) -> None:
    async with api(tmp_path) as client:
        session = client.desk.add().id
        turn = await client.desk.say(session, "Hello", key="k")
        assert turn
        client.desk.grow(session, turn, Said(WORDS, complete=False))

        for place in (*claimed(turn), *SHORT):
            reader = Reader()
            async with (
                asyncio.timeout(10),
                client.stream(
                    "GET",
                    f"/api/sessions/{session}/events",
                    headers=[(b"Last-Event-ID", place.encode())],
                ) as response,
            ):
                assert response.status_code == 200, place[:80]
                await read_until(
                    told(response), reader, lambda r: WORDS in r.texts.values()
                )
            assert reader.texts == {f"{turn}-0": WORDS}, place[:80]
