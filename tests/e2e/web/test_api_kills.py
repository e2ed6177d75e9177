"""Readers of the API go on after kills, and hold each word once."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.adapters.web.agui_thread import Thread
from tests.adapters.web.reader import Reader
from tests.e2e.parley import WebParley, eventually
from tests.e2e.web.killed import SLOWLY, answered, killed, read, reading, said, turns
from tests.e2e.web.test_api import session
from tests.messages_reply import Reply, Say, Use


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
