"""What a record proves that nobody could have made a real agent write in time."""

from typing import Any

import pytest

from runner.session_file import TORN, evidence_in


def prompt(id_: str = "mine", text: str = "do it", **more: Any) -> dict[str, Any]:
    return {"type": "user", "uuid": id_, "message": {"content": text}, **more}


def said(text: str, reason: str | None = "end_turn", **more: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": text}]
    message = {"id": "m", "model": "opus", "stop_reason": reason, "content": content}
    return {"type": "assistant", "message": {**message, **more}}


NOISE = {"type": "last-prompt", "lastPrompt": "do it"}


@pytest.mark.parametrize(
    ("record", "answered"),
    [
        ([prompt(), said("done")], True),
        ([prompt(), said("done"), NOISE, {"type": "attachment"}], True),
        ([prompt(), said("done"), prompt("other"), said("x", None)], True),
        ([prompt()], False),
        ([prompt(), NOISE], False),
        ([prompt(), said("half", None)], False),
        ([prompt(), said("before a tool", "tool_use")], False),
        ([prompt(), said("cut short", "max_tokens")], False),
        ([prompt(), said("No response requested.", model="<synthetic>")], False),
        ([prompt(), said("first block"), TORN], False),
        ([prompt(), TORN, said("done")], True),
        ([prompt(), said("done"), prompt("m", "Stop hook: go on", isMeta=True)], False),
        ([prompt(), prompt("m", "[Request interrupted by user]")], False),
        ([prompt(), {**said("inner"), "isSidechain": True}], False),
        ([prompt(), prompt("s", "summary", isCompactSummary=True), said("done")], True),
        ([prompt(), prompt("other"), said("to the other")], False),
    ],
)
def test_when_a_turn_counts_as_answered(
    record: list[dict[str, Any]], answered: bool
) -> None:
    found = evidence_in(record, ["mine"], "/w")

    assert (found.last, found.answered) == ("mine", answered)
