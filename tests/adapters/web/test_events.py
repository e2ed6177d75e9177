"""Streams over real sockets: cut anywhere, they go on with nothing lost or twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from adapters.views import Notice, Option, QuestionView, Said, Step, TurnStatus
from adapters.web.events import follow
from adapters.web.sse import Stream
from tests.adapters.web.api import Api, app
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.reader import Reader, Told, read_until, told
from tests.adapters.web.serving import serving


@asynccontextmanager
async def events(
    web: Api, session: int, last: str = ""
) -> AsyncIterator[AsyncIterator[Told]]:
    headers = {"Last-Event-ID": last} if last else {}
    url = f"/api/sessions/{session}/events"
    async with web.stream("GET", url, headers=headers) as response:
        assert response.status_code == 200
        yield told(response)


async def ask(web: Api, session: int, text: str = "Hello") -> str:
    turn = await web.desk.say(session, text, key=f"{session}-{text}")
    assert turn
    return turn


async def until(condition: object) -> None:
    """Wait until *condition* holds; the test's own time limit ends a vain wait."""
    assert callable(condition)
    while not condition():
        await asyncio.sleep(0.01)


async def test_a_stream_is_neither_stored_nor_held_back(web: Api) -> None:
    session = web.desk.add().id

    url = f"/api/sessions/{session}/events"
    async with web.stream("GET", url) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"


async def test_a_turn_is_told_as_it_grows(web: Api) -> None:
    session = web.desk.add().id
    reader = Reader()

    async with events(web, session) as stream:
        await read_until(stream, reader, lambda r: r.state)
        turn = await ask(web, session)
        web.desk.grow(session, turn, Said("Let me", complete=False))
        web.desk.grow(session, turn, Said("Let me look."), Step("c1", "Read"))
        web.desk.finish(session, turn, "Done.")
        await read_until(stream, reader, lambda r: r.runs.get(turn))

    assert list(reader.texts.values()) == ["Let me look.", "Done."]
    assert reader.calls == {"c1": '{"title": "Read"}'}
    assert reader.runs[turn]["result"]["answer"] == "Done."


async def test_a_reader_cut_off_after_each_single_event_misses_nothing(
    web: Api,
) -> None:
    session = web.desk.add().id
    reader = Reader()
    first = await ask(web, session)
    web.desk.grow(session, first, Said("One"), Step("c1", "Read"))

    async def next_event() -> None:
        async with events(web, session, reader.last_id) as stream:
            known = len(reader.kinds)
            await read_until(stream, reader, lambda r: len(r.kinds) > known)

    for _ in range(4):
        await next_event()
    web.desk.grow(session, first, Said("One"), Step("c1", "Read", ok=True), Said("Two"))
    second = await ask(web, session, "And?")
    for _ in range(2):
        await next_event()
    web.desk.finish(session, first, "Three")
    web.desk.finish(session, second, "Four")
    while not reader.runs.get(second):
        await next_event()

    assert list(reader.texts.values()) == ["One", "Two", "Three", "Four"]
    assert reader.results == {"c1": ""}
    assert list(reader.runs) == [first, second]


async def test_a_restarted_server_goes_on_where_the_old_one_was_cut(
    tmp_path: Path,
) -> None:
    desk = FakeDesk(tmp_path)
    session = desk.add().id
    turn = await desk.say(session, "Hello", key="k")
    assert turn
    desk.grow(session, turn, Said("The quick", complete=False))
    reader = Reader()

    for end in ("The quick", "The quick brown fox"):
        async with (
            serving(app(desk)) as server,
            httpx.AsyncClient(base_url=server.url) as client,
            client.stream(
                "GET",
                f"/api/sessions/{session}/events",
                headers={"Last-Event-ID": reader.last_id},
            ) as response,
        ):
            stream = told(response)
            while end not in reader.texts.values():
                reader.take(*await anext(stream))
        desk.grow(session, turn, Said("The quick brown fox", complete=False))

    assert reader.texts == {f"{turn}-0": "The quick brown fox"}
    assert not reader.custom


async def test_a_turn_that_was_begun_again_is_told_again_after_a_reset(
    web: Api,
) -> None:
    session = web.desk.add().id
    turn = await ask(web, session)
    web.desk.grow(session, turn, Said("First try", complete=False))
    reader = Reader()
    async with events(web, session) as stream:
        await read_until(stream, reader, lambda r: "First try" in r.texts.values())

    web.desk.grow(session, turn, Said("Second", complete=False))
    async with events(web, session, reader.last_id) as stream:
        await read_until(stream, reader, lambda r: "Second" in r.texts.values())

    assert reader.custom == [("reset", {"runId": turn})]
    assert reader.texts == {f"{turn}-0": "Second"}


async def test_an_id_that_means_nothing_begins_anew_and_says_so(web: Api) -> None:
    session = web.desk.add().id
    await ask(web, session)
    reader = Reader()

    async with events(web, session, "42") as stream:
        await read_until(stream, reader, lambda r: r.state)

    assert reader.custom == [("reset", {"runId": ""})]
    assert list(reader.runs) == ["t1"]


