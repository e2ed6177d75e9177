"""What the demo agent hears while it works: prompts, answers, Stop."""

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from runner.demo_pipe import Pipe
from runner.demo_speech import MEMORY, Speech


class Interrupted(Exception):
    """Somebody pressed Stop."""


class Ears:
    """Everything that waits waits here, so that nothing is overheard."""

    def __init__(self, pipe: Pipe, speech: Speech) -> None:
        self._pipe = pipe
        self._speech = speech
        self._prompts: deque[Mapping[str, Any]] = deque()
        self._answers: dict[str, Mapping[str, Any]] = {}
        self._stopped = False

    def prompt(self) -> Mapping[str, Any]:
        """The next prompt. Raises `EOFError` once there can be none."""
        while not self._prompts:
            self._hear(None)
        self._stopped = False
        return self._prompts.popleft()

    def answer(self, request_id: str) -> Mapping[str, Any]:
        """What a person says to a request. Raises `Interrupted`."""
        while request_id not in self._answers:
            self._hear(None)
            self._mind_stop()
        return self._answers.pop(request_id)

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises `Interrupted`."""
        until = time.monotonic() + seconds
        while self._hear(max(0.0, until - time.monotonic())):
            self._mind_stop()

    def _mind_stop(self) -> None:
        if self._stopped:
            raise Interrupted

    def _hear(self, within_s: float | None) -> bool:
        """Take in one line; False: none came in time."""
        match self._pipe.read(within_s):
            case None:
                return False
            case {"type": "user"} as prompt:
                self._prompts.append(prompt)
            case {"type": "control_response", "response": {"request_id": id_} as given}:
                self._answers[id_] = given.get("response") or {}
            case {"type": "control_request", "request_id": id_, "request": request}:
                self._control(id_, request)
            case _:
                pass  # as with Claude Code: unknown kinds mean nothing
        return True

    def _control(self, id_: str, request: Mapping[str, Any]) -> None:
        match request:
            case {"subtype": "initialize"}:
                self._speech.greet(id_)
            case {"subtype": "interrupt"}:
                self._stopped = True
                self._speech.respond(id_, {})
                while self._prompts and request.get("cancel_queued"):
                    self._speech.cancelled(self._prompts.popleft())
            case {"subtype": "set_permission_mode", "mode": str(mode)}:
                self._speech.respond(id_, {"mode": mode})
                self._speech.turn_to(mode)
            case {"subtype": "set_model"}:
                self._speech.use_model(id_, str(request.get("model") or ""))
            case {"subtype": "get_context_usage"}:
                used = {"totalTokens": 0, "maxTokens": MEMORY, "categories": []}
                self._speech.respond(id_, used)
            case {"subtype": "get_usage"}:
                self._speech.respond(id_, {"session": {"total_cost_usd": 0.0}})
            case _:
                self._speech.refuse(id_, str(request.get("subtype")))
