"""Far more of everything than anybody sends: memory is bounded by what is kept."""

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat

from adapters.slack.render import render as slack
from adapters.telegram.render import render as telegram
from adapters.views import Said, TurnStatus, TurnView
from bot.codec import TURN_VIEW
from bot.turn import Turn
from runner.claude_decode import ClaudeDecoder
from runner.errors import ProtocolError
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    TextDelta,
    TextFinished,
    ToolFinished,
    ToolStarted,
    TurnFinished,
)
from runner.ndjson import LineBuffer
from tests.adapters.slack.views import faults as faults_on_slack
from tests.adapters.telegram.views import faults as faults_on_telegram

MB = 1024 * 1024
READ = Phrase("step-read", {"what": "a.py"})


@contextmanager
def at_most(most_mb: float) -> Iterator[None]:
    """What Python holds at its worst meanwhile, beside what it held before."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < most_mb * MB, f"{(peak - before) / MB:.1f} MB"


def test_a_million_deltas_are_held_once_and_let_go() -> None:
    turn, delta = Turn("t1", started_at=0.0), TextDelta("m", "word ")

    with at_most(24):
        for each in repeat(delta, 1_000_000):
            turn.apply(each, now=1.0)
        turn.apply(TextFinished("m", "short"), now=1.0)

    assert turn.view().parts == (Said("short"),)


def test_what_an_agent_writes_without_end_is_dropped() -> None:
    buffer = LineBuffer(max_line=MB)
    chunk = b"x" * 65_536

    with at_most(4):
        refused = 0
        for _ in range(20 * MB // len(chunk)):
            try:
                assert list(buffer.feed(chunk)) == []
            except ProtocolError:
                refused += 1

    assert refused == 1
    assert list(buffer.feed(b"\n{}\n")) == [b"{}"]


def test_ten_thousand_calls_in_one_turn_are_told_in_a_few_messages() -> None:
    turn = Turn("t1", started_at=0.0)
    for number in range(10_000):
        turn.apply(ToolStarted(str(number), "Read", "read", READ), now=1.0)
        turn.apply(ToolFinished(str(number), ok=True, output="x" * 200), now=1.0)
    turn.apply(TurnFinished(turn="u", stop_reason="end_turn"), now=2.0)
    view = turn.view()

    for pieces in (telegram(view, now=3.0), slack(view, now=3.0)):
        assert len(pieces) < 20
    assert list(faults_on_telegram(telegram(view, now=3.0))) == []
    assert list(faults_on_slack(slack(view, now=3.0))) == []
    assert TURN_VIEW.load(TURN_VIEW.dump(view)) == view


def test_a_thousand_questions_of_one_turn_are_open_until_each_is_answered() -> None:
    turn = Turn("t1", started_at=0.0)
    ids = [f"r{number}" for number in range(1_000)]
    for id_ in ids:
        asked = PermissionRequested(id_, "Bash", "execute", Phrase("ask-run"))
        turn.apply(asked, now=1.0)

    for id_ in ids:
        assert turn.status is TurnStatus.WAITING
        turn.apply(PermissionWithdrawn(id_), now=1.0)

    assert turn.status is TurnStatus.RUNNING


def test_a_thousand_requests_of_an_agent_are_all_withdrawn_with_it() -> None:
    agent = ClaudeDecoder("/srv/project")
    request = {"subtype": "can_use_tool", "tool_name": "Bash", "input": {}}
    for number in range(1_000):
        request = {**request, "input": {"command": f"echo {number}"}}
        line = {"type": "control_request", "request_id": f"r{number}"}
        agent.decode(json.dumps({**line, "request": request}).encode())

    lost = [e for e in agent.lost("gone") if isinstance(e, PermissionWithdrawn)]

    assert len({e.request_id for e in lost}) == 1_000
    assert not agent.asked


def test_a_long_answer_is_whole_and_within_the_limits() -> None:
    words = " ".join(f"w{number}" for number in range(30_000))
    text = "\n\n".join(words[at : at + 700] for at in range(0, len(words), 700))
    view = TurnView(
        id="t1", status=TurnStatus.DONE, parts=(Said(text),), started_at=1.0
    )

    pieces = telegram(view, now=3.0)

    messages = [piece for piece in pieces if not piece.upload]
    assert list(faults_on_telegram(messages)) == []
    assert list(faults_on_slack(slack(view, now=3.0))) == []
    assert [piece.upload.content for piece in pieces if piece.upload] == [text]
