"""What Claude Code's stdout lines mean. No I/O: one decoder per session keeps notes.

Facts are from recorded runs of 2.1.197 and 2.1.329 (`tests/transcripts`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from runner.claude_blocks import spoken, tool_result
from runner.claude_errors import finished
from runner.claude_notes import noted
from runner.claude_permissions import Asked, question, refused
from runner.claude_tools import HostTools
from runner.claude_turns import Turns
from runner.errors import ProtocolError
from runner.events import (
    Cause,
    LastWordSaid,
    Limit,
    PermissionWithdrawn,
    RunnerEvent,
    SessionStarted,
    TextDelta,
    ThinkingDelta,
    TurnFinished,
)
from runner.untrusted import parsed

#: What comes of reading an object that is not what it should be.
MISFITS = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError),
    *(TypeError, ValueError),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to write back at once, without asking anybody."""

    request_id: str
    response: Mapping[str, Any] | None  # None: an error, not supported here


@dataclass(frozen=True, slots=True)
class Unpayable:
    """It is about to bill a key that may not pay: it has to end, now."""

    key: str  # where it comes from


@dataclass(frozen=True, slots=True)
class Answered:
    """The response to a control request of ours."""

    request_id: str
    response: Mapping[str, Any]
    error: str = ""  # not done, and why; "": done


@dataclass(frozen=True, slots=True)
class Offered:
    """Its slash commands have changed; in its own format."""

    commands: list[Any]


Heard: TypeAlias = RunnerEvent | Reply | Answered | Unpayable | Offered


