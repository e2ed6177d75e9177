"""What is a command, and what are words for an agent."""

import pytest

from adapters.inbound import Command
from adapters.slack.orders import order_behind_slash, order_in, place_of

MENU = ("help", "status", "stop", "new", "model", "resume", "diff", "language")


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("!status", Command("status")),
        ("!Model opus", Command("model", "opus")),
        ("!compact keep the\nplan ", Command("compact", "keep the\nplan")),
        ("!plugin:review-pr 12", Command("plugin:review-pr", "12")),
        ("!important note", Command("important", "note")),
        ("stop", Command("stop")),
        ("Stop!!", Command("stop")),
        ("stop it", None),
        ("!", None),
        ("!!! look", None),
        ("! status", None),
        ("!= is not ==", None),
        ("!important: note", None),
        ("look: !status", None),
    ],
)
def test_a_sign_makes_a_command(said: str, command: Command | None) -> None:
    assert order_in(said) == command


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("", Command("help")),
        ("Status", Command("status")),
        ("model", Command("model")),
        ("model opus", Command("model", "opus")),
        ("language ko", Command("language", "ko")),
        ("new website", Command("new", "website")),
        ("!compact it all", Command("compact", "it all")),
        ("new fix the tests", None),
        ("model the data in SQL", None),
        ("status report", None),
        ("stop it", None),
        ("effort", None),  # not in this menu
        ("fix it", None),
    ],
)
def test_behind_the_slash_command_a_sentence_is_a_prompt(
    typed: str, command: Command | None
) -> None:
    assert order_behind_slash(typed, MENU) == command


def test_each_command_has_its_place() -> None:
    places = [place_of(Command(name)) for name in ("model", "diff", "status", "what")]

    assert places == ["fresh", "within", "here", "here"]
