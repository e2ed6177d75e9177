"""What Claude Code's stdout lines mean. No I/O: one decoder per session keeps notes.

Facts are from recorded runs of 2.1.197 and 2.1.329 (`tests/transcripts`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from runner.base import ProtocolError
from runner.claude_blocks import spoken, tool_result
from runner.claude_errors import finished
from runner.claude_notes import noted
from runner.claude_permissions import Asked, question, refused
from runner.events import (
    Cause,
    PermissionWithdrawn,
    RunnerEvent,
    SessionStarted,
    TextDelta,
    ThinkingDelta,
    TurnFinished,
    TurnStarted,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to write back at once, without asking anybody."""

    request_id: str
    response: Mapping[str, Any] | None  # None: an error, not supported here


@dataclass(frozen=True, slots=True)
class Unpayable:
    """It is about to bill a key that may not pay: it has to end, now."""

    words: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The response to a control request of ours."""

    request_id: str
    response: Mapping[str, Any]


Heard: TypeAlias = RunnerEvent | Reply | Answered | Unpayable


@dataclass(slots=True)
class ClaudeDecoder:
    workspace: str
    keys_may_pay: bool = True  # False: an API key must not be billed
    prompt: str | None = None  # uuid of the prompt in flight; set by the session
    started: bool = False  # the agent took that prompt up
    interrupting: bool = False
    asked: dict[str, Asked] = field(default_factory=dict)
    allowed: set[str] = field(default_factory=set)  # calls, for this session
    permission_mode: str = "default"
    steered: set[str] = field(default_factory=set)  # uuids; may get turns of their own
    _unasked: bool = False  # a turn nobody asked for is under way
    _knows_lifecycle: bool = False  # since 2.1.3xx: says which prompt it takes up
    _woken: bool = False  # a background task ended: a turn of its own may begin
    _message_id: str = ""
    _error: str = ""  # class of the API error that the coming result reports
    _cost: float = 0.0
    _until: float | None = None  # when the usage limit ends

    def decode(self, line: bytes) -> list[Heard]:
        """Events in the order they happened. Unknown kinds mean nothing to us.

        Raises `ProtocolError` for a line that is not a JSON object.
        """
        try:
            message = json.loads(line)
        except ValueError as error:
            raise ProtocolError(f"not JSON: {line[:80]!r}") from error
        if not isinstance(message, dict):
            raise ProtocolError(f"not an object: {line[:80]!r}")
        try:
            return list(self._decode(message))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            kind = f"{message.get('type')}/{message.get('subtype')}"
            raise ProtocolError(f"{kind} is not as expected: {error!r}") from error

    def lost(self, detail: str, cause: Cause = "crash") -> Iterator[RunnerEvent]:
        """The process is gone, or has to go: end what it has begun."""
        for request_id in self.asked:
            yield PermissionWithdrawn(request_id)
        self.asked.clear()
        if self._unasked:
            self._unasked = False
            yield TurnFinished(
                turn=None, stop_reason="failed", cause=cause, detail=detail
            )
        if self.prompt is not None:
            yield self._end(
                TurnFinished(
                    turn=self.prompt, stop_reason="failed", cause=cause, detail=detail
                )
            )

    def _decode(self, message: dict[str, Any]) -> Iterator[Heard]:
        match message:
            case {"type": "system", "subtype": "init"}:
                yield from self._init(message)
            case {"type": "system"}:
                self._woken |= message.get("subtype") == "task_notification"
                self.permission_mode = message.get(
                    "permissionMode", self.permission_mode
                )
                yield from noted(message)
            case {"type": "rate_limit_event", "rate_limit_info": dict(info)}:
                rejected = info.get("status") == "rejected"
                self._until = info.get("resetsAt") if rejected else None
                yield from noted(message)
            case {"type": "command_lifecycle", "command_uuid": uuid, "state": state}:
                self._knows_lifecycle = True
                if uuid == self.prompt and state == "started":
                    yield from self._take_up()
            case {"type": "stream_event", "event": event}:
                if message.get("parent_tool_use_id") is None:
                    yield from self._begin()
                    yield from self._stream(event)
            case {"type": "assistant", "message": {"content": [*blocks]} as said}:
                yield from self._assistant(message, said, blocks)
            case {"type": "user", "isReplay": True}:
                yield from self._replay(message)
            case {"type": "user", "message": {"content": [*blocks]}}:
                for block in blocks:
                    yield from tool_result(block)
            case {"type": "result"}:
                yield from self._result(message)
            case {"type": "control_request", "request_id": id_, "request": request}:
                yield from self._request(id_, request)
            case {"type": "control_cancel_request", "request_id": id_}:
                if self.asked.pop(id_, None):
                    yield PermissionWithdrawn(id_)
            case {"type": "control_response", "response": {"request_id": id_} as given}:
                yield Answered(id_, given)
            case _:
                pass

    def _init(self, message: dict[str, Any]) -> Iterator[Heard]:
        self.permission_mode = message.get("permissionMode", "default")
        key = message.get("apiKeySource")
        if not self.keys_may_pay and key not in (None, "", "none"):
            # Its settings were changed while it ran. Nothing has been spent yet.
            words = f"The agent would bill an API key ({key}) instead of the login."
            yield from self.lost(words, "billing_policy")
            yield Unpayable(words)
            return
        yield SessionStarted(
            message["session_id"],
            model=message.get("model", ""),
            permission_mode=self.permission_mode,
            version=message.get("claude_code_version", ""),
            commands=tuple(message.get("slash_commands", ())),
        )

    def _begin(self) -> Iterator[RunnerEvent]:
        """Words come in: whose turn is it, if nothing has said so before?"""
        if self._unasked or self.started:
            return
        by_itself = self.prompt is None or self._knows_lifecycle or self._woken
        if by_itself:
            self._unasked = True
            yield TurnStarted(None)
        else:
            yield from self._take_up()

    def _take_up(self) -> Iterator[RunnerEvent]:
        if not self.started:
            self.started = True
            yield TurnStarted(self.prompt)

    def _stream(self, event: dict[str, Any]) -> Iterator[RunnerEvent]:
        match event:
            case {"type": "message_start", "message": {"id": id_}}:
                self._message_id = id_
            case {"delta": {"type": "text_delta", "text": text}}:
                yield TextDelta(self._message_id, text)
            case {"delta": {"type": "thinking_delta", "thinking": text}}:
                yield ThinkingDelta(text)
            case _:
                pass

    def _assistant(
        self, message: dict[str, Any], said: dict[str, Any], blocks: list[Any]
    ) -> Iterator[RunnerEvent]:
        parent = message.get("parent_tool_use_id") or ""
        if error := message.get("error"):
            self._error = error  # the text is in the result, too
            return
        if not parent:
            yield from self._begin()
        for block in blocks:
            yield from spoken(block, said.get("id", ""), parent, self.workspace)

    def _replay(self, message: dict[str, Any]) -> Iterator[RunnerEvent]:
        if self.prompt is None or message.get("uuid") != self.prompt:
            return
        if "timestamp" in message:
            yield from self._take_up()
        elif not self.started and not self.steered:
            # Only acknowledged: it had this prompt before, and there will be no turn.
            # (Merged with words that were steered in, a prompt begins like this, too.)
            yield self._end(
                TurnFinished(
                    turn=self.prompt,
                    stop_reason="failed",
                    cause="unknown",
                    detail="the agent had this message already",
                )
            )

    def _result(self, message: dict[str, Any]) -> Iterator[RunnerEvent]:
        turn = self._whose(message)
        total = float(message.get("total_cost_usd") or 0.0)
        # Cumulative in the process; it can fall only if the CLI starts counting anew.
        cost, self._cost = max(0.0, total - self._cost), total
        end = finished(
            message,
            turn=turn,
            error=self._error,
            interrupted=self.interrupting,
            cost_usd=cost,
            until=self._until,
        )
        self._error = ""
        if turn is None:
            if not self._unasked:
                yield TurnStarted(None)
            self._unasked = self._woken = False
            self.interrupting = False
            yield end
            return
        self._unasked = self._woken = False
        yield from self._take_up()
        yield self._end(end)

    def _whose(self, message: dict[str, Any]) -> str | None:
        """The prompt this result answers; None if it is none of ours.

        Newer CLIs say which (`user_message_uuids`). Words that were steered in while
        nothing but text was written get a turn of their own, perhaps while the next
        prompt waits already: its result must not pass for that prompt's.
        """
        if (message.get("origin") or {}).get("kind") == "task-notification":
            return None
        named = message.get("user_message_uuids")
        if isinstance(named, list):
            self.steered.difference_update(named)
            return self.prompt if self.prompt in named else None
        return self.prompt

    def _end(self, end: TurnFinished) -> TurnFinished:
        self.prompt, self.started, self.interrupting = None, False, False
        return end

    def _request(
        self, id_: str, request: dict[str, Any]
    ) -> Iterator[RunnerEvent | Reply]:
        if request.get("subtype") != "can_use_tool":
            unknown_dialog = request.get("subtype") in (
                "elicitation",
                "request_user_dialog",
            )
            yield Reply(id_, {"behavior": "cancelled"} if unknown_dialog else None)
            return
        tool, given = request["tool_name"], request.get("input") or {}
        if refusal := refused(tool, self.permission_mode):
            note, reason = refusal
            yield note
            yield Reply(id_, {"behavior": "deny", "message": reason})
            return
        asked = Asked(tool, given, list(request.get("permission_suggestions") or ()))
        if asked.call in self.allowed:
            yield Reply(id_, {"behavior": "allow", "updatedInput": given})
            return
        self.asked[id_] = asked
        yield question(id_, asked, request, self.workspace)
