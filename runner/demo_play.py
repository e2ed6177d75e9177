"""Plays one scene of the demo agent: streams its words, asks, uses its tools.

Rule: a step that a killed process took is neither said nor taken again.
"""

import re
import uuid
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from runner import demo_words as words
from runner.demo_asked import Asked
from runner.demo_ears import Ears, Interrupted
from runner.demo_record import Record
from runner.demo_scenes import Result, Step, Use, scene_for
from runner.demo_speech import Speech
from runner.demo_tools import perform

EDITS = frozenset({"Write", "Edit"})
STOPPED = "[Request interrupted by user]"
STOPPED_IN_TOOL = "[Request interrupted by user for tool use]"
REJECTED = "The user doesn't want to proceed with this tool use."


class Manner(NamedTuple):
    """How it goes about its work; the same as long as the process lives."""

    workspace: Path
    readable: tuple[Path, ...] = ()
    allowed: frozenset[str] = frozenset()  # tools that need no asking
    pace_s: float = 0.03  # a word; about as fast as one can read along


class Play:
    def __init__(
        self, manner: Manner, ears: Ears, speech: Speech, record: Record
    ) -> None:
        self._manner = manner
        self._ears = ears
        self._speech = speech
        self._record = record
        self._preface = ""  # before whatever is said next
        self._past: deque[tuple[Use, Result | None]] = deque()
        self._answers: Mapping[str, str] = {}
        self.in_tool = False

    def through(self, asked: Asked, *, first: bool) -> str:
        """Its closing words. Raises `Interrupted`, all of it told and recorded."""
        self._preface = words.DEMO if first else ""
        if asked.resuming and (unfinished := self._record.unfinished()):
            asked = self._go_on(asked, unfinished.past, unfinished.asked)
        scene = scene_for(asked, self._manner.workspace)
        try:
            step = next(scene)
            while True:
                step = scene.send(self._take(step))
        except StopIteration as end:
            return self._say(str(end.value), [])

    def _go_on(
        self,
        resuming: Asked,
        past: tuple[tuple[Use, Result | None], ...],
        asked: Asked,
    ) -> Asked:
        done = sum(result is not None for _, result in past)
        self._preface = words.RESUMED.format(done=done)
        self._past.extend(past)
        self._answers = resuming.answers
        return asked

    def _take(self, step: Step) -> Result:
        use, result = self._past.popleft() if self._past else (step.use, None)
        return result or self._use(step.text, use)

    def _use(self, text: str, use: Use) -> Result:
        call_id = f"toolu_demo_{uuid.uuid4().hex[:20]}"
        block = {"type": "tool_use", "id": call_id, "name": use.tool}
        self._say(text, [{**block, "input": dict(use.input)}])
        self.in_tool = True
        try:
            result = self._permitted(use, call_id)
        except Interrupted:
            self._told(call_id, Result(ok=False, text=REJECTED))
            raise
        self._told(call_id, result)
        self.in_tool = False
        return result

    def _told(self, call_id: str, result: Result) -> None:
        """Record what the tool said, and say so."""
        block: dict[str, Any] = {"type": "tool_result", "tool_use_id": call_id}
        block |= {"content": result.text, "is_error": not result.ok}
        if result.answers:
            block["answers"] = result.answers
        self._speech.heard(self._record.user([block]))

    def _permitted(self, use: Use, call_id: str) -> Result:
        if use.tool == "AskUserQuestion" and self._answers:
            return _answered(self._answers)
        if not self._has_to_ask(use):
            return perform(use)
        request_id = self._speech.request(use, call_id)
        try:
            decision = self._ears.answer(request_id)
        except Interrupted:
            self._speech.withdraw(request_id)
            raise
        if decision.get("behavior") != "allow":
            return Result(ok=False, text=str(decision.get("message") or REJECTED))
        for permission in decision.get("updatedPermissions") or ():
            if permission.get("type") == "setMode":
                self._speech.turn_to(permission["mode"])
        given = decision.get("updatedInput") or use.input
        if use.tool == "AskUserQuestion":
            return _answered(given.get("answers") or {})
        return perform(Use(use.tool, given))

    def _has_to_ask(self, use: Use) -> bool:
        if use.tool == "AskUserQuestion":
            return True
        mode = self._speech.mode
        if use.tool in self._manner.allowed or mode == "bypassPermissions":
            return False
        if use.tool == "Read":
            file = Path(use.input["file_path"]).resolve()
            folders = (self._manner.workspace, *self._manner.readable)
            return not any(file.is_relative_to(f.resolve()) for f in folders)
        return not (use.tool in EDITS and mode == "acceptEdits")

    def _say(self, text: str, uses: list[dict[str, Any]]) -> str:
        """One message: words as they come, then tools; recorded once it is whole."""
        text = "\n\n".join(filter(None, (self._preface, text)))
        self._preface = ""
        self._speech.open_message()
        spoken = [{"type": "text", "text": text}] if text else []
        self._stream(text)
        self._speech.blocks([*spoken, *uses])
        whole = self._speech.close_message(
            [*spoken, *uses], "tool_use" if uses else "end_turn"
        )
        self._record.assistant(whole)
        return text

    def _stream(self, text: str) -> None:
        said = ""
        try:
            for word in re.findall(r"\S+\s*", text):
                self._speech.delta(word)
                said += word
                self._ears.pause(self._manner.pace_s)
        except Interrupted:
            if said:
                self._speech.blocks([{"type": "text", "text": said}])
            raise


def _answered(answers: Mapping[str, str]) -> Result:
    told = ", ".join(f'"{question}"="{words}"' for question, words in answers.items())
    text = f"Your questions have been answered: {told}."
    return Result(ok=True, text=text, answers=answers)
