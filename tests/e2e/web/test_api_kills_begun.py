"""What the API has begun lives through kills, and is done once."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.adapters.web.reader import Reader
from tests.e2e.parley import WebParley, eventually
from tests.e2e.web.killed import SLOWLY, answered, killed, reading, said, turns
from tests.e2e.web.test_api import session


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
