"""SIGKILL while the API is used: nothing is lost, nothing is told or done twice."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.adapters.web.agui_thread import Thread
from tests.adapters.web.reader import Reader, told
from tests.e2e.parley import WebParley, eventually
from tests.e2e.web.test_api import session
from tests.messages_api import Reply, Say, Use

SLOWLY = "HOLD[gate] SAY[Slowly the answer comes]"


def said(reader: Reader) -> str:
    return "".join(reader.texts.values())


async def read(
    client: httpx.AsyncClient, reader: Reader, method: str, where: str, **more: Any
) -> None:
    """All of a stream; like a browser, from the newest id on."""
    headers = {"Accept": "text/event-stream", **more.pop("headers", {})}
    headers |= {"Last-Event-ID": reader.last_id} if reader.last_id else {}
    async with client.stream(method, where, headers=headers, **more) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for id_, event in told(answer):
            reader.take(id_, event)


@contextmanager
def reading(
    client: httpx.AsyncClient, reader: Reader, method: str, where: str, **more: Any
) -> Iterator["asyncio.Task[None]"]:
    """Meanwhile."""
    task = asyncio.create_task(read(client, reader, method, where, **more))
    try:
        yield task
    finally:
        task.cancel()


async def killed(parley: WebParley, cut: "asyncio.Task[None] | None" = None) -> None:
    """And nobody of its family is left. *cut*: who reads its stream meanwhile."""
    await parley.kill()
    if cut:
        with pytest.raises(httpx.HTTPError):
            await cut
    await eventually(lambda: not parley.family())


async def turns(client: httpx.AsyncClient, session: int) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/sessions/{session}/turns")
    found: list[dict[str, Any]] = answer.json()["turns"]
    return found


async def answered(parley: WebParley, count: int = 1) -> None:
    """So many turns are over and on record, and there are no others."""
    wanted = [("delivered",)] * count
    await eventually(lambda: parley.rows("SELECT state FROM turn") == wanted)


async def as_in_the_history(
    client: httpx.AsyncClient, session: int, reader: Reader
) -> None:
    """What was read, however it was cut, is what is there: all of it, once."""
    (turn,) = await turns(client, session)
    texts = [part["text"] for part in turn["parts"] if part["type"] == "text"]
    steps = [part["id"] for part in turn["parts"] if part["type"] == "step"]
    assert list(reader.texts.values()) == texts
    assert list(reader.calls) == steps
    assert list(reader.runs) == [turn["id"]]
    assert {name for name, _ in reader.custom} <= {"reset"}


# --- readers -------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["events", "execute"])
async def test_a_reader_goes_on_after_a_kill_while_the_agent_speaks(
    parley: WebParley, way: str
) -> None:
    await parley.begin()
    reader = Reader()
    async with parley.client() as client:
        here = await session(client)
        where = f"/api/sessions/{here}/{way}"
        request: dict[str, Any] = {"method": "GET", "where": where}
        keyed: dict[str, Any] = {
            "headers": {"Idempotency-Key": "k"},
            "json": {"text": SLOWLY},
        }
        if way == "execute":
            request = {"method": "POST", "where": where, **keyed}
        else:
            await client.post(f"/api/sessions/{here}/messages", **keyed)
        with reading(client, reader, **request) as cut:
            await eventually(lambda: "Slowly" in said(reader))
            await killed(parley, cut)
        parley.api.release("gate")
        await parley.begin()

        with reading(client, reader, **request):
            await eventually(lambda: any(reader.runs.values()))

        await answered(parley)
        await as_in_the_history(client, here, reader)


async def test_a_reader_goes_on_after_a_kill_between_a_tool_and_the_answer(
    parley: WebParley,
) -> None:
    run = Use("Bash", {"command": "echo ran >> proof.txt", "description": "run"})
    parley.api.then(
        Reply(blocks=[Say("Running it."), run]),
        Reply(blocks=[Say("Slowly the answer comes")], hold="gate"),
    )
    await parley.begin()
    reader = Reader()
    async with parley.client() as client:
        here = await session(client, project="default", allowed_tools=["Bash"])
        where = f"/api/sessions/{here}/events"
        await client.post(f"/api/sessions/{here}/messages", json={"text": "Do it"})
        with reading(client, reader, "GET", where) as cut:
            await eventually(lambda: "Slowly" in said(reader))
            await killed(parley, cut)
        await parley.begin()

        with reading(client, reader, "GET", where):
            await eventually(lambda: any(reader.runs.values()))

        await answered(parley)
        await as_in_the_history(client, here, reader)
    assert (parley.workspace / "proof.txt").read_text() == "ran\n"


async def test_a_reader_from_before_two_kills_is_told_a_turn_of_after_them(
    parley: WebParley,
) -> None:
    await parley.begin()
    reader = Reader()
    async with parley.client() as client:
        here = await session(client)
        where = f"/api/sessions/{here}/events"
        await client.post(f"/api/sessions/{here}/messages", json={"text": "SAY[one]"})
        with reading(client, reader, "GET", where) as cut:
            await eventually(lambda: any(reader.runs.values()))
            await answered(parley)
            await killed(parley, cut)
        await parley.begin()
        await client.post(f"/api/sessions/{here}/messages", json={"text": "SAY[two]"})
        await answered(parley, 2)
        await killed(parley)
        await parley.begin()

        with reading(client, reader, "GET", where):
            await eventually(lambda: len(reader.runs) == 2 and said(reader) == "onetwo")

    assert not reader.custom


async def test_an_ag_ui_client_runs_again_after_a_kill_and_holds_the_answer_once(
    parley: WebParley,
) -> None:
    await parley.begin()
    thread = Thread()
    thread.say(SLOWLY)
    async with parley.client() as client:
        body = {"threadId": thread.id, "runId": "r1", "messages": thread.messages}
        with reading(client, thread, "POST", "/api/agui", json=body) as cut:
            await eventually(lambda: "Slowly" in said(thread))
            await killed(parley, cut)
        parley.api.release("gate")
        await parley.begin()
        again = Thread(messages=thread.messages)

        body = {"threadId": again.id, "runId": "r2", "messages": again.messages}
        async with asyncio.timeout(30):
            await read(client, again, "POST", "/api/agui", json=body)

        await answered(parley)
        (turn,) = await turns(client, again.metadata["session"])
        texts = [part["text"] for part in turn["parts"] if part["type"] == "text"]
        assert again.answers() == texts


# --- what is started -----------------------------------------------------------------


@contextmanager
def stuck_before_the_queue(parley: WebParley, *, after: int = 0) -> Iterator[None]:
    """From *after* turns on, no turn gets into the ledger: the write does not end."""
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    _change(
        parley,
        f"""CREATE TRIGGER stuck BEFORE INSERT ON turn
        WHEN (SELECT count(*) FROM turn) >= {after}
        BEGIN SELECT (SELECT max(x) FROM ({endless} SELECT x FROM n)); END""",
    )
    try:
        yield
    finally:
        _change(parley, "DROP TRIGGER stuck")


def _change(parley: WebParley, sql: str) -> None:
    connection = sqlite3.connect(parley.state / "parley.db", timeout=20)
    with connection:
        connection.execute(sql)
    connection.close()


def kept(parley: WebParley, count: int) -> Callable[[], bool]:
    """Whether so many deeds are in the inbox that are no turn yet."""
    found = "SELECT count(*) FROM inbox WHERE platform = 'web' AND state = 'kept'"
    return lambda: parley.rows(found) == [(count,)]


async def test_killed_between_keeping_and_queueing_it_is_taken_up_at_the_next_start(
    parley: WebParley,
) -> None:
    await parley.begin()
    keyed: dict[str, Any] = {
        "headers": {"Idempotency-Key": "k"},
        "json": {"text": "SAY[the answer]"},
    }
    async with parley.client() as client:
        here = await session(client)
        where = f"/api/sessions/{here}/messages"
        with stuck_before_the_queue(parley):
            asking = asyncio.ensure_future(client.post(where, **keyed))
            await eventually(kept(parley, 1))
            await killed(parley)
            with pytest.raises(httpx.HTTPError):
                await asking
        await parley.begin()
        await answered(parley)

        again = await client.post(where, **keyed)

        (turn,) = await turns(client, here)
        assert again.json() == {"turn": turn["id"]}
        assert turn["answer"] == "the answer"
    assert len(parley.api.requests) == 1


async def test_an_upload_and_the_message_that_uses_it_live_through_kills(
    parley: WebParley,
) -> None:
    await parley.begin()
    file = {"files": ("notes.txt", b"the notes", "text/plain")}
    keyed = {"Idempotency-Key": "k"}
    async with parley.client() as client:
        here = await session(client)
        files, messages = (f"/api/sessions/{here}/{to}" for to in ("files", "messages"))
        (uploaded,) = (await client.post(files, files=file, headers=keyed)).json()
        await killed(parley)
        await parley.begin()
        (again,) = (await client.post(files, files=file, headers=keyed)).json()
        body = {"text": "SAY[I read them]", "files": [uploaded["id"]]}
        first = await client.post(messages, json=body, headers=keyed)
        await killed(parley)
        await parley.begin()
        second = await client.post(messages, json=body, headers=keyed)
        await answered(parley)

        (turn,) = await turns(client, here)
        assert again == uploaded
        assert first.json() == second.json() == {"turn": turn["id"]}
        assert turn["answer"] == "I read them"
        assert [one["name"] for one in turn["files"]] == ["notes.txt"]
    assert "notes.txt" in parley.api.requests[-1].everything


async def test_a_task_that_a_kill_cut_in_two_is_done_whole_and_once(
    parley: WebParley,
) -> None:
    await parley.begin()
    keyed: dict[str, Any] = {
        "headers": {"Idempotency-Key": "k"},
        "json": {"prompts": [f"WAIT[gate] SAY[answer {n}]" for n in range(3)]},
    }
    async with parley.client() as client:
        with stuck_before_the_queue(parley, after=1):
            asking = asyncio.ensure_future(client.post("/api/tasks", **keyed))
            await eventually(kept(parley, 1))
            await killed(parley)
            with pytest.raises(httpx.HTTPError):
                await asking
        parley.api.release("gate")
        await parley.begin()

        task = (await client.post("/api/tasks", **keyed)).json()
        done = await client.get(f"/api/tasks/{task['id']}/results", params={"wait": 25})

        assert done.json()["counts"] == {"done": 3}
        answers = [part["answer"] for part in done.json()["sessions"]]
        assert answers == [f"answer {n}" for n in range(3)]
        again = (await client.post("/api/tasks", **keyed)).json()
        assert again == task
        assert len((await client.get("/api/sessions")).json()["sessions"]) == 3
        assert [len(await turns(client, one)) for one in task["sessions"]] == [1] * 3


# --- deleting ------------------------------------------------------------------------


async def test_deleting_a_running_session_ends_its_agent_for_good(
    parley: WebParley,
) -> None:
    await parley.begin()
    reader = Reader()
    async with parley.client() as client:
        here = await session(client)
        await client.post(f"/api/sessions/{here}/messages", json={"text": SLOWLY})
        with reading(client, reader, "GET", f"/api/sessions/{here}/events") as stream:
            await eventually(lambda: "Slowly" in said(reader))
            assert len(parley.agents()) == 1

            gone = await client.delete(f"/api/sessions/{here}")

            assert gone.status_code == 204
            await eventually(lambda: not parley.family())
            await asyncio.wait_for(stream, 20)
        await killed(parley)
        await parley.begin()
        after = await client.get(f"/api/sessions/{here}")
        other = await session(client)
        await client.post(f"/api/sessions/{other}/execute", json={"text": "SAY[hi]"})

    assert after.status_code == 404
    assert len(parley.api.requests) == 2
    assert len(parley.agents()) == 1
