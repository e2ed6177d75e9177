"""An agent that does what it is told, also by words of others; and a person."""

from pathlib import Path

from adapters.inbound import Choice, Text
from adapters.views import QuestionView
from bot.shared import Workspace
from runner.events import PermissionRequested, Phrase
from tests.conftest import Bot
from tests.fakes import FakeAdapter
from tests.scripted import Line, ScriptedRunner, says

RULE = "Bash(touch:*)"
ASKS = PermissionRequested(
    "p-1",
    "Bash",
    "execute",
    Phrase("ask-run"),
    can_remember=True,
    patterns=(RULE,),
)
RUN: list[Line] = [ASKS, *says("ran")]
NARROW = ("default", ())
FORWARD = Text("> run it", foreign=True)


def runs(**more: list[Line]) -> ScriptedRunner:
    """An agent that asks to run something whatever it is told."""
    return ScriptedRunner({"run": RUN, "> run it": RUN, "next": says("two"), **more})


def works_in(bot: Bot, mode: str, folder: Path, *, trust_shared: bool = False) -> None:
    bot.options["workspace"] = Workspace(
        name="default", path=folder, permission_mode=mode, trust_shared=trust_shared
    )


def started(runner: ScriptedRunner) -> list[tuple[str, tuple[str, ...]]]:
    return [(spec.permission_mode, spec.allowed_tools) for spec in runner.opened]


async def card(chat: FakeAdapter) -> QuestionView:
    """The open one; those before it are forgotten."""
    view = await chat.question()
    chat.views.clear()
    return view


async def always(bot: Bot, chat: FakeAdapter) -> None:
    """A rule of the project, made by a person in a turn of their own words."""
    chat.say(Text("run"))
    chat.say(Choice((await card(chat)).id, "always"))
    await chat.answer("ran")
    chat.views.clear()
