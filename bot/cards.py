"""A card that asks people: whom, what its options mean, how it looks when over. Pure.

Rule: a card is known by its row alone, so that it outlives the program.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.inbound import Choice, Inbound, MessageRef
from adapters.language import say
from adapters.scrub import one_line
from adapters.views import DETAILS, DONE, SKIP, Option, QuestionStatus, QuestionView
from bot.access import Decider
from bot.codec import ASKED, QUESTION, Codec
from bot.screens import question_view_id, turn_of_view, turn_view_id
from store.decisions import OWN
from store.records import DecisionRecord, TurnId, TurnRecord

# Why a card was withdrawn; keys of the catalogue.
OVER = "questions-why-over"
RESTARTED = "questions-why-restarted"
REPLACED = "questions-why-replaced"

# Ids of options. None may be that of a button under a turn ("stop", "cancel").
ONCE, SESSION, ALWAYS, WIDER, DENY = "once", "session", "always", "wider", "deny"
TURN = "turn"  # what a session is to words of others
APPROVE, EDITS, FEEDBACK, DROP = "approve", "edits", "feedback", "drop"
AGAIN, LEAVE = "again", "leave"
WAIT, END, REDO = "wait", "end", "redo"
OTHER = "other"  # of a menu: something that is not listed

#: Those whose outcome has words of its own; with any other, its label was the answer.
NAMED = frozenset(
    {ONCE, SESSION, TURN, ALWAYS, WIDER, DENY, APPROVE, EDITS, FEEDBACK, DROP}
    | {AGAIN, LEAVE, WAIT, END, REDO, SKIP}
)
_REFUSALS = frozenset({DENY, FEEDBACK, DROP, LEAVE, SKIP})
_ASKS_FOR_WORDS = frozenset({FEEDBACK, OTHER})

_MOST = 8  # options that every platform shows well
_PAGE = re.compile(r"page-([0-9]{1,4})")
_WORDS = 300  # characters of an answer that its card repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who caused a card, and so is asked; and where it hangs."""

    person: str = ""  # "platform:id"; "": nobody in particular
    name: str = ""
    platform: str = ""  # that it is shown on
    for_id: str = ""  # the same person by an id of that platform; "": nobody there
    reply_to: MessageRef | None = None
    turn: TurnId | None = None


ANYBODY = Asker()


def person_of(inbound: Inbound) -> str:
    return f"{inbound.platform}:{inbound.sender.id}"


def asker_of(inbound: Inbound) -> Asker:
    here = inbound.platform == inbound.address.platform
    return Asker(
        person=person_of(inbound),
        name=inbound.sender.name,
        platform=inbound.address.platform,
        for_id=inbound.sender.id if here else "",
        reply_to=inbound.message,
    )


