"""What is left when a run is over: what was said, heard, done and seen. Plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.model import Kind


@dataclass(slots=True, kw_only=True)
class Said:
    """A message of a person's.

    *excused*: they stopped it, so it needs no answer. *instead_of*: it was changed
    to this, perhaps too late; an answer to either will do.
    """

    mark: str
    place: str
    kind: Kind
    excused: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    label: str
    about: str  # the id of what it is about: a decision, a turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One message of the bot's, as a person sees it."""

    place: str
    id: str
    text: str
    buttons: tuple[Button, ...] = ()
    working: bool = False
    #: The program knows of it. If not, a kill came between sending and hearing so.
    known: bool = True
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    said: Sequence[Said]
    prompted: Sequence[str]  # marks, as the model was called for them
    heard: frozenset[str]  # marks that ever reached it
    ran: Sequence[str]  # marks that tools left on disk, in order
    seen: Sequence[Seen]
    open_questions: Mapping[str, str] = field(default_factory=dict)  # id → place
    orphans: Sequence[str] = ()  # processes that outlived the program
    refusals: Sequence[str] = ()  # what the strict fakes refused
    unfinished: Sequence[str] = ()  # turns that the ledger leaves in the air
    bridge_kills: int = 0
    resumed: int = 0  # calls of the model that said: you were interrupted
