"""Turns as events of AG-UI 1.0 (https://docs.ag-ui.com). Pure.

Rule: an event's id is the place after it. From any place, what is told next is what a
reader without interruption would have been told.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from adapters.views import Part, Said, Step, TurnStatus, TurnView
from adapters.web.picture import State
from adapters.web.place import Place, step_told, text_ended, text_told
from adapters.web.replies import Turn
from adapters.web.values import Entry

Event: TypeAlias = dict[str, Any]

#: Characters in one event. Whatever a reader's limit for a message is, this is below.
DELTA = 16_000


@dataclass(frozen=True, slots=True)
class Sent:
    """An event on its way, with the place after it; "": it has none, it passes."""

    id: str
    event: Event

    @property
    def json(self) -> str:
        return json.dumps(self.event, ensure_ascii=False, separators=(",", ":"))


def custom(name: str, value: Any) -> Sent:
    """Something that passes: it is not told again to those who were not there."""
    return Sent("", {"type": "CUSTOM", "name": name, "value": value})


def reset(turn: str) -> Sent:
    """What was told of this run does not hold; it follows from its start."""
    return custom("reset", {"runId": turn})


class Run:
    """One turn being told. `tell` gives what a newer view has more."""

    def __init__(self, thread: int, turn: str) -> None:
        self._conversation = thread
        self._thread = str(thread)
        self._started = False
        self._state: State | None = None
        self._parts: tuple[Part, ...] = ()
        self.place = Place(turn=turn)

    @classmethod
    def resume(cls, thread: int, place: Place, view: TurnView) -> "Run | None":
        """Go on from *place*; None if *view* does not lead there."""
        if not place.within(view.parts):
            return None
        run = cls(thread, place.turn)
        run.place = place
        run._started = True
        run._parts = view.parts
        return run

    @property
    def turn(self) -> str:
        return self.place.turn

    def tell(self, entry: Entry, state: State) -> Iterator[Sent]:
        view = entry.view
        if self.place.ended:
            return
        if self._started and not self._continued_by(view.parts):
            self.place = Place(turn=self.turn)
            self._started, self._state = False, None
            yield reset(self.turn)
        self._parts = view.parts
        if not self._started:
            self._started = True
            yield self._event("RUN_STARTED", _input(self._thread, view))
        yield from self._results()
        yield from self._content(over=view.final)
        if view.final:
            yield self._end(entry)
        else:
            yield from self._snapshot(state)

    def _event(self, kind: str, fields: Event, **moved: Any) -> Sent:
        self.place = replace(self.place, **moved)
        return Sent(str(self.place), {"type": kind} | fields)

    # --- what the agent said and did ---

    def _content(self, *, over: bool) -> Iterator[Sent]:
        last = len(self._parts) - 1
        while self.place.part <= last:
            part = self._parts[self.place.part]
            if isinstance(part, Step):
                yield from self._step(part)
                continue
            complete = part.complete or over or self.place.part < last
            if not complete and not part.text.strip():
                return  # a blank draft may go as it came
            yield from self._words(part.text)
            if not complete:
                return
            yield self._event(
                "TEXT_MESSAGE_END",
                {"messageId": self._message(self.place.part)},
                part=self.place.part + 1,
                offset=-1,
                digest=text_ended(self.place.digest),
            )

    def _words(self, text: str) -> Iterator[Sent]:
        message = {"messageId": self._message(self.place.part)}
        if self.place.offset < 0:
            yield self._event(
                "TEXT_MESSAGE_START", message | {"role": "assistant"}, offset=0
            )
        while delta := text[self.place.offset : self.place.offset + DELTA]:
            yield self._event(
                "TEXT_MESSAGE_CONTENT",
                message | {"delta": delta},
                offset=self.place.offset + len(delta),
                digest=text_told(delta, self.place.digest),
            )

    def _step(self, step: Step) -> Iterator[Sent]:
        call: Event = {"toolCallId": step.id}
        place = self.place.part
        if self.place.offset < 0:
            parent = {"metadata": {"parent": step.parent}} if step.parent else {}
            yield self._event(
                "TOOL_CALL_START",
                call | {"toolCallName": step.kind} | parent,
                offset=0,
                digest=step_told(step, self.place.digest),
            )
        if self.place.offset == 0:
            title = json.dumps({"title": step.title}, ensure_ascii=False)
            yield self._event("TOOL_CALL_ARGS", call | {"delta": title}, offset=1)
        yield self._event(
            "TOOL_CALL_END",
            call,
            part=place + 1,
            offset=-1,
            pending=(*self.place.pending, place),
        )
        yield from self._results()

    def _results(self) -> Iterator[Sent]:
        for place in self.place.pending:
            step = self._parts[place]
            if not isinstance(step, Step) or step.ok is None:
                continue
            yield self._event(
                "TOOL_CALL_RESULT",
                {
                    "messageId": self._message(place),
                    "toolCallId": step.id,
                    "content": step.output,
                    "role": "tool",
                    "metadata": {"ok": step.ok},
                },
                pending=tuple(p for p in self.place.pending if p != place),
            )

    def _message(self, place: int) -> str:
        return f"{self.turn}-{place}"

    # --- how it is, and how it ended ---

    def _snapshot(self, state: State) -> Iterator[Sent]:
        if state == self._state:
            return
        self._state = state
        snapshot, digest = state.snapshot()
        if digest != self.place.state:
            yield self._event("STATE_SNAPSHOT", {"snapshot": snapshot}, state=digest)

    def _end(self, entry: Entry) -> Sent:
        view = entry.view
        usage: Event = {}
        if entry.tokens is not None:
            usage = {"usage": [{"model": view.model, "totalTokens": entry.tokens}]}
        if view.status is TurnStatus.FAILED:
            error = {"message": view.note or "The agent failed.", "code": "failed"}
            return self._event("RUN_ERROR", error | usage, ended=True)
        finished: Event = {
            "threadId": self._thread,
            "runId": self.turn,
            "result": self._result(entry),
        }
        if view.status is TurnStatus.CANCELLED:
            finished["outcome"] = {"type": "cancelled"}
        return self._event("RUN_FINISHED", finished | usage, ended=True)

    def _result(self, entry: Entry) -> Event:
        turn = Turn.at(self._conversation, entry)
        return turn.model_dump(exclude={"parts", "questions"})

    # --- whether a view goes on from what was told ---

    def _continued_by(self, parts: tuple[Part, ...]) -> bool:
        place = self.place
        begun = place.offset >= 0
        if len(parts) < place.part + begun:
            return False
        told = zip(self._parts[: place.part], parts, strict=False)
        if not all(_same(was, now) for was, now in told):
            return False
        return not begun or _goes_on(
            self._parts[place.part], parts[place.part], place.offset
        )


def _same(was: Part, now: Part) -> bool:
    """Whether what was told of one holds for the other. A step's end is told later."""
    if was is now:
        return True
    match was, now:
        case Said(), Said():
            return was.text == now.text
        case Step(), Step():
            return (was.id, was.title) == (now.id, now.title)
        case _:
            return False


def _goes_on(was: Part, now: Part, offset: int) -> bool:
    if isinstance(was, Said) and isinstance(now, Said):
        return now.text.startswith(was.text[:offset])
    return _same(was, now)


def _input(thread: str, view: TurnView) -> Event:
    """Who did not ask can see here what was asked."""
    prompt = {"id": f"{view.id}-prompt", "role": "user", "content": view.prompt}
    run = {"threadId": thread, "runId": view.id, "protocolVersion": "1.0"}
    return run | {"input": run | {"messages": [prompt]}}
