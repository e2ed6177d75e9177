"""What the demo agent writes: Claude Code's stream-json, as its recordings have it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from runner.demo_pipe import Pipe
from runner.demo_scenes import Use

MODEL = "parley-demo"
VERSION = "2.1.329"  # of Claude Code, whose protocol this is
#: What `doctor` shows as the payer.
ACCOUNT = {"subscriptionType": "nothing: it is the demo", "apiKeySource": "none"}
#: "Allow for this session" of an edit allows all of them, as at the terminal.
EDITS_ALLOWED = {"type": "setMode", "mode": "acceptEdits", "destination": "session"}
USAGE = {"input_tokens": 0, "output_tokens": 0}
MEMORY = 200_000
COMMANDS = {
    "tour": "A question, an edit that uses your answer, and how to go on",
    "question": "A card that waits for your choice, or for your own words",
    "edit": "A permission with the exact difference, then a file",
    "run": "A permission for a command, and what it printed",
    "long": "A long answer, to scroll and to stop",
    "install": "How to put Claude Code in my place",
}


class Speech:
    def __init__(self, pipe: Pipe, session_id: str, *, cwd: str, mode: str) -> None:
        self._pipe = pipe
        self._session_id = session_id
        self._cwd = cwd
        self._message_id = ""
        self._model = MODEL
        self.mode = mode

    # --- control --------------------------------------------------------------

    def greet(self, request_id: str) -> None:
        commands = [
            {"name": name, "description": description, "argumentHint": ""}
            for name, description in COMMANDS.items()
        ]
        models = [{"value": "default", "resolvedModel": MODEL, "displayName": "Demo"}]
        told = {"commands": commands, "models": models, "account": ACCOUNT}
        self.respond(request_id, told)

    def respond(self, request_id: str, given: Mapping[str, Any]) -> None:
        told = {"subtype": "success", "request_id": request_id, "response": given}
        self._pipe.write({"type": "control_response", "response": told})

    def refuse(self, request_id: str, subtype: str) -> None:
        words = f"Unsupported control request subtype: {subtype}"
        told = {"subtype": "error", "request_id": request_id, "error": words}
        self._pipe.write({"type": "control_response", "response": told})

    def use_model(self, request_id: str, model: str) -> None:
        """It is called as one likes, and stays what it is."""
        self._model = MODEL if model in ("", "default") else model
        self.respond(request_id, {"model": self._model})

    def turn_to(self, mode: str) -> None:
        """From now on other things may be done without asking."""
        self.mode = mode
        self._say({"type": "system", "subtype": "status", "permissionMode": mode})

    def request(self, use: Use, call_id: str) -> str:
        """Ask for permission; the id under which the answer comes."""
        request_id = str(uuid.uuid4())
        edit = use.tool in ("Write", "Edit")
        request = {
            "subtype": "can_use_tool",
            "tool_name": use.tool,
            "display_name": use.tool,
            "input": use.input,
            "permission_suggestions": [EDITS_ALLOWED] if edit else [],
            "tool_use_id": call_id,
        }
        self._pipe.write(
            {"type": "control_request", "request_id": request_id, "request": request}
        )
        return request_id

    def withdraw(self, request_id: str) -> None:
        self._pipe.write({"type": "control_cancel_request", "request_id": request_id})

    # --- turns ----------------------------------------------------------------

    def begin(self, entry: Mapping[str, Any]) -> None:
        """A prompt was recorded as *entry* and is taken up."""
        self._lifecycle(entry["uuid"], "started")
        self._say(
            {
                "type": "system",
                "subtype": "init",
                "cwd": self._cwd,
                "tools": ["AskUserQuestion", "Bash", "Edit", "Read", "Write"],
                "mcp_servers": [],
                "model": self._model,
                "permissionMode": self.mode,
                "slash_commands": list(COMMANDS),
                "apiKeySource": "none",
                "claude_code_version": VERSION,
            }
        )
        replay = {"type": "user", "message": entry["message"], "isReplay": True}
        self._say({**replay, "timestamp": entry["timestamp"]}, entry["uuid"])

    def acknowledge(self, prompt: Mapping[str, Any]) -> None:
        """It was here before; there will be no turn."""
        replay = {"type": "user", "message": prompt["message"], "isReplay": True}
        self._say(replay, prompt["uuid"])

    def cancelled(self, prompt: Mapping[str, Any]) -> None:
        """It waited, and will never be taken up."""
        self._lifecycle(prompt["uuid"], "cancelled")

    def finished(self, prompt: str, closing: str) -> None:
        self._result(
            prompt,
            subtype="success",
            is_error=False,
            result=closing,
            stop_reason="end_turn",
            terminal_reason="completed",
        )

    def interrupted(self, prompt: str, *, in_tool: bool) -> None:
        self._result(
            prompt,
            subtype="error_during_execution",
            is_error=True,
            stop_reason=None,
            terminal_reason="aborted_tools" if in_tool else "aborted_streaming",
            errors=[],
        )

    # --- messages -------------------------------------------------------------

    def open_message(self) -> None:
        self._message_id = f"msg_demo_{uuid.uuid4().hex[:20]}"
        self._event({"type": "message_start", "message": self._message([])})

    def delta(self, text: str) -> None:
        delta = {"type": "text_delta", "text": text}
        self._event({"type": "content_block_delta", "index": 0, "delta": delta})

    def blocks(self, blocks: Sequence[Mapping[str, Any]]) -> None:
        """Blocks of the message that are whole."""
        for block in blocks:
            self._say({"type": "assistant", "message": self._message([block])})

    def close_message(
        self, blocks: Sequence[Mapping[str, Any]], stop_reason: str
    ) -> list[Mapping[str, Any]]:
        """The message as it is to be recorded: one of it for each block."""
        delta = {"stop_reason": stop_reason, "stop_sequence": None}
        self._event({"type": "message_delta", "delta": delta, "usage": USAGE})
        self._event({"type": "message_stop"})
        return [{**self._message([b]), "stop_reason": stop_reason} for b in blocks]

    def heard(self, entry: Mapping[str, Any]) -> None:
        """What a tool said, or that a person stopped it, as it was recorded."""
        told = {"type": "user", "message": entry["message"]}
        self._say({**told, "timestamp": entry["timestamp"]}, entry["uuid"])

    def _message(self, content: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._message_id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": list(content),
            "stop_reason": None,
            "usage": USAGE,
        }

    def _result(self, prompt: str, **ended: Any) -> None:
        told = {**ended, "total_cost_usd": 0.0, "usage": USAGE, "num_turns": 1}
        self._say({"type": "result", **told, "user_message_uuids": [prompt]})
        self._lifecycle(prompt, "completed")

    def _lifecycle(self, prompt: str, state: str) -> None:
        self._say({"type": "command_lifecycle", "command_uuid": prompt, "state": state})

    def _event(self, event: Mapping[str, Any]) -> None:
        self._say({"type": "stream_event", "event": event, "parent_tool_use_id": None})

    def _say(self, message: Mapping[str, Any], uuid_: str = "") -> None:
        self._pipe.write(
            {
                **message,
                "session_id": self._session_id,
                "uuid": uuid_ or str(uuid.uuid4()),
            }
        )