async def test_many_turns_that_were_missed_are_told_in_order(web: Api) -> None:
    session = web.desk.add().id
    reader = Reader()
    async with events(web, session) as stream:
        await read_until(stream, reader, lambda r: r.state)

    for number in range(70):
        web.desk.finish(session, await ask(web, session, str(number)), f"a{number}")
    async with events(web, session, reader.last_id) as stream:
        await read_until(stream, reader, lambda r: r.runs.get("t70"))

    assert list(reader.texts.values()) == [f"a{number}" for number in range(70)]


async def test_the_queue_and_questions_are_in_the_state(web: Api) -> None:
    session = web.desk.add().id
    turn = await ask(web, session)
    await ask(web, session, "Later")
    question = QuestionView(
        id="q1", turn_id=turn, title="Run?", options=(Option("yes", "Allow"),)
    )
    web.desk.show(session, question)
    reader = Reader()

    async with events(web, session) as stream:
        await read_until(stream, reader, lambda r: r.state)
        asked = reader.state
        web.desk.show(session, Notice(id="n1", text="Model: opus"))
        await web.post_json(f"sessions/{session}/questions/q1", {"option": "yes"})
        await read_until(stream, reader, lambda r: not r.state["questions"])

    assert asked["queue"] == [{"turn": "t2", "prompt": "Later", "position": 1}]
    assert asked["questions"][0]["title"] == "Run?"
    assert [name for name, _ in reader.custom] == ["notice", "question"]
    assert reader.custom[1][1]["outcome"] == "yes by You"


async def test_a_queued_turn_that_is_cancelled_is_told_when_its_time_comes(
    web: Api,
) -> None:
    session = web.desk.add().id
    first, second = await ask(web, session), await ask(web, session, "Later")
    web.desk.finish(session, second, status=TurnStatus.CANCELLED)
    reader = Reader()

    async with events(web, session) as stream:
        await read_until(stream, reader, lambda r: r.state)
        web.desk.finish(session, first, "Done")
        await read_until(stream, reader, lambda r: r.runs.get(second))

    assert reader.runs[second]["outcome"] == {"type": "cancelled"}


async def test_a_reader_that_leaves_is_not_watched_for(web: Api) -> None:
    session = web.desk.add().id

    async with events(web, session) as stream:
        await read_until(stream, Reader(), lambda r: r.state)
        assert len(web.desk.watches) == 1
    await until(lambda: not web.desk.watches)


async def test_a_deleted_session_ends_its_streams(web: Api) -> None:
    session = web.desk.add().id
    await ask(web, session)

    async with events(web, session) as stream:
        await anext(stream)
        await web.delete(f"/api/sessions/{session}")
        rest = [event async for _, event in stream]

    assert all(event["type"] != "TEXT_MESSAGE_START" for event in rest)


async def test_a_reader_that_takes_nothing_is_dropped_and_held_no_backlog(
    tmp_path: Path,
) -> None:
    desk = FakeDesk(tmp_path)
    session = desk.add().id
    turn = await desk.say(session, "Go", key="k")
    assert turn
    text = ""
    stream = Stream(follow(desk, session), stalled_s=0.2)
    taken = asyncio.Event()

    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: object) -> None:
        if taken.is_set():
            await asyncio.Event().wait()  # the client's buffers are full
        taken.set()

    running = asyncio.create_task(
        stream({"type": "http", "path": "/", "method": "GET"}, receive, send)
    )
    await taken.wait()
    while not running.done():
        text += "word " * 1000
        desk.grow(session, turn, Said(text, complete=False))
        unread = [watch._unread for watch in desk.watches]
        assert all(len(changes) <= 1 for changes in unread)
        await asyncio.sleep(0.01)

    await running
    assert not desk.watches


async def test_a_slow_reader_gets_all_words_in_fewer_events(tmp_path: Path) -> None:
    desk = FakeDesk(tmp_path)
    session = desk.add().id
    turn = await desk.say(session, "Go", key="k")
    assert turn
    reader = Reader()
    stream = follow(desk, session)
    sent = await anext(stream)
    reader.take(sent.id, sent.event)

    for number in range(1, 500):
        desk.grow(session, turn, Said("word " * number, complete=False))
    desk.finish(session, turn)
    async for sent in stream:
        reader.take(sent.id, sent.event)
        if reader.runs[turn]:
            break
    await stream.aclose()

    assert reader.texts == {f"{turn}-0": "word " * 499}
    assert len(reader.kinds) < 10


async def test_views_that_say_the_same_tell_nothing(web: Api) -> None:
    session = web.desk.add().id
    turn = await ask(web, session)
    web.desk.grow(session, turn, Said("Hi", complete=False))
    reader = Reader()

    async with events(web, session) as stream:
        await read_until(stream, reader, lambda r: "Hi" in r.texts.values() and r.state)
        known = len(reader.kinds)
        web.desk.show(session, replace(web.desk.turn(session, turn).view))
        web.desk.finish(session, turn)
        await read_until(stream, reader, lambda r: r.runs.get(turn))

    assert reader.kinds[known:] == ["TEXT_MESSAGE_END", "RUN_FINISHED"]
