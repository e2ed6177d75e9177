from typing import get_args

import pytest

from adapters.language import languages
from bot.alarms import Alarms
from bot.errors import (
    PAUSES_S,
    Offer,
    explain,
    explain_error,
    in_words,
    policy_of,
    policy_of_error,
)
from runner.errors import AgentKilled, AgentNotFound, RunnerError, SessionGone
from runner.events import Cause, Limit, Phrase, TurnFinished


def failed(cause: Cause | None, *, until: float | None = None) -> TurnFinished:
    return TurnFinished(turn="1", stop_reason="failed", cause=cause, until=until)


def met(limit: Limit, detail: str = "") -> TurnFinished:
    return TurnFinished(turn="1", stop_reason="limit", limit=limit, detail=detail)


ENDS = [
    *(failed(cause) for cause in get_args(Cause)),
    failed("rate_limit", until=1e9),
    *(met(limit) for limit in get_args(Limit)),
    TurnFinished(turn="1", stop_reason="refusal"),
]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("event", ENDS, ids=lambda e: e.cause or e.limit or "refusal")
def test_every_end_has_words_and_a_policy(event: TurnFinished, language: str) -> None:
    policy = policy_of(event)

    words = in_words(policy.words, language)
    assert words == explain(event, language)
    assert words != policy.words.key
    for offer in policy.offers:
        key = f"limits-offer-{offer}"
        assert in_words(Phrase(key), language) != key
    assert policy.offers or policy.action == "wait"


def test_every_offer_is_made_by_some_policy() -> None:
    made = {offer for event in ENDS for offer in policy_of(event).offers}
    made |= set(policy_of_error(SessionGone("x")).offers)

    assert made == set(get_args(Offer))


@pytest.mark.parametrize("cause", ["overloaded", "network"])
def test_a_service_that_fails_is_tried_again_with_longer_pauses_then_a_person_decides(
    cause: Cause,
) -> None:
    pauses: list[float] = []
    while (policy := policy_of(failed(cause), retried=len(pauses))).action == "retry":
        pauses.append(policy.again_s)

    assert tuple(pauses) == PAUSES_S
    assert policy.action == "ask"
    assert policy.offers == ("retry",)


def test_a_crash_is_tried_again_at_once_but_not_for_ever() -> None:
    policies = [policy_of(failed("crash"), retried=count) for count in range(3)]

    assert [policy.action for policy in policies] == ["retry", "retry", "ask"]
    assert policies[0].again_s == 0


def test_a_usage_limit_waits_until_it_ends() -> None:
    policy = policy_of(failed("rate_limit", until=1e9))

    assert policy.action == "wait"
    assert policy.until == 1e9
    assert policy_of(failed("rate_limit")).until is None


def test_the_agents_own_words_follow_ours_shortened_and_on_one_line() -> None:
    event = TurnFinished(
        turn="1", stop_reason="failed", cause="request", detail="no\n  way " + "x" * 999
    )

    words = explain(event, "en")

    assert "(no way xxx" in words
    assert len(words) < 450


def test_what_a_process_had_too_much_of_is_said() -> None:
    assert "memory" in explain(met("process", "memory"), "en")
    assert "processor time" in explain(met("process", "cpu"), "en")


def test_a_failure_without_a_cause_is_an_unknown_one() -> None:
    assert policy_of(failed(None)) == policy_of(failed("unknown"))


def test_an_agent_that_was_killed_at_start_is_started_again() -> None:
    error = AgentKilled("agent-killed")

    assert policy_of_error(error).action == "retry"
    assert policy_of_error(error, retried=2).action == "ask"


def test_a_missing_agent_is_the_operators_business() -> None:
    policy = policy_of_error(AgentNotFound("agent-not-found", command="claude"))

    assert policy.attention == "operator"
    assert policy.words.values == {"command": "claude"}


def test_a_lost_session_is_never_answered_with_amnesia() -> None:
    assert policy_of_error(SessionGone("gone")).offers == ("recap", "new")
    assert policy_of_error(RunnerError("else")).offers == ("retry",)


def test_an_error_speaks_the_language_of_who_reads_it() -> None:
    error = RunnerError("limits-cause-start")

    assert explain_error(error, "en") != explain_error(error, "ko")


def test_operators_hear_of_a_trouble_once_until_it_is_over() -> None:
    alarms, login = Alarms(), policy_of(failed("login"))

    assert alarms.first("claude:subscription", login)
    assert not alarms.first("claude:subscription", login)
    assert alarms.first("claude:api_key", login)
    assert alarms.first("claude:subscription", policy_of(failed("credit")))

    alarms.over("claude:subscription")
    assert alarms.first("claude:subscription", login)
    assert not alarms.first("claude:api_key", login)


def test_operators_do_not_hear_of_what_people_can_settle() -> None:
    assert not Alarms().first("claude:subscription", policy_of(failed("model")))
