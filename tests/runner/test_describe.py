import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.language import languages, say
from runner import describe as described
from runner.describe import BODY_LENGTH, TITLE_LENGTH, describe, fence


@pytest.mark.parametrize(
    ("name", "given", "kind", "title"),
    [
        ("Bash", {"command": "npm  test\n-- x"}, "execute", "Run npm test -- x"),
        ("Read", {"file_path": "/w/src/app.py"}, "read", "Read src/app.py"),
        ("Read", {"file_path": "/etc/hosts"}, "read", "Read /etc/hosts"),
        (
            "NotebookEdit",
            {"notebook_path": "/w/a.ipynb"},
            "edit",
            "Edit a.ipynb",
        ),
        ("Grep", {"pattern": "TODO"}, "search", "Search for TODO"),
        ("WebFetch", {"url": "https://x.org"}, "fetch", "Fetch https://x.org"),
        ("Agent", {"description": "look"}, "delegate", "Delegate: look"),
        ("AskUserQuestion", {"questions": []}, "other", "Ask you"),
        ("mcp__jira__close", {}, "other", "jira: close"),
        ("mcp__jira__close", {"title": "X-1"}, "other", "jira: close: X-1"),
        ("mcp__parley__send_file", {"path": "out/a.pdf"}, "other", "Send a.pdf"),
        ("Grep", {}, "search", "Search for …"),
        ("Brand_New", {}, "other", "Brand_New"),
    ],
)
def test_a_call_in_one_line(
    name: str, given: dict[str, str], kind: str, title: str
) -> None:
    told = describe(name, given, "/w")

    assert (told.kind, say("en", told.title.key, **told.title.values)) == (kind, title)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "key",
    [
        *described.STEPS.values(),
        *described.WHOLE_STEPS.values(),
        *described.ASKS.values(),
        *("step-send", "step-use", "step-use-on", "ask-use"),
    ],
)
def test_every_title_is_in_the_catalogue(key: str, language: str) -> None:
    assert say(language, key, what="x", tool="y") != key


def test_an_edit_shows_what_changes() -> None:
    told = describe(
        "Edit", {"file_path": "a", "old_string": "one\ntwo", "new_string": "one\n2"}
    )

    assert "```diff" in told.body
    assert "-two\n+2" in told.body


def test_a_long_command_is_shortened_and_whole_in_the_details() -> None:
    command = "echo " + "x" * 10_000

    told = describe("Bash", {"command": command})

    assert len(told.body) < BODY_LENGTH + 100
    assert (told.details, told.length) == (command, len(command))


def test_nobody_asks_for_an_unknown_tool_without_all_it_was_given() -> None:
    assert '"secret": "x"' in describe("Brand_New", {"secret": "x"}).details


@given(st.text(alphabet="`a\n", max_size=40))
def test_no_text_ends_its_own_code_block(text: str) -> None:
    block = fence(text)

    ticks = re.match("`+", block)
    assert ticks
    assert max(map(len, re.findall("`+", text)), default=0) < len(ticks[0])


@given(
    st.sampled_from(["Bash", "Edit", "Write", "Read", "Grep", "ExitPlanMode", "X"]),
    st.dictionaries(
        st.sampled_from(["command", "file_path", "pattern", "plan", "old_string"]),
        st.none() | st.integers() | st.text() | st.lists(st.text()),
    ),
)
def test_whatever_the_agent_passes_is_described(
    name: str, given: dict[str, object]
) -> None:
    told = describe(name, given)

    for value in (*told.title.values.values(), *told.question.values.values()):
        assert 0 < len(str(value)) <= TITLE_LENGTH
        assert "\n" not in str(value)
