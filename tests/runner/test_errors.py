"""How the real agent fails, told apart: every row of what it reports and its cause."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base import SessionSpec
from runner.claude_errors import finished
from runner.claude_runner import ClaudeRunner
from runner.environment import Billing
from runner.events import Noted, Phrase, TurnFinished
from tests.claude_cli import claude_binary, parent_environment
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Say
from tests.runner.talk import Talk, talking

CREDENTIALS: Mapping[Billing, Mapping[str, str]] = {
    "api_key": {"ANTHROPIC_API_KEY": "sk-ant-fake"},
    "subscription": {"CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-fake"},
}
#: What the service says how often (some the agent tries again whatever it is told),
#: and why the turn failed. The first finds no conversation yet that could be made
#: shorter.
ROWS = (
    (1, Reply(status=400, message="prompt is too long: 9 > 8 maximum"), "context_full"),
    (1, Reply(status=400, message="Your credit balance is too low"), "credit"),
    (6, Reply(status=400, message="something odd"), "request"),
    (5, Reply(status=400, message="A maximum of 100 PDF pages may be"), "attachment"),
    (5, Reply(status=400, message="image exceeds 5 MB maximum"), "attachment"),
    (5, Reply(status=400, message="Could not process image"), "attachment"),
    (1, Reply(status=401, message="invalid x-api-key"), "login"),
    (1, Reply(status=403, message="not allowed"), "login"),
    (2, Reply(status=404, message="model: nope"), "model"),
    (3, Reply(status=413, message="Request exceeds the maximum size"), "attachment"),
    (1, Reply(status=429, message="Too many requests"), "rate_limit"),
    (1, Reply(status=500, message="oops"), "overloaded"),
    (1, Reply(status=502, message="bad gateway"), "overloaded"),
    (1, Reply(status=529, message="Overloaded"), "overloaded"),
    (4, Reply(blocks=[Say("half")], stop_reason="max_tokens"), "output_full"),
    (
        4,
        Reply(blocks=[Say("x")], stop_reason="model_context_window_exceeded"),
        "context_full",
    ),
)


def runner_of(
    api: FakeMessages, tmp_path: Path, home: Path, billing: Billing, url: str = ""
) -> ClaudeRunner:
    """One that gives up at once."""
    return ClaudeRunner(
        [str(claude_binary())],
        billing=billing,
        env={
            "ANTHROPIC_BASE_URL": url or api.url,
            "CLAUDE_CODE_MAX_RETRIES": "0",
            **CREDENTIALS[billing],
        },
        environ=parent_environment(home),
        state=tmp_path / "state",
    )


async def test_each_failure_of_the_service_has_its_cause(
    api: FakeMessages, tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    ends = []
    async with talking(runner_of(api, tmp_path, home, "api_key").open(spec)) as talk:
        for times, reply, _ in ROWS:
            api.then(*[reply] * times)
            ends.append(await talk.turn("hello"))
            while (await talk.turn("SAY[still here]")).text != "still here":
                pass  # it tried less often

    assert [end.cause for end in ends] == [cause for *_, cause in ROWS]
    assert {end.stop_reason for end in ends} == {"failed"}
    assert all(end.detail and not end.text for end in ends)


async def test_a_refusal_is_told_apart_from_a_failure(
    api: FakeMessages, tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    api.then(*[Reply(blocks=[Say("no")], stop_reason="refusal")] * 2)
    async with runner_of(api, tmp_path, home, "api_key").open(spec) as session:
        end = await Talk(session).turn("hello")

    assert (end.stop_reason, end.cause, end.text) == ("refusal", None, "")
    assert "safeguards" in end.detail


async def test_a_service_that_is_not_there(
    api: FakeMessages, tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    nowhere = runner_of(api, tmp_path, home, "api_key", "http://127.0.0.1:9")
    async with nowhere.open(spec) as session:
        end = await Talk(session).turn("hello")

    assert (end.stop_reason, end.cause) == ("failed", "network")


# --- limits ---------------------------------------------------------------------------


def unified(status: str, until: int, used: float = 1.0) -> Mapping[str, str]:
    """What the service says of a subscription's limits."""
    head = "anthropic-ratelimit-unified"
    return {
        f"{head}-status": status,
        f"{head}-reset": str(until),
        f"{head}-representative-claim": "five_hour",
        f"{head}-5h-status": status,
        f"{head}-5h-reset": str(until),
        f"{head}-5h-utilization": str(used),
        f"{head}-5h-surpassed-threshold": "0.9",
    }


async def test_the_limit_of_a_subscription_says_when_it_ends(
    api: FakeMessages, tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    until = int(time.time()) + 7200
    near = Reply(blocks=[Say("ok")], headers=unified("allowed_warning", until, 0.91))
    reached = Reply(status=429, headers=unified("rejected", until))
    busy = Reply(status=429, headers={"retry-after": "3600"})
    api.then(near, reached, busy)
    async with talking(
        runner_of(api, tmp_path, home, "subscription").open(spec)
    ) as talk:
        fine = await talk.turn("hello")
        over = await talk.turn("and again")
        other = await talk.turn("and again")

    assert fine.stop_reason == "end_turn"
    assert (over.cause, over.until) == ("rate_limit", until)
    assert (other.cause, other.until) == ("overloaded", None)
    assert talk.all(Noted) == [
        Noted("rate_limit", Phrase("agent-limit-near", {"used": 91}), until),
        Noted("rate_limit", Phrase("agent-limit-reached"), until),
    ]


async def test_the_limit_of_a_key_does_not_say_when_it_ends(
    api: FakeMessages, tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    """The service does (`retry-after`), but the agent passes nothing of it on."""
    api.then(Reply(status=429, headers={"retry-after": "3600"}))
    async with talking(runner_of(api, tmp_path, home, "api_key").open(spec)) as talk:
        end = await talk.turn("hello")

    assert (end.cause, end.until) == ("rate_limit", None)
    assert talk.all(Noted) == []


async def test_a_limit_of_the_agents_own_is_named(
    api: FakeMessages, tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    runner = runner_of(api, tmp_path, home, "api_key")
    async with runner.open(replace(spec, max_turns=1)) as session:
        end = await Talk(session).turn("RUN[echo hi]RUN")

    assert (end.stop_reason, end.limit, end.cause) == ("limit", "turns", None)


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ({"subtype": "error_max_turns", "is_error": True}, "turns"),
        ({"subtype": "error_max_budget_usd", "is_error": True}, "cost"),
        ({"subtype": "success"}, None),
    ],
)
def test_which_limit_a_result_names(message: dict[str, object], limit: str) -> None:
    end: TurnFinished = finished(
        message, turn="x", error="", interrupted=False, cost_usd=0, until=None
    )

    assert end.limit == limit
