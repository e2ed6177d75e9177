"""Who comes in: everybody is judged, and asked about once."""

from typing import Any

import pytest

from adapters.base import Unavailable
from adapters.inbound import Address
from adapters.slack.errors import NotMember
from adapters.slack.gate import OUTSIDE, Gate
from adapters.slack.people import People, Rooms
from adapters.slack.verdict import Drop
from adapters.strangers import hint
from tests.adapters.slack.gates import (
    FORM,
    ME,
    ROOT,
    TEAM,
    TS,
    Directory,
    changed,
    command,
    event,
    kept,
    pressed,
    said,
    shortcut,
)
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, BOB


async def test_a_stranger_hears_their_id_where_they_turned_to_us(gate: Gate) -> None:
    for body in (
        said(user=BOB),
        said("hi", user=BOB, channel="D1"),
        command(user=BOB),
        pressed("choose:allow", user=BOB),
        pressed("words:deny", user=BOB),
        shortcut(user=BOB),
    ):
        verdict = await gate.judge(body)
        assert isinstance(verdict, Drop)
        assert verdict.whisper
        assert verdict.whisper.words("en") == hint(BOB, "en")
        assert verdict.whisper.user == BOB
        assert verdict.whisper.channel or verdict.whisper.response_url


async def test_a_stranger_hears_nothing_elsewhere(
    gate: Gate, memory: Memory, directory: Directory
) -> None:
    memory.known.add(Address("slack", "C1", ROOT, TEAM))
    for body in (
        said("hello all", user=BOB),
        said("so?", user=BOB, thread_ts=ROOT),
        changed(said("one", user=BOB, channel="D1"), said(user=BOB, channel="D1")),
        event(type="agent_session_stopped", user=BOB, thread_ts=ROOT),
    ):
        verdict = await gate.judge(body)
        assert isinstance(verdict, Drop)
        assert verdict.whisper is None
    assert directory.asked == []


async def test_a_strangers_mention_makes_no_thread_ours(gate: Gate) -> None:
    await gate.judge(said(user=BOB))

    assert not kept(await gate.judge(said("so?", thread_ts=TS)))


SHARED = {**said(), "is_ext_shared_channel": True}


@pytest.mark.parametrize(
    "body",
    [
        SHARED,
        said(user_team="T0OTHER"),
        said(team="T0OTHER"),
        {**said(channel="D1"), "team_id": "T0OTHER"},
        pressed("choose:allow") | {"user": {"id": ADA, "team_id": "T0OTHER"}},
        {**FORM, "team": {"id": "T0OTHER"}},
        {**command(), "team_id": "T0OTHER"},
        command(channel="C0SHARED"),
        shortcut(channel={"id": "C0SHARED"}),
    ],
)
async def test_other_organisations_stay_outside_unless_they_are_let_in(
    body: dict[str, Any], directory: Directory, memory: Memory
) -> None:
    directory.shared.add("C0SHARED")
    people, rooms = People(directory), Rooms(directory)

    verdict = await Gate(memory, people, rooms, ME).judge(body)
    assert isinstance(verdict, Drop)
    assert verdict.whisper is None or verdict.whisper.words == OUTSIDE

    assert kept(await Gate(memory, people, rooms, ME, outsiders=True).judge(body))


async def test_a_stranger_of_another_organisation_hears_nothing(gate: Gate) -> None:
    assert await gate.judge(said(user=BOB, user_team="T0OTHER")) == Drop("outside")


@pytest.mark.parametrize(
    "flag", ["is_stranger", "is_restricted", "is_ultra_restricted"]
)
async def test_a_guest_stays_outside_unless_guests_are_let_in(
    flag: str, directory: Directory, memory: Memory
) -> None:
    directory.people[ADA] = {flag: True}
    people, rooms = People(directory), Rooms(directory)

    assert not kept(await Gate(memory, people, rooms, ME).judge(command()))
    assert kept(await Gate(memory, people, rooms, ME, outsiders=True).judge(command()))


@pytest.mark.parametrize("flag", ["is_bot", "deleted"])
async def test_programs_and_people_who_left_are_nobody(
    flag: str, directory: Directory, memory: Memory
) -> None:
    directory.people[ADA] = {flag: True}
    gate = Gate(memory, People(directory), Rooms(directory), ME, outsiders=True)

    assert await gate.judge(pressed("choose:allow")) == Drop("nobody")


@pytest.mark.parametrize("body", [said(), command(), pressed("choose:allow"), FORM])
async def test_who_cannot_be_asked_about_does_not_get_in(
    body: dict[str, Any], gate: Gate, directory: Directory
) -> None:
    directory.error = Unavailable("no connection")
    with pytest.raises(Unavailable):
        await gate.judge(body)

    directory.error = None
    assert kept(await gate.judge(body))


async def test_a_channel_that_shows_us_nothing_does_not_keep_its_people_out(
    memory: Memory, directory: Directory
) -> None:
    closed = Directory()
    closed.error = NotMember("channel_not_found")
    gate = Gate(memory, People(directory), Rooms(closed), ME)

    assert kept(await gate.judge(command()))


async def test_everybody_is_asked_about_once_an_hour(
    directory: Directory, memory: Memory
) -> None:
    now = [0.0]
    people = People(directory, now=lambda: now[0])
    gate = Gate(memory, people, Rooms(directory), ME)
    for _ in range(3):
        await gate.judge(said())
    assert directory.asked == ["users.info"]

    now[0] = 3601.0
    directory.people[ADA] = {"deleted": True}
    assert not kept(await gate.judge(said()))


async def test_names_can_be_asked_for_ahead(directory: Directory) -> None:
    people = People(directory)
    directory.people[ADA] = {"real_name": "Ada Lovelace"}
    assert people.name(ADA) == ADA

    await people.warm([ADA])

    assert people.name(ADA) == "Ada Lovelace"
