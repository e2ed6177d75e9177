"""The stream of patches, over a real socket."""

import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from adapters.language import ENGLISH
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
from adapters.web.turns import turn_blocks
from adapters.web.values import Entry, Settings
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import serving, until

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


async def test_what_was_decided_stands_where_it_stood_when_the_page_is_read_again(
    desk: FakeDesk,
) -> None:
    card = desk.add()
    await desk.say(card.id, "Go", key="1")
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        desk.show(card.id, MAY_I)
        desk.show(card.id, replace(MAY_I, id="q2", status=QuestionStatus.WITHDRAWN))
        withdrawn = await stream.until("q2")
        decided = replace(MAY_I, status=QuestionStatus.DECIDED, outcome="Yes by Ada")
        desk.show(card.id, decided)
        retired = await stream.until("q1", "Yes by Ada")
        desk.finish(card.id, "t1", "The answer")
        foot = await stream.until("t1-foot", "Done")
    async with streaming(desk, f"/live?c={card.id}") as stream:
        again = await stream.until("t1")

    assert f"{retired}{withdrawn}{foot}" in again


async def test_a_question_that_closes_after_its_turn_is_closed_on_the_page(
    desk: FakeDesk,
) -> None:
    card = desk.add()
    await desk.say(card.id, "Go", key="1")
    desk.show(card.id, MAY_I)
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        desk.finish(card.id, "t1", "The answer")
        await stream.until("t1-foot", "Done")
        desk.show(card.id, replace(MAY_I, status=QuestionStatus.WITHDRAWN))
        whole = await stream.until("t1")

    assert "No longer needed" in whole
    assert "The answer" in whole


async def test_a_notice_for_somebody_else_is_not_shown(desk: FakeDesk) -> None:
    card = desk.add()
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        desk.show(card.id, Notice(id="n1", text="For Ada", only_for="4711"))
        desk.show(card.id, Notice(id="n2", text="For all"))
        patches = (await stream.next())["patches"]

    assert [patch["id"] for patch in patches] == ["conversations", "n2"]


async def test_what_was_said_while_a_page_was_cut_off_is_in_its_next_stream(
    desk: FakeDesk,
) -> None:
    card = desk.add()
    desk.show(card.id, Notice(id="n1", text="Long ago"))
    await desk.say(card.id, "Go", key="1")
    desk.show(card.id, Notice(id="n2", text="For Ada", only_for="4711"))
    desk.show(card.id, Notice(id="n3", text="For all"))

    async with streaming(desk, f"/live?c={card.id}") as stream:
        first = await stream.next()

    patches = [patch["id"] for patch in first["patches"]]
    assert patches == ["conversations", "head", "t1", "n3"]
    assert first["say"] == ""  # whoever hears the page is not told again


async def test_the_list_is_alive_on_every_page(desk: FakeDesk) -> None:
    card = desk.add("Hello")
    async with streaming(desk, "/live") as stream:
        await stream.next()
        await desk.say(card.id, "Go", key="1")
        await stream.until("conversations", "Working")
        desk.finish(card.id, "t1", "Done")
        html = await stream.until("conversations")

    assert "Working" not in html


async def test_other_pages_list_what_begins_and_no_longer_what_is_deleted(
    desk: FakeDesk,
) -> None:
    kept = desk.add("Kept")
    async with streaming(desk, f"/live?c={kept.id}") as stream:
        await stream.next()
        begun = await desk.begin(Settings(name="Another"), key="b")
        assert "Kept" in await stream.until("conversations", "Another")
        await desk.delete(begun.id)
        assert "Another" not in await stream.until("conversations")


async def test_a_deleted_conversation_ends_its_stream(desk: FakeDesk) -> None:
    card = desk.add()
    async with streaming(desk, f"/live?c={card.id}") as stream:
        await stream.next()
        await desk.delete(card.id)

        assert await stream.next() == {"gone": True}


async def test_a_page_that_does_not_read_is_let_go_and_that_is_no_fault(
    desk: FakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    card = desk.add()
    turn = await desk.say(card.id, "Go", key="1") or ""
    app = FastAPI()
    app.include_router(live.router(desk, stalled_s=0.2))
    async with serving(app) as server:
        with socket.socket() as page:
            page.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            page.connect(("127.0.0.1", server.port))
            page.sendall(f"GET /live?c={card.id} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await until(lambda: bool(desk.watches))
            letters = cycle("ab")

            def let_go() -> bool:
                output = next(letters) * 1_000_000
                desk.grow(card.id, turn, Step("s", "Read", "read", output=output))
                return not desk.watches

            await until(let_go)

    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


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
states = st.builds(
    lambda parts, status, looks: Entry(
        view=TurnView(id="t1", status=status, prompt="Go", parts=tuple(parts)),
        questions=tuple(
            replace(MAY_I, id=f"q{number}", status=look)
            for number, look in enumerate(looks)
            if look
        ),
    ),
    parts,
    st.sampled_from(TurnStatus),
    st.lists(st.sampled_from([None, *QuestionStatus]), max_size=3),
)


@given(st.lists(states, min_size=1, max_size=5))
def test_whatever_happens_the_patched_page_is_what_the_server_would_draw(
    states: list[Entry],
) -> None:
    pane, shown = Pane(1, ENGLISH), dict[str, str]()
    for entry in states:
        blocks = turn_blocks(1, entry, ENGLISH)
        for patch in pane.turn(entry):
            apply(shown, patch, whole={block.id: block.html for block in blocks})

    assert list(shown.items()) == [(block.id, block.html) for block in blocks]


def apply(shown: dict[str, str], patch: Patch, *, whole: dict[str, str]) -> None:
    """As the page's script does it, on blocks in their order."""
    if patch.into == TURNS:
        shown.clear()
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
