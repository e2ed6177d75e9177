"""A turn told as the run that an AG-UI client asked for. Pure.

Rule: every message it is told of has an id that begins with its turn's, so what it
holds of a turn can be taken back, and the turn told from its start.
"""

from collections.abc import Iterator
from typing import Any

from adapters.web.agui import Event
from adapters.web.agui_input import RunAgentInput
from adapters.web.agui_interrupts import interrupt

_ENDS = {"TEXT_MESSAGE": "messageId", "TOOL_CALL": "toolCallId"}


class Telling:
    """*answered*: questions that this run brought the answers of."""

    def __init__(
        self, run: RunAgentInput, session: int, turn: str, answered: frozenset[str]
    ) -> None:
        self._run = run
        self._session = session
        self._turn = turn
        self._answered = answered
        self._ids = {"threadId": run.thread_id, "runId": run.run_id}
        self._started = False
        self._open: dict[tuple[str, str], Event] = {}  # how to end what is begun
        self.over = False

    def tell(self, event: Event) -> Iterator[Event]:
        """What the client hears of an event of `agui.Run`."""
        match event:
            case {"type": "RUN_STARTED"}:
                yield from self._start(event)
            case {"type": "CUSTOM", "name": "reset"}:
                yield from self._close()
                yield self._taken_back()
            case {"type": "STATE_SNAPSHOT", "snapshot": state}:
                yield from self._state(state)
            case {"type": "TOOL_CALL_START", "toolCallId": call}:
                self._note(event)
                yield event | {"parentMessageId": f"{self._turn}-{call}"}
            case {"type": "RUN_FINISHED"}:
                self.over = True
                yield event | self._ids
            case _:
                self._note(event)
                self.over = event["type"] == "RUN_ERROR"
                yield event

    def _start(self, event: Event) -> Iterator[Event]:
        if self._started:
            return  # for the client it is one run, whatever happened
        self._started = True
        where = {"parley": {"session": self._session, "turn": self._turn}}
        started = {"type": "RUN_STARTED"} | self._ids | {"metadata": where}
        yield started | {"protocolVersion": event["protocolVersion"]}
        if any(map(self._is_of_turn, self._messages())):
            yield self._taken_back()

    def _taken_back(self) -> Event:
        """The client's own messages are all there is: what it was told is dropped."""
        kept = [one for one in self._messages() if not self._is_of_turn(one)]
        return {"type": "MESSAGES_SNAPSHOT", "messages": kept}

    def _messages(self) -> list[dict[str, Any]]:
        return [message.as_sent() for message in self._run.messages]

    def _is_of_turn(self, message: dict[str, Any]) -> bool:
        return bool(message["id"].startswith(f"{self._turn}-"))

    def _state(self, state: dict[str, Any]) -> Iterator[Event]:
        own = self._run.state if isinstance(self._run.state, dict) else {}
        yield {"type": "STATE_SNAPSHOT", "snapshot": own | state}
        asked = [q for q in state["questions"] if q["id"] not in self._answered]
        if asked and self._run.protocol_version:
            yield from self._close()
            self.over = True
            interrupts = list(map(interrupt, asked))
            outcome = {"type": "interrupt", "interrupts": interrupts}
            yield {"type": "RUN_FINISHED"} | self._ids | {"outcome": outcome}

    def _note(self, event: Event) -> None:
        kind, _, what = event["type"].rpartition("_")
        if key := _ENDS.get(kind):
            begun = kind, event[key]
            if what == "START":
                self._open[begun] = {"type": f"{kind}_END", key: event[key]}
            elif what == "END":
                self._open.pop(begun, None)

    def _close(self) -> Iterator[Event]:
        yield from self._open.values()
        self._open.clear()