def asker_of_turn(turn: TurnRecord) -> Asker:
    return Asker(
        person=f"{turn.origin}:{turn.asked_by}" if turn.asked_by else "",
        name=ASKED.load(turn.prompt).sender_name,
        platform=turn.address.platform,
        for_id=turn.for_id,
        reply_to=MessageRef(turn.reply_to) if turn.reply_to else None,
        turn=turn.id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the row of a card keeps beside its looks."""

    asked: str = ""  # `Asker.person`
    asked_name: str = ""
    decider: Decider = "asker"
    project: str = ""  # whose rules these are
    rules: Mapping[str, str] = field(default_factory=dict)  # option → kept with it
    orders: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    words_to: str = ""  # the command that words are the argument of; "": none
    tool: str = ""  # that the agent asks to use
    call_id: str = ""  # its call of it


MEANING = Codec(Meaning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    request_id: str
    view: QuestionView  # with all its options
    meaning: Meaning
    page: int = 0  # of the options, from 0
    wants_words: bool = False  # somebody pressed what they go with

    @property
    def own(self) -> bool:
        return self.request_id.startswith(OWN)

    @property
    def turn(self) -> TurnId | None:
        return turn_of_view(self.view.turn_id) if self.view.turn_id else None

    @property
    def shown(self) -> QuestionView:
        """The view with the options of one page."""
        options = self.view.options
        if len(options) <= _MOST:
            return self.view
        always = [option for option in options if option.id == OTHER]
        others = [option for option in options if option.id != OTHER]
        size = _MOST - 1 - len(always)
        pages = -(-len(others) // size)
        following = (self.page + 1) % pages
        more = say(
            self.view.language, "questions-more", page=following + 1, pages=pages
        )
        start = self.page % pages * size
        page = (*others[start : start + size], *always)
        return replace(self.view, options=(*page, Option(f"page-{following}", more)))


def new_card(
    request_id: str,
    asker: Asker,
    *,
    title: str,
    options: Sequence[Option],
    body: str = "",
    decider: Decider = "asker",
    language: str,
    nth: int = 0,
) -> Card:
    """*nth* of several that belong to one request."""
    view = QuestionView(
        id=question_view_id(_token(request_id, asker.turn, nth)),
        turn_id="" if asker.turn is None else turn_view_id(asker.turn),
        title=title,
        body=body,
        options=tuple(options),
        for_id=asker.for_id,
        reply_to=asker.reply_to,
        language=language,
    )
    meaning = Meaning(asked=asker.person, asked_name=asker.name, decider=decider)
    return Card(request_id=request_id, view=view, meaning=meaning)


def _token(request_id: str, turn: TurnId | None, nth: int) -> str:
    """Not to be guessed. What an agent tells again after a crash is the same card."""
    if request_id.startswith(OWN):
        return secrets.token_hex(8)
    asked = f"{turn} {request_id} {nth}"  # the agent's ids are random
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def for_others(card: Card, *, names: str, for_id: str) -> Card:
    """The card of something that whoever caused it may not decide.

    *for_id*: who may, if it is one person there, else "".
    """
    view = card.view
    only = say(view.language, f"questions-only-{card.meaning.decider}", names=names)
    body = f"{view.body}\n\n{only}".strip()
    return replace(card, view=replace(view, body=body, for_id=for_id))


def card_of(record: DecisionRecord) -> Card:
    return Card(
        request_id=record.request_id,
        view=QUESTION.load(record.question),
        meaning=_meaning_of(record),
    )


def closed_card(record: DecisionRecord) -> QuestionView:
    """The card of a question that is not open any more."""
    view = QUESTION.load(record.question)
    if record.option is None:
        why = say(view.language, record.why or OVER)
        return replace(view, status=QuestionStatus.WITHDRAWN, outcome=why)
    return replace(
        view,
        status=QuestionStatus.DECIDED,
        outcome=_outcome(view, record),
        refused=record.option in _REFUSALS,
    )


# --- what a press, or words, do -----------------------------------------------


def pressed(card: Card, choice: Choice) -> Card | None:
    """The card after a press that decides nothing; None: this one may decide."""
    view, option = card.view, choice.option_id
    if option == DETAILS:
        return replace(card, view=replace(view, details_shown=True))
    if page := _PAGE.fullmatch(option):
        return replace(card, page=int(page[1]))
    if option not in {one.id for one in view.options}:
        return None
    if option in _ASKS_FOR_WORDS and not choice.text.strip():
        hint = say(view.language, f"questions-write-{option}")
        asking = replace(view, body=hint, free_text=True)
        return replace(card, view=asking, wants_words=True)
    if option not in {one.id for one in view.boxes}:
        return None
    flipped = set(view.chosen) ^ {option}
    chosen = tuple(one.id for one in view.options if one.id in flipped)
    return replace(card, view=replace(view, chosen=chosen))


def decision(card: Card, choice: Choice) -> tuple[str, str] | None:
    """The option, and the words, that go on record; None: this was not offered."""
    view, said = card.view, choice.text.strip()
    offered = {option.id: option for option in view.options}
    if choice.option_id in {"", *_ASKS_FOR_WORDS}:
        welcome = view.free_text or card.meaning.words_to
        return (FEEDBACK * (FEEDBACK in offered), said) if welcome and said else None
    if view.several and choice.option_id == DONE:
        chosen = choice.chosen or view.chosen
        if SKIP in chosen:
            return SKIP, ""
        return DONE, ", ".join(one.label for one in view.boxes if one.id in chosen)
    option = offered.get(choice.option_id)
    if option is None:
        return None
    if option.id in NAMED:
        return option.id, said if option.words else ""
    return option.id, option.label


def _outcome(view: QuestionView, record: DecisionRecord) -> str:
    language, option = view.language, record.option or ""
    who = (record.decided_by or "").partition(" ")[2]
    words = one_line(record.words, _WORDS)
    if option not in NAMED:
        words = words or say(language, "questions-none")
        return say(language, "questions-answered", who=who, words=words)
    rule = _meaning_of(record).rules.get(option, "")
    done = say(language, f"questions-did-{option}", who=who, rule=rule)
    if not words:
        return done
    return say(language, "questions-with-words", outcome=done, words=words)


def _meaning_of(record: DecisionRecord) -> Meaning:
    """Cards of earlier versions mean nothing but what they are."""
    return MEANING.load(record.meaning) if record.meaning else Meaning()
