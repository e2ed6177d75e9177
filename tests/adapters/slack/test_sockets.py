"""Socket Mode against a real server that loses, freezes, refuses and repeats."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest

from adapters.base import LoggedOut
from adapters.slack.api import SlackApi
from adapters.slack.line import ADDRESS_PINGS, ADDRESSES_AT_ONCE
from tests.adapters.slack.entry import connected, entered, until
from tests.adapters.slack.intake import Memory
from tests.slack_server import BOB, FakeSlack


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(ack_within_s=0.5, retry_after_s=(0.0,) * 100) as slack:
        yield slack
        assert slack.refusals == []


def came(slack: FakeSlack, before: int) -> bool:
    """Whether there have been more connections than *before*."""
    return slack.sockets_ever > before


async def all_done(slack: FakeSlack) -> None:
    await slack.until(lambda: all(act.done.is_set() for act in slack.acts))


# --- what comes in ------------------------------------------------------------


async def test_what_is_said_is_kept_and_acknowledged(
    slack: FakeSlack, memory: Memory
) -> None:
    slack.options.ack_within_s = 20.0
    async with connected(slack, memory) as (inside, _):
        said = slack.say("hello")
        act = slack.command("hello")
        await all_done(slack)

    command, message = sorted(inside.handed)  # the sockets keep no order
    assert message == f"msg:{slack.team}:{said.channel}:{said.ts}"
    assert command.startswith("cmd:")
    assert (act.acked, act.answer, act.responses) == (True, {}, [])
    assert [act.attempts for act in slack.acts] == [1, 1]


async def test_a_burst_is_kept_whole_and_once(slack: FakeSlack, memory: Memory) -> None:
    slack.options.ack_within_s = 20.0
    words = [str(n) for n in range(500)]
    async with connected(slack, memory) as (inside, _):
        for word in words:
            slack.say(word)
        await all_done(slack)

    assert sorted(memory.texts, key=int) == words
    assert len(inside.handed) == 500
    assert len(slack.calls("users[.]info")) == 1


@pytest.mark.parametrize("apart_s", [0.0, 0.05])
@pytest.mark.parametrize("mention_first", [False, True])
async def test_a_mention_is_kept_once_in_whatever_order_it_is_told(
    mention_first: bool, apart_s: float, slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory) as (inside, _):
        slack.say(
            f"<@{slack.bot_user}> hello",
            channel=slack.general,
            mention_first=mention_first,
            apart_s=apart_s,
        )
        await slack.until(lambda: len(slack.acts) == 2)
        await all_done(slack)

    assert all(act.acked for act in slack.acts)
    assert len(inside.handed) == 1


async def test_a_reply_right_after_a_mention_is_taken(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory):
        root = slack.say(f"<@{slack.bot_user}> look", channel=slack.general)
        slack.say("and at this", thread=root)
        slack.say(f"<@{BOB}> not you", thread=root)
        await all_done(slack)

    assert len(memory.texts) == 2
    assert memory.texts[1] == "and at this"


async def test_an_event_is_not_acknowledged_before_it_is_kept(
    slack: FakeSlack, memory: Memory
) -> None:
    memory.full = True
    async with connected(slack, memory):
        slack.say("hello")
        await slack.until(lambda: slack.acts[0].attempts == 2)
        assert not slack.acts[0].acked

        memory.full = False
        await all_done(slack)

    assert slack.acts[0].acked
    assert memory.texts == ["hello"]


async def test_what_was_kept_and_not_acknowledged_is_not_new(
    slack: FakeSlack, memory: Memory
) -> None:
    slack.hold_acks = True
    async with connected(slack, memory) as (first, _):
        slack.say("hello")
        await until(lambda: first.handed)

    async with connected(slack, memory) as (second, _):
        slack.hold_acks = False
        await all_done(slack)

    assert slack.acts[0].acked
    assert slack.acts[0].attempts > 1
    assert memory.texts == ["hello"]
    assert second.handed == []


async def test_what_is_being_kept_when_we_go_is_still_acknowledged(
    slack: FakeSlack, memory: Memory
) -> None:
    slack.options.ack_within_s = 20.0
    memory.open.clear()
    async with connected(slack, memory):
        slack.say("hello")
        await until(lambda: memory.waiting)
        asyncio.get_running_loop().call_later(0.05, memory.open.set)
    await all_done(slack)

    assert slack.acts[0].attempts == 1
    assert memory.texts == ["hello"]
    await slack.until(lambda: slack.sockets == 0)


# --- connections --------------------------------------------------------------


async def test_two_connections_are_held(slack: FakeSlack, memory: Memory) -> None:
    async with connected(slack, memory) as (inside, sockets):
        assert slack.sockets == 2
        assert inside.gaps == [None]
        assert sockets.health.last_contact


async def test_a_refreshed_connection_leaves_no_gap(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory) as (inside, _):
        await slack.disconnect("refresh_requested")
        slack.say("hello")
        await all_done(slack)
        await slack.until(lambda: len(slack.calls("apps.*")) == 4)
        await slack.until(lambda: slack.sockets == 2)

    assert memory.texts == ["hello"]
    assert inside.gaps == [None]


@pytest.mark.parametrize("trouble", ["reset", "freeze"])
async def test_lost_connections_come_back_and_tell_of_the_gap(
    trouble: str, slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory, gap_s=0.0) as (inside, sockets):
        lost_after = sockets.health.last_contact or 0.0
        getattr(slack, trouble)()
        slack.say("hello")
        await all_done(slack)
        await until(lambda: sockets.health.state == "ok")
        await until(lambda: any((gap or 0.0) >= lost_after for gap in inside.gaps))

    assert memory.texts == ["hello"]


async def test_a_short_gap_is_none(slack: FakeSlack, memory: Memory) -> None:
    async with connected(slack, memory, gap_s=30.0) as (inside, sockets):
        slack.reset()
        await slack.until(lambda: slack.sockets == 0)
        await until(lambda: sockets.health.state == "ok")

    assert inside.gaps == [None]


async def test_an_address_that_refuses_us_is_given_up(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory, stuck_s=0.3) as (_, sockets):
        slack.refuse_handshakes(2)
        slack.reset()
        slack.say("hello")
        await until(lambda: sockets.health.state == "down")
        assert "no connection" in sockets.health.reason
        await all_done(slack)
        await until(lambda: sockets.health.state == "ok")

    assert memory.texts == ["hello"]


async def test_a_client_beyond_help_is_replaced(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory, dead_s=0.3) as (_, sockets):
        slack.refuse_handshakes(2)
        slack.reset()
        slack.say("hello")
        await all_done(slack)
        await until(lambda: sockets.health.state == "ok")

    assert memory.texts == ["hello"]


async def test_while_slack_is_away_it_is_asked_again_and_again(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory) as (_, sockets):
        away = slack.fail("apps[.]connections[.]open", 99, "5xx")
        slack.reset()
        await until(lambda: away.left < 95)
        assert sockets.health.state == "degraded"

        away.left = 0
        await until(lambda: sockets.health.state == "ok")


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type"])
async def test_a_bad_token_ends_it_and_says_which_one(
    error: str, slack: FakeSlack, memory: Memory
) -> None:
    slack.fail("apps[.]connections[.]open", 9, "error", code=error)

    async with SlackApi(slack.bot_token, slack.api_base) as api:
        inside = await entered(memory, api)
        with pytest.raises(LoggedOut, match=r"xapp-.*connections:write"):
            await asyncio.wait_for(inside.sockets(slack.app_token).run(), 10)


async def test_socket_mode_that_is_switched_off_is_told_and_may_be_switched_on_again(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory, refused_s=0.1) as (_, sockets):
        slack.fail("apps[.]connections[.]open", 4, "error", code="invalid_auth")
        await slack.disconnect("link_disabled")
        await until(lambda: sockets.health.state == "down")
        assert "Socket Mode is switched off" in sockets.health.reason

        await until(lambda: sockets.health.state == "ok")
        slack.say("on again")

        await slack.until(lambda: memory.texts == ["on again"])


async def test_an_app_token_taken_back_and_given_again_loses_nothing(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory, refused_s=0.1) as (_, sockets):
        taken = slack.fail(
            "apps[.]connections[.]open", 99, "error", code="token_revoked"
        )
        slack.reset()
        await until(lambda: sockets.health.state == "down")
        assert "token_revoked" in sockets.health.reason
        slack.say("meanwhile")

        taken.left = 0

        await slack.until(lambda: memory.texts == ["meanwhile"])


@pytest.mark.parametrize("reason", ["warning", "too_many_websockets"])
async def test_a_storm_of_farewells_asks_for_few_addresses(
    reason: str, slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory) as (_, sockets):
        asked, began_at = (
            len(slack.calls("apps[.]connections[.]open")),
            time.monotonic(),
        )
        for _ in range(15):
            before = slack.sockets_ever
            await slack.disconnect(reason)
            await until(partial(came, slack, before))
        lasted_s = time.monotonic() - began_at
        storm = len(slack.calls("apps[.]connections[.]open")) - asked
        slack.say("through it all")

        await slack.until(lambda: memory.texts == ["through it all"])
        await until(lambda: sockets.health.state == "ok")

    every_s = ADDRESS_PINGS * 0.2
    assert storm <= 2 * (ADDRESSES_AT_ONCE + lasted_s / every_s + 1)


async def test_connections_that_others_have_taken_are_named(
    slack: FakeSlack, memory: Memory
) -> None:
    async with connected(slack, memory) as (_, sockets):
        taken = slack.fail(
            "apps[.]connections[.]open", 99, "error", code="too_many_websockets"
        )
        slack.reset()
        await until(lambda: "others have them all" in sockets.health.reason)

        taken.left = 0

        await until(lambda: sockets.health.state == "ok")
