import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from adapters.web import health
from adapters.web.doorman import Doorman
from adapters.web.guard import Guard
from adapters.web.health import ready
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import ANYWHERE, client, serving

WELL = {"ok": True, "detail": ""}
UNWELL = {"ok": False, "detail": "what nobody else needs to know"}


@dataclass
class Clinic:
    desk: FakeDesk
    owner: httpx.AsyncClient
    stranger: httpx.AsyncClient


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    desk, doorman = FakeDesk(tmp_path), Doorman(tmp_path)
    app = FastAPI()
    app.include_router(health.router(desk))
    async with (
        serving(Guard(app, doorman, ANYWHERE)) as server,
        client(server, doorman.token) as owner,
        client(server) as stranger,
    ):
        yield Clinic(desk, owner, stranger)


async def test_alive_says_nothing_else(clinic: Clinic) -> None:
    answer = await clinic.stranger.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "alive\n")


async def test_a_loop_that_is_in_time_is_alive(clinic: Clinic) -> None:
    answer = await clinic.stranger.get("/livez")

    assert answer.status_code == 200
    assert answer.text.endswith(" s late\n")


async def test_a_loop_that_was_held_up_says_for_how_long() -> None:
    asyncio.get_running_loop().call_soon(time.sleep, 0.2)

    assert await health.lag() > 0.1


async def test_ready_when_all_is_well(clinic: Clinic) -> None:
    clinic.desk.parts = {"store": WELL, "agent": WELL, "telegram": WELL}

    assert (await clinic.stranger.get("/readyz")).json() == {"ready": True}


async def test_only_the_owner_hears_what_is_wrong(clinic: Clinic) -> None:
    clinic.desk.parts = {"store": UNWELL, "agent": WELL}

    stranger = await clinic.stranger.get("/readyz")
    owner = await clinic.owner.get("/readyz")

    assert stranger.status_code == owner.status_code == 503
    assert stranger.json() == {"ready": False}
    assert owner.json() == {"ready": False, "parts": clinic.desk.parts}


@pytest.mark.parametrize(
    ("unwell", "expected"),
    [
        ([], True),
        (["store"], False),
        (["agent"], False),
        (["telegram"], True),  # people still reach it by the other
        (["telegram", "slack"], False),
        (["web"], True),
        (["disk", "inbox", "loop"], True),  # told, and no reason to end it
    ],
)
def test_what_is_needed_to_be_ready(unwell: list[str], expected: bool) -> None:
    parts: dict[str, Any] = {
        name: UNWELL if name in unwell else WELL
        for name in (
            *("store", "agent", "web", "telegram", "slack", "disk", "inbox", "loop"),
        )
    }

    assert ready(parts) is expected


def test_without_other_platforms_the_web_is_enough() -> None:
    assert ready({"store": WELL, "agent": WELL, "web": WELL})
    assert ready({"store": WELL, "agent": WELL})


async def test_numbers_are_for_the_owner(clinic: Clinic) -> None:
    assert (await clinic.stranger.get("/metrics")).status_code == 401

    answer = await clinic.owner.get("/metrics")

    assert answer.content == clinic.desk.metrics()
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
