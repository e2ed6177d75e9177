"""What Claude Code asks before it acts, and what an answer allows. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.describe import describe
from runner.events import (
    Noted,
    PermissionRequested,
    Possible,
    Question,
    QuestionsAsked,
)

#: In plan mode: they change nothing.
LOOKING = frozenset({"read", "search", "fetch", "delegate"})
TALKING = frozenset({"AskUserQuestion", "ExitPlanMode"})


@dataclass(slots=True)
class Asked:
    """A permission, or questions, that wait for their answer."""

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
) -> PermissionRequested | QuestionsAsked:
    """What a person has to be asked."""
    if questions := tuple(questions_in(asked)):
        return QuestionsAsked(request_id, questions)
    told = describe(asked.tool, asked.input, workspace)
    return PermissionRequested(
        request_id,
        tool=asked.tool,
        kind=told.kind,
        title=told.question,
        body=told.body,
        details=told.details,
        reason=request.get("decision_reason") or "",
        can_remember=asked.tool not in TALKING,
        call_id=request.get("tool_use_id") or "",
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
            Noted("denied", f"{tool} was refused: plan mode changes nothing."),
            "This conversation is in plan mode: only look, and propose a plan.",
        )
    return None


def session_rules(asked: Asked) -> list[Any]:
    """What "allow for this session" means to the CLI, beside this very call.

    Its own rules for such calls; for an edit, all edits, as at the terminal. Nothing
    wider: no other mode, no other folders. They are kept in this process only, and the
    project's files are not touched.
    """
    edits = describe(asked.tool, asked.input).kind == "edit"
    return [
        {**suggestion, "destination": "session"}
        for suggestion in asked.suggestions
        if isinstance(suggestion, dict)
        and (
            (suggestion.get("type"), suggestion.get("behavior"))
            == ("addRules", "allow")
            or (edits and suggestion.get("mode") == "acceptEdits")
        )
    ]
