"""A question as a card: what it is about, and all the ways to answer it. Pure."""

import re
from dataclasses import replace

from adapters.language import say
from adapters.phrases import outcome
from adapters.scrub import one_line, scrub
from adapters.views import DONE, Option, QuestionView
from adapters.web.highlight import coloured, is_diff
from adapters.web.prose import prose
from adapters.web.tags import NOTHING, Html, tag, together

_SIGN = re.compile("^[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d]* ")
_TITLE = 300
_LABEL = 200
_DESCRIPTION = 500


def question_html(conversation: int, view: QuestionView, language: str) -> Html:
    """Its own words are as they were asked; those around them are in *language*."""
    view = replace(view, language=language)
    title_id = f"{view.id}-title"
    title = tag("h3", one_line(view.title, _TITLE), id=title_id)
    state = "decided" if view.final else "open"
    kind = "permission" if view.permission else "asks"
    body = (
        tag("div", *prose(view.body, language=language), class_="said")
        if view.body
        else NOTHING
    )
    about = together([body, _details(view)])
    return tag(
        "section",
        _folded(view, title, about) if view.final else
        together([title, about, _form(conversation, view)]),
        id=view.id, class_=f"card {kind} {state}", data_status=view.status.value,
        aria_labelledby=title_id, tabindex="-1",
    )  # fmt: skip


def _folded(view: QuestionView, title: Html, about: Html) -> Html:
    """One line, which opens to what it was about, if there is more to say."""
    if not about:
        return tag("div", title, _decided(view), class_="line")
    return tag("details", tag("summary", title, _decided(view), class_="line"), about)


def _details(view: QuestionView) -> Html:
    text = scrub(view.details).strip("\n")
    if not text.strip():
        return NOTHING
    code = tag("code", coloured(text, "diff" if is_diff(text) else ""))
    shown = tag("pre", code, tabindex="0", class_="output")
    summary = tag("summary", say(view.language, "web-everything"))
    return tag("details", summary, shown, class_="more",
               open=view.details_shown and not view.final)  # fmt: skip


def _decided(view: QuestionView) -> Html:
    kind = "outcome refused" if view.refused else "outcome"
    return tag("span", unsigned(outcome(view, limit=_DESCRIPTION)), class_=kind)


def unsigned(words: str) -> str:
    """Without the sign before them: the page has colours for that."""
    return _SIGN.sub("", words) or words


def _form(conversation: int, view: QuestionView) -> Html:
    """Its buttons send themselves; what stands in it says how, by *name*."""
    boxes = _boxes(view) if view.several else NOTHING
    reasons = (_reason(view, option) for option in view.options if option.words)
    return tag(
        "form", boxes, _buttons(view), *reasons,
        _words(view) if view.free_text else NOTHING,
        class_="answer",
        data_question=f"/api/sessions/{conversation}/questions/{view.id}",
    )  # fmt: skip


def _buttons(view: QuestionView) -> Html:
    buttons = [option for option in view.buttons if option.id != DONE]
    if not buttons:
        return NOTHING
    listed = any(option.description for option in buttons)
    return tag(
        "div", *map(_button, buttons), class_="options listed" if listed else
        "options",
    )  # fmt: skip


def _button(option: Option) -> Html:
    return tag(
        "button", *_spelt(option), type="submit", name="option", value=option.id,
        class_=f"option {option.style}",
    )  # fmt: skip


def _boxes(view: QuestionView) -> Html:
    boxes = (
        tag(
            "label",
            tag(
                "input", type="checkbox", name="chosen", value=option.id,
                checked=option.id in view.chosen,
            ),
            tag("span", *_spelt(option)),
            class_="box",
        )
        for option in view.boxes
        if option.id != DONE
    )  # fmt: skip
    legend = tag("legend", say(view.language, "web-choose"))
    done = tag(
        "button", say(view.language, "web-choose-done"), type="submit",
        name="option", value=DONE, class_="option good",
    )  # fmt: skip
    return tag("fieldset", legend, *boxes, done)


def _spelt(option: Option) -> tuple[Html, Html]:
    described = one_line(option.description, _DESCRIPTION)
    return (
        tag("span", _label(option), class_="label"),
        tag("small", described) if described else NOTHING,
    )


def _label(option: Option) -> str:
    return unsigned(one_line(option.label, _LABEL)) or option.id


def _reason(view: QuestionView, option: Option) -> Html:
    """Words that go with one of the options, behind a fold of its own."""
    label = _label(option)
    id_ = f"{view.id}-{option.id}-why"
    return tag(
        "details",
        tag("summary", say(view.language, "web-with-words", label=label)),
        tag("label", option.words, for_=id_),
        tag("textarea", id=id_, name=f"why:{option.id}", rows="2"),
        tag(
            "button", label, type="submit", name="reason", value=option.id,
            class_=f"option {option.style}",
        ),
        class_="why",
    )  # fmt: skip


def _words(view: QuestionView) -> Html:
    id_ = f"{view.id}-words"
    return tag(
        "div",
        tag("label", say(view.language, "web-own-words"), for_=id_),
        tag("textarea", id=id_, name="text", rows="1"),
        tag(
            "button", say(view.language, "web-answer"), type="submit", name="words",
            class_="option",
        ),
        class_="words",
    )  # fmt: skip
