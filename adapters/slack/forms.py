"""Forms: words that go with an answer, and a task made of a message. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from adapters.language import say
from adapters.scrub import one_line, scrub
from adapters.slack.message import MAX_SECTION, Block, plain, quoted, section

MAX_METADATA = 3_000  # characters, and of what a person may type
_MAX_LABEL = 2_000
_INPUT, _WORDS = "input", "words"


@dataclass(frozen=True, slots=True)
class FormContext:
    """Where a form was opened, carried by the form itself."""

    channel: str
    thread: str  # root of the thread it belongs to
    message: str = ""  # ts of the message with the button, or of the one quoted
    view_id: str = ""  # of the question
    option_id: str = ""  # empty: the words are the answer
    quote: str = ""  # the message a task is made of; cut if it is too long


@dataclass(frozen=True, slots=True)
class Form:
    """A form that somebody filled in."""

    kind: Literal["words", "task"]
    context: FormContext
    text: str


def words_form(
    title: str, label: str, context: FormContext, language: str
) -> dict[str, Any]:
    """Asks for words on the question *title*; *label* stands above the field."""
    about = one_line(title, MAX_SECTION)
    return _modal(
        "words",
        above=section(about) if about else None,
        label=one_line(label, _MAX_LABEL) or say(language, "slack-form-answer"),
        context=context,
        language=language,
    )


def task_form(quote: str, context: FormContext, language: str) -> dict[str, Any]:
    """Asks what to do about a message."""
    words = one_line(quote, MAX_SECTION)
    return _modal(
        "task",
        above=quoted(words) if words else None,
        label=say(language, "slack-form-what"),
        context=replace(context, quote=scrub(quote)),
        language=language,
    )


def read_form(view: Mapping[str, Any]) -> Form | None:
    """What was typed into the *view* of a submission; None: it is no form of ours."""
    match view:
        case {
            "callback_id": "words" | "task" as kind,
            "private_metadata": str(metadata),
            "state": {"values": {"input": {"words": {"value": str() | None as text}}}},
        }:
            return Form(kind, FormContext(**json.loads(metadata)), text or "")
        case _:
            return None


def _modal(
    kind: Literal["words", "task"],
    *,
    above: Block | None,
    label: str,
    context: FormContext,
    language: str,
) -> dict[str, Any]:
    field = {
        "type": "plain_text_input",
        "action_id": _WORDS,
        "multiline": True,
        "max_length": MAX_METADATA,
        "focus_on_load": True,
    }
    asked = {
        "type": "input",
        "block_id": _INPUT,
        "label": plain(label),
        "element": field,
    }
    return {
        "type": "modal",
        "callback_id": kind,
        "title": plain(say(language, f"slack-form-{kind}")),
        "submit": plain(say(language, "slack-form-send")),
        "close": plain(say(language, "slack-form-cancel")),
        "private_metadata": _metadata(context),
        "blocks": [above, asked] if above else [asked],
    }


def _metadata(context: FormContext) -> str:
    """As JSON, with as much of the quoted message as there is room for."""
    text = json.dumps(asdict(context), ensure_ascii=False)
    if len(text) <= MAX_METADATA:
        return text
    # What JSON escapes takes more room than it seems to, so that one step may not do.
    over = len(text) - MAX_METADATA
    kept = max(0, len(context.quote) - max(over // 2, 2))
    shorter = context.quote[:kept].rstrip("…") + "…"
    return _metadata(replace(context, quote=shorter))
