"""Agents that ask before they go on, and the cards they ask with."""

from adapters.views import QuestionView
from runner.events import (
    PermissionRequested,
    Phrase,
    Possible,
    Question,
    QuestionsAsked,
)
from tests.fakes import FakeAdapter
from tests.scripted import Line, ScriptedRunner, says

SIZE = Question(
    "Which **size**?", "Size", (Possible("S", "small"), Possible("L", "large"))
)

TOPPINGS = Question(
    "What toppings?",
    "Toppings",
    (Possible("Cheese"), Possible("Ham"), Possible("Olives")),
    several=True,
)

PERMISSION = PermissionRequested("p-1", "Bash", "execute", Phrase("ask-run"))

WONDERS = [
    QuestionsAsked("q-1", (Question("Which?", "", (Possible("A"), Possible("B"))),)),
    *says("Fine."),
]


def asking(*questions: Question) -> ScriptedRunner:
    asks: list[Line] = [QuestionsAsked("r-1", questions), *says("Noted.")]
    return ScriptedRunner({"pizza": asks, "next": says("next one")})


async def card(chat: FakeAdapter, containing: str) -> QuestionView:
    """The open card that asks this."""
    view = await chat.until(
        lambda v: isinstance(v, QuestionView) and not v.final and containing in v.body
    )
    assert isinstance(view, QuestionView)
    return view


async def closed(chat: FakeAdapter, question: QuestionView) -> QuestionView:
    view = await chat.until(lambda v: v.id == question.id and v.final)
    assert isinstance(view, QuestionView)
    return view
