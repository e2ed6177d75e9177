"""The cards that ask a person: how they look open and closed, what a press means. Pure.

Rule: an agent's own question is the only card that takes words instead of an option.
"""

import secrets
from dataclasses import replace

from adapters.inbound import Choice, MessageRef
from adapters.scrub import one_line
from adapters.views import DONE, Option, QuestionStatus, QuestionView
from bot.codec import QUESTION
from bot.screens import question_view_id, turn_view_id
from runner.base import Allow, Answer, Deny
from runner.events import PermissionRequested, Possible, Question
from store.records import DecisionRecord, TurnRecord

ONCE = Option("once", "✅ Allow once", "good")
SESSION = Option("session", "♻️ Allow for this session")
EDITS = Option("session", "♻️ Allow edits for this session")
DENY = Option("deny", "❌ Deny", "danger", words="Why?")
AGAIN = Option("again", "🔁 Try again", "good")
LEAVE = Option("leave", "Leave it")

OUTCOMES = {
    ONCE.id: "Allowed once",
    SESSION.id: "Allowed for this session",
    DENY.id: "Denied",
    AGAIN.id: "Trying again",
    LEAVE.id: "Left as it is",
}
RESTARTED = "Parley restarted; the agent asks again if it still needs this"
NONE = "none of these"

_WORDS = 300  # characters of an answer that its card repeats
_DESCRIPTION = 100  # characters that every platform shows beside an option


def permission_card(event: PermissionRequested, turn: TurnRecord) -> QuestionView:
    session = EDITS if event.kind == "edit" else SESSION
    return replace(
        _card(turn, event.title),
        body=f"{event.body}\n\n{event.reason}".strip(),
        details=event.details,
        options=(ONCE, session, DENY) if event.can_remember else (ONCE, DENY),
    )


def retry_card(turn: TurnRecord) -> QuestionView:
    return replace(
        _card(turn, "Try this once more?"),
        body=f"The agent was interrupted {turn.attempts} times while it worked on "
        "this. Perhaps the work itself is what ends it.",
        options=(AGAIN, LEAVE),
    )


def question_card(
    question: Question, turn: TurnRecord, *, nth: int, of: int
) -> QuestionView:
    """The agent's own question. Its body is the question, and nothing else."""
    title = question.header or "A question"
    return replace(
        _card(turn, f"{title} ({nth} of {of})" if of > 1 else title),
        body=question.text,
        details=_details(question),
        options=tuple(
            Option(f"o{number}", possible.label, description=possible.description)
            for number, possible in enumerate(question.offered, start=1)
        ),
        several=question.several,
        free_text=True,
    )


def closed_card(record: DecisionRecord) -> QuestionView:
    """The card of a question that is not open any more."""
    view = QUESTION.load(record.question)
    if record.option is None:
        return replace(view, status=QuestionStatus.WITHDRAWN, outcome=RESTARTED)
    return replace(
        view,
        status=QuestionStatus.DECIDED,
        outcome=_outcome(view, record),
        refused=record.option in (DENY.id, LEAVE.id),
    )


def ticked(view: QuestionView, option_id: str) -> QuestionView | None:
    """The card after a press that flips one of several; None: it does not."""
    if not view.several or option_id not in {option.id for option in view.options}:
        return None
    flipped = set(view.chosen) ^ {option_id}
    return replace(
        view, chosen=tuple(one.id for one in view.options if one.id in flipped)
    )


def decision(view: QuestionView, choice: Choice) -> tuple[str, str] | None:
    """The option, and the words, that go on record; None: this was not offered.

    The words on an agent's own question are its answer.
    """
    said = choice.text.strip()
    if not choice.option_id:
        return ("", said) if view.free_text and said else None
    if view.several and choice.option_id == DONE.id:
        chosen = choice.chosen or view.chosen
        labels = [option.label for option in view.options if option.id in chosen]
        return DONE.id, ", ".join(labels) or NONE
    option = next((one for one in view.options if one.id == choice.option_id), None)
    if option is None:
        return None
    if view.free_text:
        return option.id, option.label
    return option.id, said if option.words else ""


def permission_answer(record: DecisionRecord) -> Answer:
    """What a decided permission says to the agent. Whatever is no yes is a no."""
    match record.option:
        case ONCE.id:
            return Allow("once")
        case SESSION.id:
            return Allow("session")
        case _:
            why = f" They say: {record.words}" if record.words else ""
            return Deny(f"The person pressed Deny: do not do this.{why}")


def _card(turn: TurnRecord, title: str) -> QuestionView:
    return QuestionView(
        id=question_view_id(secrets.token_hex(8)),
        turn_id=turn_view_id(turn.id),
        title=title,
        for_id=turn.for_id,
        reply_to=MessageRef(turn.reply_to) if turn.reply_to else None,
    )


def _details(question: Question) -> str:
    """The answers offered, in full; "" if their labels and descriptions say it all."""
    if not any(map(_is_long, question.offered)):
        return ""
    return "\n\n".join(
        "\n".join(filter(None, (one.label, one.description, one.preview)))
        for one in question.offered
    )


def _is_long(possible: Possible) -> bool:
    return bool(possible.preview) or len(possible.description) > _DESCRIPTION


def _outcome(view: QuestionView, record: DecisionRecord) -> str:
    who = (record.decided_by or "").partition(" ")[2]
    words = one_line(record.words, _WORDS)
    if view.free_text:
        return f"{who}: {words}"
    outcome = f"{OUTCOMES[record.option or DENY.id]} by {who}"
    return f"{outcome}: {words}" if words else outcome
