"""What the demo agent promises in words."""

import re
from pathlib import Path

import pytest

from adapters.language import say
from runner import demo_words as words
from runner.base import Prompt, PromptFile
from runner.claude import closing_block
from runner.demo_asked import Asked, asked_in
from runner.demo_scenes import Step, scene_for

OFFERED = re.findall(r"^\| \*\*(\w+)\*\*", words.MENU, re.MULTILINE)


def begun(text: str) -> Step | str:
    """Its first step, or its words if it takes none."""
    try:
        return next(scene_for(Asked(text), Path("/nowhere")))
    except StopIteration as end:
        return str(end.value)


@pytest.mark.parametrize("word", OFFERED)
def test_every_word_of_the_menu_does_something(word: str) -> None:
    for prompt in (word, word.upper(), f"please: {word}!"):
        assert begun(prompt) == begun(word) != words.MENU


def test_the_menu_offers_every_kind_of_thing_to_see() -> None:
    assert len(OFFERED) == 7
    assert begun("good morning") == words.MENU


def test_it_shows_the_same_way_to_install_and_log_in_as_the_runner() -> None:
    told = say("en", "agent-not-found", program="claude")
    told += say("en", "agent-not-logged-in")
    for command in re.findall(r"`([^`]+)`", told):
        assert command in words.INSTALL, command


def test_what_a_person_wrote_is_told_from_what_parley_added() -> None:
    files = (PromptFile(Path('/tmp/a "b" @c.txt'), "text/plain"),)
    prompt = Prompt(uuid="", text="[Parley: look]", files=files, context="From Ada.")
    content = [
        {"type": "text", "text": prompt.text},
        {"type": "text", "text": closing_block(prompt)},
    ]

    asked = asked_in(content)

    assert asked == Asked("[Parley: look]", ('/tmp/a "b" @c.txt',))
    assert not asked.resuming


def test_a_result_or_an_interruption_is_nothing_a_person_asked() -> None:
    assert (
        asked_in([{"type": "tool_result", "tool_use_id": "x", "content": "y"}]) is None
    )
    assert asked_in([{"type": "text", "text": "[Request interrupted by user]"}]) is None
