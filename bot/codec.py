"""What the store keeps of views and prompts: JSON and back.

Rule: fields may be added with a default, never renamed, so that a row written by an
older version still reads.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from adapters.inbound import Attachment
from adapters.language import ENGLISH
from adapters.views import Notice, QuestionView, TurnView
from adapters.web.values import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt as the ledger keeps it: what was said, by whom, with which files."""

    text: str
    files: tuple[Attachment, ...] = ()
    sender_id: str = ""
    sender_name: str = ""
    at: float = 0.0  # epoch seconds
    output_schema: str = ""  # for this answer; "": as the conversation has it
    command: str = ""  # a slash command of the agent's; *text* is its argument
    language: str = ENGLISH  # of the person who asked
    transcripts: tuple[str, ...] = ()  # what was said in the voice messages among files
    note: str = ""  # what the agent has to know besides, in our words
    anyway: bool = False  # an admin wants it done although a budget is used up
    wary: bool = False  # it brings words of others: nothing is allowed beforehand


class Codec(Generic[T]):
    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)

    def dump(self, value: T) -> str:
        return self._adapter.dump_json(value).decode()

    def load(self, text: str) -> T:
        """Raises `ValueError` for a row this version cannot read."""
        return self._adapter.validate_json(text)


ASKED = Codec(Asked)
TURN_VIEW = Codec(TurnView)
QUESTION = Codec(QuestionView)
NOTICE = Codec(Notice)
SETTINGS = Codec(Settings)
