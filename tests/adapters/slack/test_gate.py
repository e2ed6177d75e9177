"""Who comes in and what is for us: bodies in, verdicts out."""

from typing import Any

import pytest

from adapters.base import AdapterError, Unavailable
from adapters.inbound import Address
from adapters.slack.api import Me
from adapters.slack.errors import NotMember
from adapters.slack.gate import OUTSIDE, Gate
from adapters.slack.people import People, Rooms
from adapters.slack.verdict import Drop, Expected, Joined, Keep, Now, Revoked, Verdict
from adapters.strangers import hint
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, BOB

TEAM, BOT = "T0PARLEY", "U0PARLEY"
ME = Me(TEAM, BOT, "B0PARLEY", "Parley Test", "parley")
TS, ROOT = "1700000000.000100", "1600000000.000100"
MENTION = f"<@{BOT}> hello"


class Directory:
    """Slack, as far as people and channels go."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.shared: set[str] = set()
        self.asked: list[str] = []
        self.error: AdapterError | None = None

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        self.asked.append(method)
        if self.error:
            raise self.error
        if method == "users.info":
            user = params["user"]
            return {"user": {"id": user, "real_name": user} | self.people.get(user, {})}
        return {"channel": {"is_ext_shared": params["channel"] in self.shared}}


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def gate(directory: Directory, memory: Memory) -> Gate:
    return Gate(memory, People(directory), Rooms(directory), ME)


def event(**event: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": {"type": "message", "channel": "C1", **event},
    }


def said(text: Any = MENTION, *, user: str = ADA, **more: Any) -> dict[str, Any]:
    return event(**{"user": user, "text": text, "ts": TS, "team": TEAM, **more})


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    body = event(subtype="message_changed", hidden=True, ts="1700000001.000100")
    body["event"] |= {"message": after["event"], "previous_message": before["event"]}
    return body


def deleted(before: dict[str, Any]) -> dict[str, Any]:
    body = event(subtype="message_deleted", hidden=True, ts="1700000001.000100")
    body["event"] |= {"deleted_ts": TS, "previous_message": before["event"]}
    return body


def interaction(kind: str, *, user: str = ADA, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "channel": {"id": "C1"},
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.invalid/1",
        **more,
    }


def pressed(action: str, **more: Any) -> dict[str, Any]:
    return interaction("block_actions", actions=[{"action_id": action}], **more)


def shortcut(**more: Any) -> dict[str, Any]:
    return interaction("message_action", callback_id="ask_about_message", **more)


def command(*, user: str = ADA, channel: str = "C1") -> dict[str, Any]:
    return {
        "command": "/claude",
        "text": "hello",
        "team_id": TEAM,
        "channel_id": channel,
        "user_id": user,
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.invalid/1",
    }


TOMBSTONE = said("", subtype="tombstone", user="USLACKBOT")
SIGNED_OUT = event(type="tokens_revoked", tokens={"bot": [BOT]})
FORM = interaction("view_submission", view={"id": "V1"})
MESSAGE = Keep(f"msg:{TEAM}:C1:{TS}")
DIRECT = Keep(f"msg:{TEAM}:D1:{TS}")


def kept(verdict: Verdict) -> bool:
    return isinstance(verdict, Keep | Now)


# --- what is for us -----------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (said(), MESSAGE),
        (said(type="app_mention"), MESSAGE),
        (said(f"see <@{BOT}|parley>?"), MESSAGE),
        (said(f"<@{BOB}> and <@{BOT}>, hello", thread_ts=ROOT), MESSAGE),
        (said("hello", channel="D1"), DIRECT),
        (said(f"<@{BOB}> said so", channel="D1", thread_ts=ROOT), DIRECT),
        (said("look", channel="D1", subtype="file_share"), DIRECT),
        (said(subtype="thread_broadcast", thread_ts=ROOT), MESSAGE),
        (changed(said("hallo", channel="D1"), said(channel="D1")), Keep("ev:Ev1")),
        (changed(said(), said("for Bob, then")), Keep("ev:Ev1")),
        (deleted(said()), Keep("ev:Ev1")),
        (changed(said(), TOMBSTONE), Keep("ev:Ev1")),
        (event(type="agent_session_stopped", user=ADA, thread_ts=ROOT), Keep("ev:Ev1")),
        (event(type="member_joined_channel", user=BOT), Joined("C1")),
        (event(type="app_uninstalled"), Revoked("app_uninstalled")),
        (SIGNED_OUT, Revoked("tokens_revoked")),
        (command(), Keep("cmd:1.2.3")),
        (pressed("choose:allow"), Keep("act:1.2.3")),
        (pressed("words:deny"), Now()),
        (pressed("words:"), Now()),
        (shortcut(), Now()),
        (FORM, Keep("sub:V1")),
    ],
)
async def test_what_is_for_us_is_taken(
    body: dict[str, Any], verdict: Verdict, gate: Gate
) -> None:
    if body.get("event", {}).get("subtype") in {"message_changed", "message_deleted"}:
        body["event"]["channel"] = body["event"]["previous_message"]["channel"]

    assert await gate.judge(body) == verdict


@pytest.mark.parametrize(
    "body",
    [
        said("hello all"),
        said("a reply", thread_ts=ROOT),
        said("a root that has replies", thread_ts=TS),
        said("a reply", thread_ts=ROOT, channel_type="mpim", channel="G1"),
        said(user=BOT),
        said(bot_id="B1"),
        said(subtype="bot_message"),
        said(subtype="channel_join"),
        said(hidden=True),
        said(user=""),
        said(ts=None),
        said(text=["no", "text"]),
        changed(said(), said()),
        changed(said(), said(attachments=[{"title": "A page"}])),
        changed(said("one", bot_id="B1"), said("two", bot_id="B1")),
        changed(said("hallo"), said("hello")),
        deleted(said(bot_id="B1")),
        deleted(said("hello all")),
        event(subtype="message_deleted", hidden=True),
        event(subtype="message_replied"),
        event(type="app_home_opened", user=ADA, tab="home"),
        event(type="app_home_opened", user=BOB, tab="messages", channel="D1"),
        event(type="member_joined_channel", user=ADA),
        event(type="tokens_revoked", tokens={"oauth": [ADA]}),
        event(type="reaction_added", user=ADA),
        event(type=5),
        {"type": "event_callback", "event": "nothing"},
        pressed("tick"),
        pressed("open:link"),
        interaction("block_actions"),
        interaction("block_actions", actions=["x"]),
        interaction("message_action", callback_id="another"),
        interaction("view_closed"),
        {"type": "app_rate_limited", "team_id": TEAM},
        {},
    ],
)
async def test_what_is_not_for_us_leaves_no_trace(
    body: dict[str, Any], gate: Gate, directory: Directory
) -> None:
    verdict = await gate.judge(body)

    assert isinstance(verdict, Drop)
    assert verdict.whisper is None
    assert directory.asked == []


async def test_who_opens_our_messages_is_expected_to_write(gate: Gate) -> None:
    opened = event(type="app_home_opened", user=ADA, tab="messages", channel="D1")

    assert await gate.judge(opened) == Expected(Address("slack", "D1", "", TEAM), ADA)


async def test_a_mention_makes_its_thread_ours_at_once(gate: Gate) -> None:
    reply = said("and this", thread_ts=TS, ts="1700000000.000200")
    assert not kept(await gate.judge(reply))

    await gate.judge(said())

    assert kept(await gate.judge(reply))
    assert not kept(await gate.judge(said("else", thread_ts=ROOT)))


async def test_replies_in_a_thread_that_is_ours_are_for_us(
    gate: Gate, memory: Memory
) -> None:
    memory.known.add(Address("slack", "C1", ROOT, TEAM))

    assert kept(await gate.judge(said("so?", thread_ts=ROOT)))
    assert kept(await gate.judge(said(f"so, <@{BOB}>?", thread_ts=ROOT)))
    assert not kept(await gate.judge(said(f" <@{BOB}> see?", thread_ts=ROOT)))
    assert not kept(await gate.judge(said(f"<@{BOB}|bob> see?", thread_ts=ROOT)))
    assert kept(await gate.judge(said(f"<@{BOB}> see <@{BOT}>", thread_ts=ROOT)))


async def test_changes_in_a_thread_that_is_ours_are_for_us(gate: Gate) -> None:
    gate.engage(Address("slack", "C1", ROOT, TEAM))
    before, after = (said(word, thread_ts=ROOT) for word in ("hallo", "hello"))

    assert await gate.judge(changed(before, after)) == Keep("ev:Ev1")
    assert await gate.judge(deleted(before)) == Keep("ev:Ev1")


# --- who may ------------------------------------------------------------------


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
