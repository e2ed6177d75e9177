"""Prompts side by side: started once, watched together, collected, cancelled."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from adapters.views import Said, TurnStatus
from adapters.web import problems, tasks
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import serving, until


@dataclass
class Front:
    desk: FakeDesk
    http: httpx.AsyncClient

    async def start(self, *prompts: Any, key: str = "", **more: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        body = {"prompts": prompts, **more}
        return await self.http.post("/api/tasks", json=body, headers=headers)

    async def state(self, task: str) -> Any:
        return (await self.http.get(f"/api/tasks/{task}")).json()


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with opened(FakeDesk(tmp_path)) as front:
        yield front


@asynccontextmanager
async def opened(desk: FakeDesk) -> AsyncIterator[Front]:
    app = FastAPI()
    problems.install(app)
    app.include_router(tasks.router(desk))
    async with (
        serving(app) as server,
        httpx.AsyncClient(base_url=server.url, timeout=10, verify=False) as http,
    ):
        yield Front(desk, http)


async def told(front: Front, task: str, last: str = "") -> list[tuple[str, Any]]:
    """All events of a task to its end, with their ids."""
    url = f"/api/tasks/{task}/events"
    response = await front.http.get(url, headers={"Last-Event-ID": last})
    return [read for frame in response.text.split("\n\n") if (read := _event(frame))]


def _event(frame: str) -> tuple[str, Any] | None:
    fields = dict(line.split(": ", 1) for line in frame.splitlines() if line[0] != ":")
    return (fields.get("id", ""), json.loads(fields["data"])) if fields else None


def words(events: list[tuple[str, Any]]) -> str:
    return "".join(event.get("delta", "") for _, event in events)


async def test_each_prompt_starts_in_a_conversation_of_its_own(front: Front) -> None:
    own = {"text": "two", "name": "Second", "project": "", "max_turns": 3}

    started = await front.start("one", own, project="site", model="opus")

    assert started.status_code == 201
    assert started.json()["sessions"] == [1, 2]
    first, second = (front.desk.cards[number].settings for number in (1, 2))
    assert (first.project, first.model, first.task) == (
        "site",
        "opus",
        started.json()["id"],
    )
    assert second == replace(first, name="Second", project="", max_turns=3)
    said = [heard.value for heard in front.desk.heard if heard.what == "say"]
    assert said == ["one", "two"]


async def test_the_same_key_starts_nothing_twice(front: Front) -> None:
    first = await front.start("one", "two", key="k")
    again = await front.start("one", "two", key="k")
    other = await front.start("one", "two")

    assert first.json() == again.json()
    assert other.json()["id"] != first.json()["id"]
    assert len(front.desk.entries) == 4


async def test_an_unknown_project_starts_none_of_them(front: Front) -> None:
    answer = await front.start("one", {"text": "two", "project": "nowhere"})

    assert answer.status_code == 409
    assert "nowhere" in answer.json()["detail"]
    assert not front.desk.heard


@pytest.mark.parametrize(
    "prompts", [[], ["x"] * 51, [""], [{"text": "x", "task": "y"}], "one", [7]]
)
async def test_what_is_no_task_is_refused(front: Front, prompts: Any) -> None:
    answer = await front.http.post("/api/tasks", json={"prompts": prompts})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert not front.desk.heard


async def test_a_task_tells_how_each_of_it_is_doing(front: Front) -> None:
    task = (await front.start("one", "two", "three")).json()["id"]
    front.desk.finish(1, "t1", "First.", cost_usd=0.25)
    front.desk.finish(2, "t2", status=TurnStatus.FAILED, note="No network.")

    state = await front.state(task)

    assert state["finished"] is False
    assert state["counts"] == {"done": 1, "failed": 1, "running": 1}
    assert state["cost_usd"] == 0.25
    assert [part["answer"] for part in state["sessions"]] == ["First.", "", ""]
    assert state["sessions"][1]["note"] == "No network."
    assert state["sessions"][2]["turn"] == "t3"


async def test_an_unknown_task_is_not_found(front: Front) -> None:
    for method, path in (("GET", ""), ("GET", "/results"), ("DELETE", "")):
        answer = await front.http.request(method, f"/api/tasks/{'0' * 24}{path}")

        assert answer.status_code == 404, (method, path)
    assert (await front.http.get(f"/api/tasks/{'0' * 24}/events")).status_code == 404


async def test_results_come_when_the_last_of_them_has_ended(front: Front) -> None:
    task = (await front.start("one", "two")).json()["id"]
    url = f"/api/tasks/{task}/results"
    early = (await front.http.get(url)).json()
    waiting = asyncio.create_task(front.http.get(url, params={"wait": 10}))
    await until(lambda: bool(front.desk.watches))

    front.desk.finish(1, "t1", "First.")
    await until(lambda: not waiting.done())
    front.desk.finish(2, "t2", "Second.")
    results = (await waiting).json()

    assert early["finished"] is False
    assert results["finished"] is True
    assert [part["answer"] for part in results["sessions"]] == ["First.", "Second."]


async def test_results_do_not_wait_longer_than_asked(front: Front) -> None:
    task = (await front.start("one")).json()["id"]

    answer = await front.http.get(f"/api/tasks/{task}/results", params={"wait": 0.05})

    assert answer.json()["finished"] is False
    assert not front.desk.watches


async def test_cancelling_stops_what_goes_on_and_only_that(front: Front) -> None:
    task = (await front.start("one", "two")).json()["id"]
    await front.desk.say(2, "and then?", key="later")
    front.desk.finish(1, "t1", "First.")

    answer = await front.http.delete(f"/api/tasks/{task}")

    assert answer.status_code == 202
    assert answer.json() == {"id": task, "stopped": [2]}
    pressed = [heard.value for heard in front.desk.heard if heard.what == "choose"]
    assert [(choice.view_id, choice.option_id) for choice in pressed] == [
        ("t3", "cancel"),
        ("t2", "stop"),
    ]
    assert (await front.state(task))["counts"] == {"done": 1, "cancelled": 1}


async def test_all_of_a_task_is_watched_as_one_stream(front: Front) -> None:
    task = (await front.start("one", "two")).json()["id"]
    stream = asyncio.create_task(told(front, task))
    await until(lambda: len(front.desk.watches) == 2)

    for turn in (1, 2):
        front.desk.grow(turn, f"t{turn}", Said(f"Half of {turn}", complete=False))
    for turn in (1, 2):
        whole = Said(f"Half of {turn} is not all.")
        front.desk.grow(turn, f"t{turn}", whole, status=TurnStatus.DONE)
    events = await stream

    finished = [e["threadId"] for _, e in events if e["type"] == "RUN_FINISHED"]
    assert sorted(finished) == ["1", "2"]
    assert await _resumed_everywhere(front, task) == {
        "Half of 1 is not all.Half of 2 is not all."
    }
    assert not front.desk.watches


async def _resumed_everywhere(front: Front, task: str) -> set[str]:
    """What is told before and after each place it can be cut at, taken together."""
    events = await told(front, task)
    all_told = set()
    for cut, (place, _) in enumerate(events):
        if place:
            parts = events[: cut + 1] + await told(front, task, place)
            text = {
                number: "".join(
                    event.get("delta", "")
                    for _, event in parts
                    if f"t{number}" in event.get("messageId", "")
                )
                for number in (1, 2)
            }
            all_told.add(text[1] + text[2])
    return all_told


async def test_a_conversation_deleted_meanwhile_does_not_end_the_stream(
    front: Front,
) -> None:
    task = (await front.start("one", "two")).json()["id"]
    front.desk.finish(1, "t1", "First.")
    front.desk.finish(2, "t2", "Second.")
    await front.desk.delete(1)

    assert words(await told(front, task)) == "Second."
    assert [part["session"] for part in (await front.state(task))["sessions"]] == [2]