@dataclass(slots=True)
class ClaudeDecoder:
    workspace: str
    keys_may_pay: bool = True  # False: an API key must not be billed
    turns: Turns = field(default_factory=Turns)
    tools: HostTools = field(default_factory=HostTools)
    asked: dict[str, Asked] = field(default_factory=dict)
    allowed: set[str] = field(default_factory=set)  # calls, for this session
    facts: SessionStarted | None = None  # as last told
    permission_mode: str = "default"
    _message_id: str = ""
    cost_usd: float = 0.0  # of the process, as last told
    until: float | None = None  # when the usage limit ends
    _error: str = ""  # class of the API error that the coming result reports

    def decode(self, line: bytes) -> list[Heard]:
        """Events in the order they happened. Unknown kinds mean nothing to us.

        Raises `ProtocolError` for a line that is not a JSON object.
        """
        try:
            message = parsed(line)
        except ValueError as error:
            raise ProtocolError(f"not JSON: {line[:80]!r}") from error
        if not isinstance(message, dict):
            raise ProtocolError(f"not an object: {line[:80]!r}")
        try:
            return list(self._decode(message))
        except MISFITS as error:
            kind = f"{message.get('type')}/{message.get('subtype')}"
            words = f"{kind} is not as expected: {error!r}"
            if settled := list(self._settled(message, words)):
                return settled
            raise ProtocolError(words) from error

    def _settled(self, message: dict[str, Any], words: str) -> Iterator[Heard]:
        """What must be answered for although it was not understood."""
        match message:
            case {"type": "result"}:
                yield from self.turns.finished(
                    lambda turn: TurnFinished(
                        turn=turn, stop_reason="failed", cause="unknown", detail=words
                    ),
                    by_itself=False,
                    named=None,
                )
            case {"type": "control_request", "request_id": str(id_)}:
                yield Reply(id_, None)
            case _:
                pass

    def lost(
        self, detail: str, *, cause: Cause = "crash", limit: Limit | None = None
    ) -> Iterator[RunnerEvent]:
        """The process is gone, or has to go: end what it has begun."""
        for request_id in self.asked:
            yield PermissionWithdrawn(request_id)
        self.asked.clear()
        yield from self.tools.lost()
        yield from self.turns.lost(
            lambda turn: TurnFinished(
                turn=turn,
                stop_reason="limit" if limit else "failed",
                cause=None if limit else cause,
                limit=limit,
                detail=detail,
            )
        )

    def _decode(self, message: dict[str, Any]) -> Iterator[Heard]:
        match message:
            case {"type": "system", "subtype": "init"}:
                yield from self._init(message)
            case {"type": "system", "subtype": "commands_changed", "commands": list(c)}:
                yield Offered(c)
            case {"type": "system"}:
                self.turns.woken |= message.get("subtype") == "task_notification"
                yield from self.mode_is(_text(message, "permissionMode") or None)
                yield from noted(message)
            case {"type": "rate_limit_event", "rate_limit_info": dict(info)}:
                rejected = info.get("status") == "rejected"
                until = info.get("resetsAt")
                told = rejected and isinstance(until, int | float)
                self.until = until if told else None
                yield from noted(message)
            case {
                "type": "command_lifecycle",
                "command_uuid": str(uuid),
                "state": state,
            }:
                yield from self.turns.lifecycle(uuid, state)
            case {"type": "stream_event", "event": event}:
                if message.get("parent_tool_use_id") is None:
                    yield from self.turns.words()
                    yield from self._stream(event)
            case {"type": "assistant", "message": {"content": [*blocks]} as said}:
                yield from self._assistant(message, said, blocks)
            case {"type": "user", "isReplay": True, "uuid": str(uuid)}:
                whole = "timestamp" in message
                yield from self.turns.repeated(uuid, whole=whole)
            case {"type": "user", "message": {"content": [*blocks]}}:
                for block in blocks:
                    yield from tool_result(block)
            case {"type": "result"}:
                yield from self._result(message)
            case {
                "type": "control_request",
                "request_id": str(id_),
                "request": request,
            }:
                yield from self._request(id_, request)
            case {"type": "control_cancel_request", "request_id": str(id_)}:
                if self.asked.pop(id_, None):
                    yield PermissionWithdrawn(id_)
                yield from self.tools.withdrawn(id_)
            case {
                "type": "control_response",
                "response": {"request_id": str(id_)} as given,
            }:
                error, response = given.get("error") or "", given.get("response")
                said = response if isinstance(response, Mapping) else {}
                yield Answered(id_, said, str(error))
            case _:
                pass

    def _init(self, message: dict[str, Any]) -> Iterator[Heard]:
        self.permission_mode = _text(message, "permissionMode") or "default"
        key = message.get("apiKeySource")
        if not self.keys_may_pay and key not in (None, "", "none"):
            # Its settings were changed while it ran. Nothing has been spent yet.
            yield from self.lost(str(key), cause="billing_policy")
            yield Unpayable(str(key))
            return
        self.facts = SessionStarted(
            str(message["session_id"]),
            model=_text(message, "model"),
            permission_mode=self.permission_mode,
            version=_text(message, "claude_code_version"),
        )
        yield self.facts

    def mode_is(self, mode: str | None) -> Iterator[SessionStarted]:
        """It works in this permission mode from now on; None: as before."""
        if mode is None or mode == self.permission_mode:
            return
        self.permission_mode = mode
        if self.facts:
            self.facts = replace(self.facts, permission_mode=mode)
            yield self.facts

    def _stream(self, event: dict[str, Any]) -> Iterator[RunnerEvent]:
        match event:
            case {"type": "message_start", "message": {"id": str(id_)}}:
                self._message_id = id_
            case {"delta": {"type": "text_delta", "text": str(text)}}:
                yield TextDelta(self._message_id, text)
            case {"delta": {"type": "thinking_delta", "thinking": str(text)}}:
                yield ThinkingDelta(text)
            case {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}:
                yield LastWordSaid()
            case _:
                pass

    def _assistant(
        self, message: dict[str, Any], said: dict[str, Any], blocks: list[Any]
    ) -> Iterator[RunnerEvent]:
        parent = str(message.get("parent_tool_use_id") or "")
        if error := message.get("error"):
            self._error = str(error)  # the text is in the result, too
            return
        if not parent:
            yield from self.turns.words()
        for block in blocks:
            yield from spoken(block, _text(said, "id"), parent, self.workspace)

    def _result(self, message: dict[str, Any]) -> Iterator[RunnerEvent]:
        total = float(message.get("total_cost_usd") or 0.0)
        # Cumulative in the process; it can fall only if the CLI starts counting anew.
        cost, self.cost_usd = max(0.0, total - self.cost_usd), total
        error, self._error = self._error, ""
        interrupted = self.turns.interrupting

        def end(turn: str | None) -> TurnFinished:
            return finished(
                message,
                turn=turn,
                error=error,
                interrupted=interrupted,
                cost_usd=cost,
                until=self.until,
            )

        origin, named = message.get("origin") or {}, message.get("user_message_uuids")
        yield from self.turns.finished(
            end,
            by_itself=origin.get("kind") == "task-notification",
            named=named if isinstance(named, list) else None,
        )

    def _request(
        self, id_: str, request: dict[str, Any]
    ) -> Iterator[RunnerEvent | Reply]:
        match request.get("subtype"):
            case "can_use_tool":
                yield from self._permission(id_, request)
            case "mcp_message":
                for said in self.tools.hear(id_, request["message"]):
                    yield Reply(id_, said) if isinstance(said, Mapping) else said
            case "elicitation" | "request_user_dialog":
                yield Reply(id_, {"behavior": "cancelled"})
            case _:
                yield Reply(id_, None)

    def _permission(
        self, id_: str, request: dict[str, Any]
    ) -> Iterator[RunnerEvent | Reply]:
        tool, given = request["tool_name"], request.get("input") or {}
        if tool in self.tools.names:  # in plan mode it asks, whatever the rules
            yield Reply(id_, {"behavior": "allow", "updatedInput": given})
            return
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


def _text(given: Mapping[str, Any], key: str) -> str:
    """The words under *key*; "" if there are none."""
    value = given.get(key)
    return value if isinstance(value, str) else ""
