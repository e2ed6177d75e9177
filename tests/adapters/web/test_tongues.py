"""The page in the language of who reads it."""

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from adapters.language import languages
from adapters.views import Said
from adapters.web import live, page, plain, words
from adapters.web.tongues import accepted
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import serving

STATIC = Path(live.__file__).parent / "static"
HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("de, en;q=0.5, ko;q=0.7", "ko"),
        ("fr", ""),
        ("", ""),
        ("en;q=, ko;q=x, ;;q=1", ""),
        ("ko;q=0.1, en", "en"),
    ],
)
def test_a_browser_says_which_of_our_languages_it_likes_best(
    header: str, language: str
) -> None:
    assert accepted(header) == language


def test_scripts_have_every_word_they_say_and_no_other() -> None:
    said = {
        key
        for script in STATIC.glob("*.js")
        for key in re.findall(r'word\(\s*"([a-z-]+)"', script.read_text())
    }
    # One call chooses between two of them.
    assert said | {"minutes", "seconds"} == set(words.SCRIPTS)


@pytest.mark.parametrize("language", languages())
def test_what_scripts_say_names_what_they_put_in(language: str) -> None:
    for key, said in json.loads(words.for_scripts(language)).items():
        assert not said.startswith("web-js-")
        assert set(re.findall(r"\{(\w+)\}", said)) == set(words.SCRIPTS[key])


@pytest.mark.parametrize("by", ["browser", "choice"])
async def test_the_page_is_in_the_readers_language(tmp_path: Path, by: str) -> None:
    desk = FakeDesk(tmp_path)
    card = desk.add("제목")
    turn = await desk.say(card.id, "안녕", key="1") or ""
    desk.finish(card.id, turn, "네.")
    await desk.say(card.id, "또", key="2")
    desk.grow(card.id, "t2", Said("음"), thinking=True)
    headers = {"Accept-Language": "ko" if by == "browser" else "en"}
    desk.chosen_language = "ko" if by == "choice" else ""
    app = FastAPI()
    app.include_router(page.router(desk))
    async with (
        serving(app) as server,
        AsyncClient(base_url=server.url, headers=headers) as client,
    ):
        html = (await client.get(f"/c/{card.id}")).text
        first = (await client.get("/")).text
        missing = (await client.get("/c/99")).text

    assert all('<html lang="ko">' in each for each in (html, first, missing))
    assert "생각 중" in html
    assert "완료" in html
    for english in ("Write a message", "Search", "New conversation", "Done", "You<"):
        assert english not in html
    assert "무엇을 할까요?" in first
    assert "없는 대화예요" in missing


def test_the_way_in_speaks_it_too() -> None:
    assert HANGUL.search(plain.spent("ko").decode())
    assert not HANGUL.search(plain.spent("en").decode())
