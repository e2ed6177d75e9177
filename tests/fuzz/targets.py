"""What reads bytes from outside, each as one function that must not raise."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from adapters.scrub import scrub
from adapters.slack.render import render as slack
from adapters.slack.web import read_body
from adapters.telegram.render import render as telegram
from adapters.views import Notice
from adapters.web.replies import parsed
from bot.codec import ASKED, QUESTION, SETTINGS, TURN_VIEW
from runner.ndjson import LineBuffer
from tests.adapters.slack.views import faults as faults_on_slack
from tests.adapters.telegram.corpus import CORPUS
from tests.adapters.telegram.views import faults as faults_on_telegram
from tests.fuzz.seeds import AGENT, SLACK, TELEGRAM
from tests.fuzz.test_agent import survives
from tests.fuzz.test_files_at_rest import VIEW, WHOLE
from tests.fuzz.test_incoming import slack_survives, telegram_survives

NOW = 1000.0


@dataclass(frozen=True, slots=True)
class Target:
    seeds: tuple[bytes, ...]
    attempt: Callable[[bytes], object]


def _json(attempt: Callable[[object], object]) -> Callable[[bytes], object]:
    """An *attempt* that gets what the JSON says; what is none never gets so far."""

    def with_json(given: bytes) -> None:
        try:
            value = json.loads(given)
        except (ValueError, RecursionError):
            return
        attempt(value)

    return with_json


def _lines(given: bytes) -> None:
    """However the bytes are cut, the same lines come out."""
    whole = list(LineBuffer().feed(given))
    buffer = LineBuffer()
    cut = [line for at in range(len(given)) for line in buffer.feed(given[at : at + 1])]
    assert cut == whole
    for line in whole:
        survives(line)


def _rows(given: bytes) -> None:
    for codec in (TURN_VIEW, QUESTION, ASKED, SETTINGS):
        try:
            codec.load(given.decode(errors="replace"))
        except ValueError:
            continue


def _slack_body(given: bytes) -> None:
    for kind in ("application/json", ""):
        try:
            read_body(given, kind)
        except ValueError:
            continue


def _markdown(given: bytes) -> None:
    """Both messengers take it."""
    text = given.decode(errors="replace")
    notice = Notice(id="n1", text=text)
    assert list(faults_on_telegram(telegram(notice, now=NOW))) == []
    assert list(faults_on_slack(slack(notice, now=NOW))) == []
    scrub(text).encode()


def _bytes(values: tuple[dict[str, object], ...]) -> tuple[bytes, ...]:
    return tuple(json.dumps(value).encode() for value in values)


TARGETS: dict[str, Target] = {
    "telegram": Target(_bytes(TELEGRAM), _json(telegram_survives)),
    "slack": Target(_bytes(SLACK), _json(slack_survives)),
    "slack-body": Target(_bytes(SLACK), _slack_body),
    "agent": Target(_bytes(AGENT), survives),
    "lines": Target((WHOLE,), _lines),
    "rows": Target((TURN_VIEW.dump(VIEW).encode(),), _rows),
    "markdown": Target(
        tuple(CORPUS[name][:3000].encode(errors="replace") for name in CORPUS),
        _markdown,
    ),
    "web-json": Target(
        (b'{"a": [1]}',), lambda given: parsed(given.decode(errors="replace"))
    ),
}
