"""What an agent asks people, as cards; and what it hears of their decisions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adapters.language import say
from adapters.scrub import one_line
from adapters.views import SKIP, Option
from bot.access import Decider
from bot.cards import (
    ALWAYS,
    APPROVE,
    DENY,
    DROP,
    EDITS,
    FEEDBACK,
    NAMED,
    ONCE,
    SESSION,
    TURN,
    WIDER,
    Asker,
    Card,
    card_of,
    new_card,
)
from runner.base import Allow, Answer, Deny
from runner.events import (
    PermissionRequested,
    PlanProposed,
    Possible,
    Question,
    QuestionsAsked,
)
from store.decisions import OWN
from store.records import DecisionRecord

#: What the agent hears if nothing was ticked.
NONE = "none of these"

_DESCRIPTION = 100  # characters that every platform shows beside an option
_RULE = 40  # characters of a rule that a button shows


def permission_card(
    event: PermissionRequested,
    asker: Asker,
    *,
    decider: Decider,
    project: str,
    language: str,
    wary: bool = False,
) -> Card:
    """*project* "", or *wary* (see `Asked`): nothing can be allowed for good."""
    rules = {} if wary else _rules(event, project)
    why = say(language, "questions-wary") if wary else ""
    cut = say(language, "questions-cut", length=event.length) if event.length else ""
    card = new_card(
        event.request_id,
        asker,
        title=say(language, event.title.key, **event.title.values),
        body="\n\n".join(filter(None, (event.body, cut, event.reason, why))),
        options=(
            Option(ONCE, say(language, "questions-once"), "good"),
            *_lasting(event, rules, language, wary=wary),
            Option(
                DENY,
                say(language, "questions-deny"),
                "danger",
                words=say(language, "questions-why"),
            ),
        ),
        decider=decider,
        language=language,
    )
    return replace(
        card,
        view=replace(card.view, details=event.details, permission=True),
        meaning=replace(
            card.meaning,
            rules=rules,
            project=project,
            tool=event.tool,
            call_id=event.call_id,
        ),
    )


def plan_card(
    event: PlanProposed, asker: Asker, *, decider: Decider, language: str
) -> Card:
    """The plan itself is part of the turn. Words are what should be different."""
    card = new_card(
        event.request_id,
        asker,
        title=say(language, "questions-plan-title"),
        options=(
            Option(APPROVE, say(language, "questions-approve"), "good"),
            Option(EDITS, say(language, "questions-approve-edits")),
            Option(FEEDBACK, say(language, "questions-feedback")),
            Option(DROP, say(language, "questions-drop"), "danger"),
        ),
        decider=decider,
        language=language,
    )
    return replace(card, view=replace(card.view, free_text=True))


def question_card(
    request_id: str,
    question: Question,
    asker: Asker,
    *,
    nth: int,
    of: int,
    language: str,
) -> Card:
    """The agent's own question. Its body is the question, and nothing else."""
    title = question.header or say(language, "questions-a-question")
    if of > 1:
        title = say(language, "questions-nth", title=title, nth=nth, of=of)
    offered = (
        Option(f"o{number}", possible.label, description=possible.description)
        for number, possible in enumerate(question.offered, start=1)
    )
    card = new_card(
        request_id,
        asker,
        title=title,
        body=question.text,
        options=(*offered, Option(SKIP, say(language, "questions-skip"))),
        language=language,
        nth=nth,
    )
    view = replace(
        card.view,
        details=_details(question),
        several=question.several,
        free_text=True,
    )
    return replace(card, view=view)


@dataclass(slots=True)
class Round:
    """Questions the agent asks at once, and people answer one after the other.

    So only one waits for words, and a phone rings for one at a time.
    """

    event: QuestionsAsked
    asker: Asker
    language: str
    answers: dict[str, str] = field(default_factory=dict)

    def next_card(self) -> Card | None:
        """None: all are answered."""
        questions = self.event.questions
        for nth, question in enumerate(questions, start=1):
            if question.text not in self.answers:
                return question_card(
                    self.event.request_id,
                    question,
                    self.asker,
                    nth=nth,
                    of=len(questions),
                    language=self.language,
                )
        return None


# --- what the agent hears -----------------------------------------------------


def answer_of(record: DecisionRecord) -> Answer:
    """To a permission, or a plan. Whatever is no yes is a no."""
    match record.option:
        case "once":
            return Allow("once")
        case "session" | "turn":
            return Allow("session")
        case "always" | "wider" as option:
            return Allow("session", rules=(card_of(record).meaning.rules[option],))
        case "approve":
            return Allow()
        case "edits":
            return Allow(mode="acceptEdits")
        case "feedback":
            return Deny(
                "The person has read the plan and does not approve it as it is. Change "
                f"it accordingly and propose it again. They say:\n\n{record.words}"
            )
        case "drop":
            return Deny(
                "The person does not want this plan. Do not carry it out, and do not "
                "propose another one: end your turn, and wait for what they say next."
            )
        case _:
            why = f" They say: {record.words}" if record.words else ""
            return Deny(f"The person pressed Deny: do not do this.{why}")


def answer_to_question(record: DecisionRecord) -> str:
    return record.words or NONE


def unanswered(answers: Mapping[str, str]) -> Deny:
    """They do not want to say; *answers*: what they had said to other questions."""
    told = "".join(f"\n- {question} — {said}" for question, said in answers.items())
    before = f" Before that they had answered:{told}" if told else ""
    return Deny(
        "The person chose not to answer. Do not ask this again: decide as you think "
        f"best and say what you assumed, or stop if you cannot.{before}"
    )


def answered_before(record: DecisionRecord) -> tuple[str, str] | None:
    """What was asked and said, if it was said in words the agent has to know."""
    if record.request_id.startswith(OWN):
        return None
    view = card_of(record).view
    if record.option == FEEDBACK:
        return view.title, record.words
    if record.option in NAMED:
        return None
    return view.body, answer_to_question(record)


# --- how cards are made -------------------------------------------------------


def _rules(event: PermissionRequested, project: str) -> dict[str, str]:
    """By option. What cannot be read whole is not allowed for good."""
    readable = [rule for rule in event.patterns if one_line(rule, _DESCRIPTION) == rule]
    return dict(zip((ALWAYS, WIDER), readable, strict=False)) if project else {}


def _lasting(
    event: PermissionRequested, rules: Mapping[str, str], language: str, *, wary: bool
) -> list[Option]:
    scope = TURN if wary else SESSION
    what = "-edits" if event.kind == "edit" else ""
    label = say(language, f"questions-{scope}{what}")
    remembered = [Option(scope, label)] * event.can_remember
    kept = [
        Option(
            option,
            say(language, "questions-always", rule=one_line(rule, _RULE)),
            description=rule if len(rule) > _RULE else "",
        )
        for option, rule in rules.items()
    ]
    return [*remembered, *kept]


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
