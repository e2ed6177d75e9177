"""What comes of people's decisions, for a conversation to carry out."""

from dataclasses import dataclass
from typing import TypeAlias

from adapters.language import say
from bot.access import Decider
from bot.cards import card_of
from runner.base import Answer
from store.records import DecisionRecord, TurnId


@dataclass(frozen=True, slots=True)
class Answered:
    """The agent can go on."""

    request_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class TryAgain:
    """A turn that was given up, or is stuck, is wanted once more."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class Waited:
    """Somebody goes on waiting for a turn that seems stuck."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class Stopped:
    """A turn that seems stuck is not wanted any more."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class Ordered:
    """As if the person had given the command."""

    command: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class NotYours:
    """Somebody else has to decide: *name*, or one of several names."""

    name: str
    decider: Decider

    def words(self, language: str) -> str:
        return say(language, f"questions-not-yours-{self.decider}", names=self.name)


Outcome: TypeAlias = Answered | TryAgain | Waited | Stopped | Ordered | NotYours


def own_outcome(record: DecisionRecord) -> Outcome | None:
    """Of one of Parley's own cards. None: it is left as it is."""
    card, option = card_of(record), record.option or ""
    if option in card.meaning.orders:
        return Ordered(*card.meaning.orders[option])
    if card.meaning.words_to and not option:
        return Ordered(card.meaning.words_to, record.words)
    if card.turn is None:
        return None
    match option:
        case "again" | "redo":
            return TryAgain(card.turn)
        case "wait":
            return Waited(card.turn)
        case "end":
            return Stopped(card.turn)
        case _:
            return None
