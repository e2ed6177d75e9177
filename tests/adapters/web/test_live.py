"""The stream of patches, over a real socket."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from adapters.views import (
    Notice,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
)
from adapters.web import live
from adapters.web.pane import TURNS, Pane, Patch
from adapters.web.port import Entry
from adapters.web.turns import turn_blocks
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import serving

MAY_I = QuestionView(id="q1", turn_id="t1", title="May I?")


class Stream:
    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> dict[str, Any]:
        """The next batch."""
        async for line in self._lines:
            if line.startswith("event: gone"):
                return {"gone": True}
            if line.startswith("data: "):
                return dict(json.loads(line.removeprefix("data: ")))
        raise AssertionError("the stream ended")

    async def until(self, id_: str, words: str = "") -> str:
        """The markup of the first patch of *id_* that holds *words*."""
        while True:
            for patch in (await self.next())["patches"]:
                if patch["id"] == id_ and words in patch["html"]:
                    return str(patch["html"])


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@asynccontextmanager
async def streaming(desk: FakeDesk, path: str) -> AsyncIterator[Stream]:
    app = FastAPI()
    app.include_router(live.router(desk))
    async with (
        serving(app) as server,
        httpx.AsyncClient(base_url=server.url, timeout=10) as client,
        client.stream("GET", path) as answer,
    ):
        yield Stream(answer.aiter_lines())


async def test_a_stream_begins_with_how_things_are(desk: FakeDesk) -> None:
    card = desk.add("Hello", "telegram")
    await desk.say(card.id, "Go", key="1")
    desk.show(card.id, MAY_I)
    async with streaming(desk, f"/live?c={card.id}") as stream:
        first = await stream.next()

    patches = {patch["id"]: patch["html"] for patch in first["patches"]}
    assert list(patches) == ["conversations", "head", "t1"]
    assert "Telegram" in patches["conversations"]
    assert "May I?" in patches["t1"]


async def test_only_what_changed_is_sent(desk: FakeDesk) -> None:
    card = desk.add()
    await desk.say(card.id, "Go", key="1")
    desk.grow(card.id, "t1", Said("One.\n\nTwo", complete=False))
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        desk.grow(card.id, "t1", Said("One.\n\nTwo and", complete=False))
        # The first change of a conversation draws the list too.
        changed = [patch["id"] for patch in (await stream.next())["patches"]]

    assert changed[-1] == "t1-p0-1"
    assert not any(id_ in changed for id_ in ("t1", "t1-p0-0", "t1-asked"))


async def test_a_question_opens_and_retires_and_the_answer_is_told_once(
    desk: FakeDesk,
) -> None:
    card = desk.add()
    await desk.say(card.id, "Go", key="1")
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        desk.show(card.id, MAY_I)
        opened = await stream.next()
        decided = replace(MAY_I, status=QuestionStatus.DECIDED, outcome="Yes by Ada")
        desk.show(card.id, decided)
        retired = await stream.until("q1")
        desk.finish(card.id, "t1", "The answer")
        while not (ended := await stream.next())["say"]:
            pass

    assert opened["say"] == "The agent asks: May I?"
    assert "Yes by Ada" in retired
    assert ended["say"] == "Done. The answer"


async def test_a_notice_for_somebody_else_is_not_shown(desk: FakeDesk) -> None:
    card = desk.add()
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        desk.show(card.id, Notice(id="n1", text="For Ada", only_for="4711"))
        desk.show(card.id, Notice(id="n2", text="For all"))
        patches = (await stream.next())["patches"]

    assert [patch["id"] for patch in patches] == ["n2"]


async def test_the_list_is_alive_on_every_page(desk: FakeDesk) -> None:
    card = desk.add("Hello")
    async with streaming(desk, "/live") as stream:
        await stream.next()
        await desk.say(card.id, "Go", key="1")
        await stream.until("conversations", "Working")
        desk.finish(card.id, "t1", "Done")
        html = await stream.until("conversations")

    assert "Working" not in html


async def test_a_deleted_conversation_ends_its_stream(desk: FakeDesk) -> None:
    kept, card = desk.add(), desk.add()
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        await desk.delete(card.id)
        await desk.say(kept.id, "Go", key="1")

        assert await stream.next() == {"gone": True}


async def test_there_is_no_stream_of_what_is_not_there(desk: FakeDesk) -> None:
    app = FastAPI()
    app.include_router(live.router(desk))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://web") as client:
        assert (await client.get("/live?c=7")).status_code == 404


# --- patches ------------------------------------------------------------------

parts = st.lists(
    st.one_of(
        st.builds(Said, st.text("ab \n*`", max_size=30), st.booleans()),
        st.builds(Step, st.sampled_from("xyz"), st.just("Read"), ok=st.booleans()),
    ),
    max_size=4,
)


@given(st.lists(parts, min_size=1, max_size=5))
def test_whatever_grows_the_patched_page_is_what_the_server_would_draw(
    states: list[list[Said | Step]],
) -> None:
    pane, shown = Pane(1), dict[str, str]()
    view = TurnView(id="t1", status=TurnStatus.RUNNING, prompt="Go")
    for state in states:
        entry = Entry(view=replace(view, parts=tuple(state)))
        blocks = turn_blocks(1, entry)
        for patch in pane.turn(entry):
            apply(shown, patch, whole={block.id: block.html for block in blocks})

    assert list(shown.items()) == [(block.id, block.html) for block in blocks]


def apply(shown: dict[str, str], patch: Patch, *, whole: dict[str, str]) -> None:
    """As the page's script does it, on blocks in their order."""
    if patch.into == TURNS:
        shown.update(whole)
    elif not patch.html:
        shown.pop(patch.id, None)
    elif patch.id in shown:
        shown[patch.id] = patch.html
    else:
        items = list(shown.items())
        at = list(shown).index(patch.after) + 1
        shown.clear()
        shown.update([*items[:at], (patch.id, patch.html), *items[at:]])
