import os

from prometheus_client.parser import text_string_to_metric_families

from adapters.views import TurnStatus
from bot.metrics import Metrics
from bot.usage import TreeUsage
from runner.events import Usage


def numbers(metrics: Metrics) -> dict[str, float]:
    """By name and labels, as they are written: x_total{one="…",two="…"}."""
    found = {}
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            labels = ",".join(
                f'{key}="{sample.labels[key]}"' for key in sorted(sample.labels)
            )
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = (
                sample.value
            )
    return found


def test_turns_are_counted_by_platform_and_outcome() -> None:
    metrics = Metrics()

    metrics.first_words("slack", 1.5)
    usage = Usage(input=10, output=20, cache_read=30, cache_write=40)
    metrics.turn_ended(
        "slack", TurnStatus.DONE, duration_s=7, usage=usage, cost_usd=0.25
    )
    metrics.turn_ended("slack", TurnStatus.CANCELLED)

    got = numbers(metrics)
    assert got['parley_turns_total{outcome="done",platform="slack"}'] == 1
    assert got['parley_turns_total{outcome="cancelled",platform="slack"}'] == 1
    assert got['parley_turn_first_words_seconds_sum{platform="slack"}'] == 1.5
    assert got['parley_turn_duration_seconds_count{platform="slack"}'] == 1
    assert got['parley_turn_duration_seconds_bucket{le="8.0",platform="slack"}'] == 1
    assert got['parley_tokens_total{kind="output"}'] == 20
    assert got['parley_tokens_total{kind="cache_write"}'] == 40
    assert got["parley_cost_usd_total"] == 0.25


def test_events_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics()

    metrics.taken_in("telegram", "new", 3)
    metrics.taken_in("telegram", "repeated")

    got = numbers(metrics)
    assert got['parley_events_total{platform="telegram",result="new"}'] == 3
    assert got['parley_events_total{platform="telegram",result="repeated"}'] == 1


def test_what_lies_in_the_inbox_ages_between_two_looks() -> None:
    now = 100.0
    metrics = Metrics(clock=lambda: now)
    age = 'parley_inbox_oldest_age_seconds{platform="web"}'
    metrics.inbox_is("web", oldest_kept_at=90.0, parked=2)
    assert numbers(metrics)[age] == 10

    now = 130.0
    assert numbers(metrics)[age] == 40
    assert numbers(metrics)['parley_events_parked{platform="web"}'] == 2

    metrics.inbox_is("web", oldest_kept_at=None, parked=0)
    assert numbers(metrics)[age] == 0
    assert numbers(metrics)['parley_events_parked{platform="web"}'] == 0


def test_limits_are_counted_by_method() -> None:
    metrics = Metrics()

    metrics.rate_limited("telegram", "sendMessage", 2.5)

    got = numbers(metrics)
    labels = '{method="sendMessage",platform="telegram"}'
    assert got[f"parley_rate_limited_total{labels}"] == 1
    assert got[f"parley_rate_limit_wait_seconds_total{labels}"] == 2.5


def test_what_is_open_and_waiting_is_counted_at_each_look() -> None:
    waiting, streams = [1, 2], [1]
    metrics = Metrics(queued=lambda: len(waiting), streams=lambda: len(streams))
    assert numbers(metrics)["parley_turns_queued"] == 2
    assert numbers(metrics)["parley_web_streams_open"] == 1

    waiting.clear()
    streams.clear()
    assert numbers(metrics)["parley_turns_queued"] == 0
    assert numbers(metrics)["parley_web_streams_open"] == 0


def usage(cpu_s: float) -> TreeUsage:
    return TreeUsage(
        cpu_s=cpu_s,
        memory_bytes=100,
        share_bytes=None,
        threads=7,
        open_files=11,
        processes=2,
        state="sleeping",
    )


def test_what_agents_use_is_summed_up() -> None:
    metrics = Metrics(agents=lambda: 2)

    metrics.agents_use({1: usage(3.0), 2: usage(4.0)})

    got = numbers(metrics)
    assert got["parley_agent_processes"] == 2
    assert got["parley_agent_memory_bytes"] == 200
    assert got["parley_agent_threads"] == 14
    assert got["parley_agent_open_files"] == 22


def test_processor_time_only_grows_though_agents_come_and_go() -> None:
    metrics = Metrics()

    metrics.agents_use({1: usage(3.0), 2: usage(4.0)})
    metrics.agents_use({2: usage(5.0)})
    assert numbers(metrics)["parley_agent_cpu_seconds_total"] == 8

    metrics.agents_use({})
    metrics.agents_use({1: usage(0.5)})
    assert numbers(metrics)["parley_agent_cpu_seconds_total"] == 8.5


def test_limits_of_ours_are_counted_by_kind() -> None:
    parked = ["claude:subscription"]
    metrics = Metrics(parked=lambda: len(parked))

    metrics.watched("silent_stream")
    metrics.evicted("memory")
    metrics.limit_reached("budget")
    metrics.too_fast("web")

    got = numbers(metrics)
    assert got["parley_accounts_parked"] == 1
    assert got['parley_watch_episodes_total{kind="silent_stream"}'] == 1
    assert got['parley_pool_evictions_total{reason="memory"}'] == 1
    assert got['parley_limits_reached_total{limit="budget"}'] == 1
    assert got['parley_messages_too_fast_total{platform="web"}'] == 1


def test_without_agents_there_is_nothing_to_sum_up() -> None:
    got = numbers(Metrics())

    assert got["parley_agent_processes"] == got["parley_agent_memory_bytes"] == 0
    if os.path.exists("/proc"):  # noqa: PTH110
        assert got["process_resident_memory_bytes"] > 0


def test_two_programs_in_one_process_count_for_themselves() -> None:
    one, two = Metrics(), Metrics()
    one.taken_in("web", "new")

    assert not any(name.startswith("parley_events_total") for name in numbers(two))
