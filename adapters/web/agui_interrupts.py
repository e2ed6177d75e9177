"""Questions as AG-UI's interrupts, and a client's answers to them. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from adapters.inbound import Choice
from adapters.views import DONE, QuestionView
from adapters.web.problems import Problem


def interrupt(question: Mapping[str, Any]) -> dict[str, Any]:
    """*question* is a `replies.Question` as it is in a state snapshot."""
    confirms = _confirms({option["style"] for option in question["options"]})
    return {
        "id": question["id"],
        "reason": "confirmation" if confirms else "input_required",
        "message": f"{question['title']}\n\n{question['body']}".strip(),
        "responseSchema": {
            "type": "object",
            "properties": _properties(question, confirms=confirms),
        },
        "metadata": {"question": question},
    }


def choice(question: QuestionView, payload: JsonValue) -> Choice:
    """Raises `Problem` for what cannot be chosen."""
    known = {option.id: option.style for option in question.options}
    answer = _read(payload, known)
    option = answer.option
    if answer.approved is not None and _confirms(set(known.values())):
        style = "good" if answer.approved else "danger"
        option = next(name for name, its in known.items() if its == style)
    if unknown := {option, *answer.chosen} - {"", *known}:
        raise Problem(422, "No such option", ", ".join(sorted(unknown)))
    if not (option or answer.text or answer.chosen):
        raise Problem(422, "No answer", f"It says nothing to {question.title!r}.")
    option = option or DONE * bool(answer.chosen)
    return Choice(question.id, option, answer.text, tuple(answer.chosen))


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)

    approved: bool | None = None
    option: str = ""
    text: str = ""
    chosen: list[str] = []


def _read(payload: JsonValue, known: Mapping[str, str]) -> _Answer:
    if isinstance(payload, str):
        return _Answer(**{"option" if payload in known else "text": payload})
    if isinstance(payload, bool):
        return _Answer(approved=payload)
    try:
        return _Answer.model_validate(payload)
    except ValidationError as error:
        raise Problem(422, "No answer", "A payload is not as asked for.") from error


def _confirms(styles: set[str]) -> bool:
    """Whether it can be answered with yes and no."""
    return {"good", "danger"} <= styles


def _properties(question: Mapping[str, Any], *, confirms: bool) -> dict[str, Any]:
    options = {
        "oneOf": [
            {"const": option["id"], "title": option["label"]}
            for option in question["options"]
        ]
    }
    properties: dict[str, Any] = {"approved": {"type": "boolean"}} if confirms else {}
    if question["several"]:
        properties["chosen"] = {"type": "array", "items": options}
    elif question["options"]:
        properties["option"] = options
    if question["free_text"] or confirms:
        properties["text"] = {"type": "string"}
    return properties
