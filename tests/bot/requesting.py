"""What an agent asks for, and what is made of the answer."""

from bot.outcomes import Answered
from runner.base import Answer, Deny
from runner.events import PermissionRequested, Phrase, Possible, Question
from tests.bot.table import Table

RUN = PermissionRequested(
    "p-1",
    "Bash",
    "execute",
    Phrase("ask-run"),
    body="`npm test -- --watch`",
    can_remember=True,
    patterns=("Bash(npm test -- --watch)", "Bash(npm test:*)", "Bash(npm:*)"),
)

SIZE = Question("Which **size**?", "Size", (Possible("S"), Possible("L")))


def ids(at: Table) -> list[str]:
    return [option.id for option in at.card.options]


def heard(outcome: object) -> Answer:
    assert isinstance(outcome, Answered)
    return outcome.answer


def refusal(outcome: object) -> str:
    answer = heard(outcome)
    assert isinstance(answer, Deny)
    return answer.reason
