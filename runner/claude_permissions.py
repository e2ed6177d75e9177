"""What Claude Code asks before it acts, and what an answer allows. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.base import Allow, Answer, Deny
from runner.claude_rules import added, patterns
from runner.describe import describe
from runner.events import (
    Noted,
    PermissionRequested,
    Phrase,
    PlanProposed,
    Possible,
    Question,
    QuestionsAsked,
)

#: In plan mode: they change nothing.
LOOKING = frozenset({"read", "search", "fetch", "delegate"})
TALKING = frozenset({"AskUserQuestion", "ExitPlanMode"})


@dataclass(slots=True)
class Asked:
    """A permission, questions or a plan that wait for their answer."""

    tool: str
    input: Mapping[str, Any]
    suggestions: list[Any]

    @property
    def call(self) -> str:
        """The same for the same call; how the agent words its purpose may differ."""
        given = {k: v for k, v in self.input.items() if k != "description"}
        return f"{self.tool} {json.dumps(given, sort_keys=True)}"


def question(
    request_id: str, asked: Asked, request: Mapping[str, Any], workspace: str
) -> PermissionRequested | QuestionsAsked | PlanProposed:
    """What a person has to be asked."""
    if questions := tuple(questions_in(asked)):
        return QuestionsAsked(request_id, questions)
    if asked.tool == "ExitPlanMode":
        return PlanProposed(request_id, str(asked.input.get("plan", "")))
    told = describe(asked.tool, asked.input, workspace)
    return PermissionRequested(
        request_id,
        tool=asked.tool,
        kind=told.kind,
        title=told.question,
        body=told.body,
        length=told.length,
        details=told.details,
        reason=str(request.get("decision_reason") or ""),
        can_remember=asked.tool not in TALKING,
        patterns=patterns(asked.tool, asked.input, asked.suggestions, workspace),
        call_id=str(request.get("tool_use_id") or ""),
        inside_subagent=bool(request.get("agent_id")),
    )


def questions_in(asked: Asked) -> Iterator[Question]:
    """The agent's own questions; none if it asks for something else."""
    if asked.tool != "AskUserQuestion":
        return
    for given in asked.input.get("questions") or ():
        match given:
            case {"question": str(text), "options": [*options], **more}:
                yield Question(
                    text,
                    header=str(more.get("header", "")),
                    offered=tuple(_offered(options)),
                    several=bool(more.get("multiSelect")),
                )
            case _:
                pass  # if all are in another shape, it is a permission like others


def _offered(options: Sequence[Any]) -> Iterator[Possible]:
    for option in options:
        match option:
            case {"label": str(label), **more}:
                yield Possible(
                    label,
                    str(more.get("description", "")),
                    str(more.get("preview", "")),
                )
            case _:
                pass


def refused(tool: str, permission_mode: str) -> tuple[Noted, str] | None:
    """What Parley itself says no to: for the person, and to the agent."""
    harmless = describe(tool, {}).kind in LOOKING or tool in TALKING
    if permission_mode == "plan" and not harmless:
        return (  # an "allow" would really write, plan mode or not
            Noted("denied", Phrase("step-refused-planning", {"tool": tool})),
            "This conversation is in plan mode: only look, and propose a plan.",
        )
    return None


def decision(asked: Asked, answer: Answer) -> Mapping[str, Any]:
    """The answer as the CLI takes it."""
    match answer:
        case Deny(reason=reason):
            return {"behavior": "deny", "message": reason}
        case Allow():
            given = dict(asked.input)
            if answer.answers:
                given["answers"] = dict(answer.answers)
            # Older CLIs fail without the input.
            allowed: dict[str, Any] = {"behavior": "allow", "updatedInput": given}
            if updates := list(_updates(asked, answer)):
                allowed["updatedPermissions"] = updates
            return allowed


def _updates(asked: Asked, answer: Allow) -> Iterator[Mapping[str, Any]]:
    """What is different from now on, in this process; the project's files are left."""
    if answer.mode:
        yield {"type": "setMode", "mode": answer.mode, "destination": "session"}
    if answer.rules:
        yield added(answer.rules)
    elif answer.scope == "session":
        yield from _session_rules(asked)


def _session_rules(asked: Asked) -> Iterator[Mapping[str, Any]]:
    """What "allow for this session" means to the CLI, beside this very call.

    Its own rules for such calls; for an edit, all edits, as at the terminal. Nothing
    wider: no other mode, no other folders.
    """
    edits = describe(asked.tool, asked.input).kind == "edit"
    for suggestion in asked.suggestions:
        if not isinstance(suggestion, dict):
            continue
        rule = (suggestion.get("type"), suggestion.get("behavior"))
        if rule == ("addRules", "allow") or (
            edits and suggestion.get("mode") == "acceptEdits"
        ):
            yield {**suggestion, "destination": "session"}
