"""Forms that Slack takes, and that tell where they were opened."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.language import languages
from adapters.slack.forms import (
    MAX_METADATA,
    Form,
    FormContext,
    read_form,
    task_form,
    words_form,
)
from tests.adapters.any_view import lines
from tests.adapters.slack.views import texts
from tests.slack_server_blocks import check_form

WHERE = FormContext("C1", "1.1", message="1.2", view_id="q1", option_id="deny")
steady = settings(deadline=None, derandomize=True, max_examples=80)


def submitted(form: Mapping[str, Any], text: str | None) -> dict[str, Any]:
    """What Slack sends back once somebody typed *text*."""
    (field,) = (block for block in form["blocks"] if block["type"] == "input")
    values = {field["block_id"]: {field["element"]["action_id"]: {"value": text}}}
    return {**form, "id": "V1", "state": {"values": values}}


def test_what_was_typed_comes_back_with_the_place_it_belongs_to() -> None:
    form = words_form("Run a command?", "Why?", WHERE, "en")

    assert read_form(submitted(form, "not here")) == Form("words", WHERE, "not here")
    assert read_form(submitted(form, None)) == Form("words", WHERE, "")


def test_a_form_says_what_it_is_about() -> None:
    about, field = words_form("Run a command?", "Why?", WHERE, "en")["blocks"]

    assert about["text"]["text"] == "Run a command?"
    assert field["label"]["text"] == "Why?"


def test_a_task_brings_the_message_it_is_made_of() -> None:
    where = FormContext("C1", "1.1", message="1.2")
    form = task_form("The build\nis red", where, "en")

    read = read_form(submitted(form, "fix it"))

    assert read is not None
    assert (read.kind, read.text) == ("task", "fix it")
    assert read.context.quote == "The build\nis red"


def test_a_long_message_is_quoted_as_far_as_it_fits() -> None:
    form = task_form('"word"\n' * 5000, WHERE, "en")

    read = read_form(submitted(form, "x"))

    assert read is not None
    assert MAX_METADATA - 200 < len(form["private_metadata"]) <= MAX_METADATA
    assert read.context.quote.endswith("…")
    assert read.context.view_id == "q1"


@steady
@given(lines, lines, texts, st.sampled_from(languages()))
def test_slack_takes_any_form(
    title: str, label: str, quote: str, language: str
) -> None:
    check_form(words_form(title, label, WHERE, language))
    check_form(task_form(quote, WHERE, language))


@steady
@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_a_strange_form_is_none_of_ours(view: dict[str, str]) -> None:
    assert read_form(view) is None
