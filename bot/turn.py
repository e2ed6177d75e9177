"""One prompt and all the agent did about it.

Rule: everything that decides what a turn looks like lives here. No I/O, no clock.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any, assert_never

from adapters.inbound import MessageRef
from adapters.language import ENGLISH, say
from adapters.views import Part, Said, Step, TurnStatus, TurnView
from bot.errors import explain
from runner.events import (
    LastWordSaid,
    Noted,
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    PlanProposed,
    PromptJoined,
    QuestionsAsked,
    Retold,
    RunnerEvent,
    SessionEnded,
    SessionStarted,
    StopReason,
    TextDelta,
    TextFinished,
    ThinkingDelta,
    ToolCalled,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)

OUTCOMES: dict[StopReason, TurnStatus] = {
    "end_turn": TurnStatus.DONE,
    "limit": TurnStatus.FAILED,
    "refusal": TurnStatus.FAILED,
    "failed": TurnStatus.FAILED,
    "interrupted": TurnStatus.CANCELLED,
}


_FRAME = [each for each in fields(TurnView) if each.name != "parts"]


@dataclass(slots=True)
class _Draft:
    """Words that still stream in; kept in pieces, since an answer may be a megabyte."""

    message_id: str
    chunks: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """It is looked at after nearly every piece, so each is joined only once."""
        self.chunks = ["".join(self.chunks)]
        return self.chunks[0]

    def said(self) -> Said:
        return Said(self.text, complete=False)


class Turn:
    """Fold events in with `apply`; read the picture out with `view`."""

    def __init__(
        self,
        view_id: str,
        *,
        prompt: str = "",
        reply_to: MessageRef | None = None,
        for_id: str = "",
        language: str = ENGLISH,
        branch: str = "",
        started_at: float | None = None,
        status: TurnStatus = TurnStatus.RUNNING,
    ) -> None:
        self._frame = TurnView(
            id=view_id,
            status=status,
            prompt=prompt,
            reply_to=reply_to,
            for_id=for_id,
            language=language,
            branch=branch,
            started_at=started_at,
        )
        #: The frame's fields: it changes rarely, and is looked at with every piece.
        self._around: dict[str, Any] | None = None
        self._parts: list[Part] = []
        self._draft: _Draft | None = None
        self._steps: dict[str, int] = {}  # call id → its place in the parts
        self._asked: set[str] = set()  # requests nobody has answered

    @property
    def status(self) -> TurnStatus:
        return self._frame.status

    @property
    def ended_well(self) -> bool:
        return self.status is TurnStatus.DONE

    @property
    def acted(self) -> bool:
        """Whether the agent has used a tool, or asked to: it may have had effects."""
        return bool(self._steps or self._asked)

    @property
    def answer(self) -> str:
        """The agent's words after its last step."""
        words: list[str] = []
        for part in reversed(self._all_parts()):
            if isinstance(part, Step):
                break
            words.insert(0, part.text)
        return "\n\n".join(words)

    def apply(self, event: RunnerEvent, *, now: float) -> None:
        if self.status.final:
            return  # an agent may keep talking after its result
        match event:
            case SessionStarted():
                self._set(model=event.model or self._frame.model)
            case TextDelta():
                self._stream(event.message_id, event.text)
            case TextFinished():
                self._finish_text(event)
            case ThinkingDelta():
                self._set(thinking=True)
            case ToolStarted():
                self._begin_step(event)
            case ToolFinished():
                self._end_step(event)
            case PermissionRequested() | QuestionsAsked():
                self._asked.add(event.request_id)
                self._set(status=TurnStatus.WAITING, thinking=False)
            case PermissionWithdrawn():
                self.answered(event.request_id)
            case PlanProposed():
                self._keep_draft()
                if event.plan.strip():
                    self._parts.append(Said(event.plan))
                self._asked.add(event.request_id)
                self._set(status=TurnStatus.WAITING, thinking=False, note="")
            case Noted():
                self._set(note=self._words(event.text) if event.text else "")
            case TurnFinished():
                self._finish(event, now)
            case (
                TurnStarted()
                | Retold()
                | PromptJoined()
                | ToolCalled()
                | LastWordSaid()
                | SessionEnded()
            ):
                pass  # the ledger's business, or the bot's
            case _:
                assert_never(event)

    def answered(self, request_id: str) -> None:
        """Somebody decided, or nobody needs to any more."""
        self._asked.discard(request_id)
        if not self._asked and self.status is TurnStatus.WAITING:
            self._set(status=TurnStatus.RUNNING)

    def note(self, text: str) -> None:
        """Say one thing below the turn, until the agent goes on."""
        if not self.status.final:
            self._set(note=text)

    def cut(self) -> None:
        """Its agent died: nobody knows what the steps that were under way have done."""
        output = say(self._frame.language, "turn-step-cut")
        self._end_steps(ok=False, output=output)

    def stop(self, *, now: float, note: str = "") -> None:
        """A person ended it: final at once, whatever the agent still says."""
        self._close(TurnStatus.CANCELLED, now, note)

    def set_out(self, *, note: str) -> None:
        """Its words are on their way into another turn."""
        self._set(joining=True, note=note)

    def join(self, *, now: float, note: str) -> None:
        """Its words became part of another turn."""
        self._close(TurnStatus.DONE, now, note)

    def fail(self, note: str, *, now: float, limited: bool = False) -> None:
        """*limited*: by a limit, not by a fault; it could go on."""
        self._set(limited=limited)
        self._close(TurnStatus.FAILED, now, note)

    def view(self) -> TurnView:
        if self._around is None:
            known = ((each.name, getattr(self._frame, each.name)) for each in _FRAME)
            self._around = dict(known)
        return TurnView(**self._around, parts=self._all_parts())

    def _set(self, **changes: object) -> None:
        self._frame = replace(self._frame, **changes)  # type: ignore[arg-type]  # checked by TurnView
        self._around = None

    def _all_parts(self) -> tuple[Part, ...]:
        draft = (self._draft.said(),) if self._draft else ()
        return (*self._parts, *draft)

    def _stream(self, message_id: str, text: str) -> None:
        if self._draft is None or self._draft.message_id != message_id:
            # A draft of another message was cut off and is being repeated: void.
            self._draft = _Draft(message_id)
        self._draft.chunks.append(text)
        if self._frame.note or self._frame.thinking:
            self._set(note="", thinking=False)

    def _finish_text(self, event: TextFinished) -> None:
        self._draft = None
        if event.text.strip():
            self._parts.append(Said(event.text))
        self._set(note="", thinking=False)

    def _begin_step(self, event: ToolStarted) -> None:
        if event.call_id in self._steps:
            return
        self._keep_draft()
        self._steps[event.call_id] = len(self._parts)
        self._parts.append(
            Step(
                event.call_id,
                self._words(event.title),
                event.kind,
                parent=event.parent_id,
            )
        )
        self._set(note="", thinking=False)

    def _end_step(self, event: ToolFinished) -> None:
        place = self._steps.get(event.call_id)
        if place is None:
            return
        step = self._parts[place]
        assert isinstance(step, Step)
        self._parts[place] = replace(step, ok=event.ok, output=event.output)

    def _end_steps(self, *, ok: bool, output: str = "") -> None:
        """Those that are under way."""
        for place in self._steps.values():
            step = self._parts[place]
            if isinstance(step, Step) and step.ok is None:
                self._parts[place] = replace(step, ok=ok, output=output)

    def _keep_draft(self) -> None:
        if self._draft and (text := self._draft.text).strip():
            self._parts.append(Said(text))
        self._draft = None

    def _finish(self, event: TurnFinished, now: float) -> None:
        self._keep_draft()
        if event.text.strip() and not self.answer.strip():
            self._parts.append(Said(event.text))
        self._set(cost_usd=event.cost_usd, limited=event.stop_reason == "limit")
        self._close(OUTCOMES[event.stop_reason], now, self._last_note(event))

    def _last_note(self, event: TurnFinished) -> str:
        if event.stop_reason in ("failed", "limit", "refusal"):
            return explain(event, self._frame.language)
        if event.stop_reason == "end_turn" and not self._parts:
            summed_up = self._frame.note  # or whatever else was said of it
            return summed_up or say(self._frame.language, "talk-nothing-said")
        return ""

    def _words(self, phrase: Phrase) -> str:
        return say(self._frame.language, phrase.key, **phrase.values)

    def _close(self, status: TurnStatus, now: float, note: str) -> None:
        self._keep_draft()
        self._end_steps(ok=status is TurnStatus.DONE)
        self._asked.clear()
        began = self._frame.started_at or now
        ended = max(began, now)  # the clock may have been set back
        self._set(status=status, note=note, thinking=False, ended_at=ended)
