"""A client of AG-UI events that takes nothing twice and misses nothing."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

Told = tuple[str, dict[str, Any]]  # id, event


@dataclass
class Reader:
    """Builds up what it is told, as strictly as AG-UI's own client."""

    texts: dict[str, str] = field(default_factory=dict)  # by message
    calls: dict[str, str] = field(default_factory=dict)  # arguments, by call
    results: dict[str, str] = field(default_factory=dict)  # by call
    runs: dict[str, Any] = field(default_factory=dict)  # last event, by run; None: open
    state: dict[str, Any] = field(default_factory=dict)
    custom: list[tuple[str, Any]] = field(default_factory=list)
    open: set[str] = field(default_factory=set)  # messages and calls not ended
    last_id: str = ""
    kinds: list[str] = field(default_factory=list)

    def take(self, id_: str, event: dict[str, Any]) -> None:
        self.last_id = id_ or self.last_id
        kind = event["type"]
        self.kinds.append(kind)
        getattr(self, f"_{kind.lower()}")(event)

    @property
    def run(self) -> str:
        """The run that is open."""
        return next(run for run, end in self.runs.items() if end is None)

    def _run_started(self, event: dict[str, Any]) -> None:
        assert None not in self.runs.values(), "one run at a time"
        assert event["runId"] not in self.runs
        self.runs[event["runId"]] = None

    def _run_finished(self, event: dict[str, Any]) -> None:
        assert not self.open
        self.runs[self.run] = event

    _run_error = _run_finished

    def _text_message_start(self, event: dict[str, Any]) -> None:
        assert self.run
        assert event["messageId"] not in self.texts
        self.texts[event["messageId"]] = ""
        self.open.add(event["messageId"])

    def _text_message_content(self, event: dict[str, Any]) -> None:
        assert event["messageId"] in self.open
        assert event["delta"]
        self.texts[event["messageId"]] += event["delta"]

    def _text_message_end(self, event: dict[str, Any]) -> None:
        self.open.remove(event["messageId"])

    def _tool_call_start(self, event: dict[str, Any]) -> None:
        assert self.run
        assert event["toolCallId"] not in self.calls
        self.calls[event["toolCallId"]] = ""
        self.open.add(event["toolCallId"])

    def _tool_call_args(self, event: dict[str, Any]) -> None:
        assert event["toolCallId"] in self.open
        self.calls[event["toolCallId"]] += event["delta"]

    def _tool_call_end(self, event: dict[str, Any]) -> None:
        self.open.remove(event["toolCallId"])

    def _tool_call_result(self, event: dict[str, Any]) -> None:
        assert event["toolCallId"] in self.calls
        assert event["toolCallId"] not in self.results
        self.results[event["toolCallId"]] = event["content"]

    def _state_snapshot(self, event: dict[str, Any]) -> None:
        self.state = event["snapshot"]

    def _custom(self, event: dict[str, Any]) -> None:
        self.custom.append((event["name"], event["value"]))
        if event["name"] == "reset":
            self._forget(event["value"]["runId"])

    def _forget(self, run: str) -> None:
        self.runs = {id_: end for id_, end in self.runs.items() if run and id_ != run}
        self.texts = {
            id_: text
            for id_, text in self.texts.items()
            if run and not id_.startswith(f"{run}-")
        }
        # A test's calls belong to the run that is told.
        self.calls, self.results, self.open = {}, {}, set()


async def told(response: httpx.Response) -> AsyncIterator[Told]:
    """Events of a stream as they come; comments are left out."""
    id_ = ""
    async for line in response.aiter_lines():
        if line.startswith("id: "):
            id_ = line.removeprefix("id: ")
        elif line.startswith("data: "):
            yield id_, json.loads(line.removeprefix("data: "))
            id_ = ""


async def read_until(
    stream: AsyncIterator[Told], reader: Reader, wanted: Callable[[Reader], object]
) -> None:
    """Take events until *wanted*; the test's own time limit ends a vain wait."""
    async for id_, event in stream:
        reader.take(id_, event)
        if wanted(reader):
            return
    raise AssertionError(f"the stream ended after {reader.kinds}")
