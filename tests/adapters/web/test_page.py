"""The chat page's addresses, as a browser without scripts reads them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from adapters.views import QuestionStatus, QuestionView
from adapters.web import page
from adapters.web.assets import address
from adapters.web.values import Surface
from tests.adapters.web.desk import FakeDesk


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path, answer="Some **words**")


@pytest.fixture
async def web(desk: FakeDesk) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(page.router(desk))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://web") as client:
        yield client


async def test_the_first_page_says_what_to_do_and_what_is_missing(
    desk: FakeDesk, web: httpx.AsyncClient
) -> None:
    advice = "Ask *@BotFather*"
    desk.platforms = [
        Surface(platform="telegram", on=False, health=None, advice=advice)
    ]
    html = (await web.get("/")).text

    assert "What shall we do?" in html
    assert "demo agent" in html
    assert "Connect Telegram" in html
    assert "<em>@BotFather</em>" in html
    assert '<option value="site">site</option>' in html


async def test_a_page_has_no_script_or_style_of_its_own(
    desk: FakeDesk, web: httpx.AsyncClient
) -> None:
    card = desk.add()
    await desk.say(card.id, "Hello", key="1")
    for path in ("/", f"/c/{card.id}"):
        html = (await web.get(path)).text
        assert "<style" not in html
        assert " style=" not in html
        assert html.count("<script") == html.count('<script src="/static/')


async def test_a_conversation_shows_its_newest_turns_and_the_way_to_earlier_ones(
    desk: FakeDesk, web: httpx.AsyncClient
) -> None:
    card = desk.add("Long")
    for number in range(1, 41):
        await desk.say(card.id, f"Prompt {number}", key=str(number))
    newest = (await web.get(f"/c/{card.id}")).text
    earlier = (await web.get(f"/c/{card.id}?before=t11")).text

    assert 'id="t11"' in newest
    assert 'id="t10"' not in newest
    assert 'href="/c/1?before=t11"' in newest
    assert 'id="t10"' in earlier
    assert 'id="older"' not in earlier
    assert 'data-live=""' in earlier


async def test_a_page_that_leads_to_a_turn_reaches_back_to_it(
    desk: FakeDesk, web: httpx.AsyncClient
) -> None:
    card = desk.add("Long")
    for number in range(1, 101):
        await desk.say(card.id, f"Prompt {number}", key=str(number))

    html = (await web.get(f"/c/{card.id}?to=t20")).text

    assert 'id="t20"' in html
    assert 'id="t100"' in html
    assert 'id="t10"' not in html


async def test_an_open_question_is_there_at_once(
    desk: FakeDesk, web: httpx.AsyncClient
) -> None:
    desk.answer = None
    card = desk.add()
    turn = await desk.say(card.id, "Go", key="1") or ""
    desk.show(card.id, QuestionView(id="q1", turn_id=turn, title="May I?"))

    assert "May I?" in (await web.get(f"/c/{card.id}")).text


async def test_what_was_decided_stays_to_be_read(
    desk: FakeDesk, web: httpx.AsyncClient
) -> None:
    card = desk.add()
    turn = await desk.say(card.id, "Go", key="1") or ""
    asked = QuestionView(id="q1", turn_id=turn, title="May I?")
    decided = replace(asked, status=QuestionStatus.DECIDED, outcome="Yes by Ada")
    desk.show(card.id, decided)
    await desk.say(card.id, "And now?", key="2")

    for path in (f"/c/{card.id}", f"/c/{card.id}?before=t2"):
        assert (await web.get(path)).text.count("Yes by Ada") == 1


async def test_a_long_list_goes_on_on_another_page(
    desk: FakeDesk, web: httpx.AsyncClient
) -> None:
    for number in range(60):
        desk.add(f"Number {number:02}")
    first = (await web.get("/")).text
    href = (
        first.split('id="more-conversations"')[0].rsplit('href="', 1)[1].split('"')[0]
    )
    second = (await web.get(href)).text

    assert ("Number 10" in first, "Number 09" in first) == (True, False)
    assert ("Number 10" in second, "Number 09" in second) == (False, True)


async def test_there_is_a_page_for_what_is_not_there(web: httpx.AsyncClient) -> None:
    answer = await web.get("/c/7")

    assert answer.status_code == 404
    assert "No such conversation" in answer.text


async def test_scripts_are_kept_for_ever_under_an_address_of_their_content(
    web: httpx.AsyncClient,
) -> None:
    html = (await web.get("/")).text
    found = await web.get(address("page.js"))

    assert address("page.js") in html
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        "/static/0000000000000000/page.js",
        address("nothing.js"),
        address("..%2fpage.py"),
    ],
)
async def test_nothing_else_is_served(web: httpx.AsyncClient, path: str) -> None:
    assert (await web.get(path)).status_code == 404
