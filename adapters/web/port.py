"""What the web surface asks of the bot. `bot.desk` answers; tests bring a small one.

Rule: a conversation is known here by its number, whatever platform it lives on.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from adapters.inbound import Attachment, Choice
from adapters.views import FileView, Notice, QuestionView
from adapters.web.values import (
    Card,
    Change,
    Entry,
    Found,
    Log,
    Offer,
    Project,
    Settings,
    Surface,
    Usage,
)

#: What this platform is called.
WEB = "web"
#: The one who holds the link or the token; an admin on every platform.
OWNER = "owner"


class UnknownConversation(LookupError):
    """There is none of that number (any more)."""


class Conflict(Exception):
    """It cannot be done now; says why, to the person."""


class Watch(Protocol):
    """Changes as they happen. Bounded: a view that was not read yet is replaced."""

    def __aiter__(self) -> AsyncIterator[Sequence[Change]]:
        """Batches; each wait gives all that changed since the last one."""
        ...


class Desk(Protocol):
    """The bot's side. Everything that starts something takes a *key*: the same key
    again does nothing new and gives the same result, through restarts.
    """

    def projects(self) -> Sequence[Project]: ...

    def surfaces(self) -> Sequence[Surface]: ...

    def agent(self) -> Mapping[str, str]:
        """Facts on the agent in use: "name", "version", "demo" (why; "": none)."""
        ...

    async def conversations(
        self, *, limit: int = 50, before: float | None = None
    ) -> Sequence[Card]:
        """Newest first; *before*: those last changed earlier than that."""
        ...

    async def conversation(self, conversation: int) -> Card:
        """Raises `UnknownConversation`, as everything below that takes a number."""
        ...

    async def history(
        self, conversation: int, *, before: str | None = None, limit: int = 30
    ) -> Sequence[Entry]:
        """The newest turns before *before* (a view id), oldest first; open ones too."""
        ...

    async def entry(self, conversation: int, turn: str) -> Entry | None:
        """One turn by its view id, as it is now."""
        ...

    async def questions(self, conversation: int) -> Sequence[QuestionView]:
        """Those that wait for an answer."""
        ...

    async def just_said(self, conversation: int, *, since: float) -> Sequence[Notice]:
        """What whoever looked away for a moment may have missed: nothing keeps it.

        *since*: epoch seconds.
        """
        ...

    async def task(self, task: str) -> Sequence[Card]:
        """The conversations of one task, in the order of their beginning."""
        ...

    async def search(self, words: str, *, limit: int = 30) -> Sequence[Found]: ...

    async def file(self, conversation: int, file: str) -> FileView | None:
        """A file that was sent to people, by its view id."""
        ...

    async def commands(
        self, conversation: int | None, language: str
    ) -> Sequence[Offer]:
        """What people may tell the bot, and its agent if that is up; in a menu's order.

        None: in a conversation that is about to begin.
        """
        ...

    async def log(self, conversation: int, *, limit: int) -> Log: ...

    async def raw_log(self, conversation: int) -> Path | None:
        """The recorded lines of its agent; None: they are not recorded."""
        ...

    async def budgets(self, conversation: int, language: str) -> Sequence[str]:
        """What was spent, and how much may be; one line each."""
        ...

    async def processes(self) -> Sequence[Usage]:
        """Of every agent that is up."""
        ...

    async def language(self) -> str:
        """What the owner chose; "": as the browser says."""
        ...

    async def choose_language(self, language: str) -> None: ...

    def watch(self, conversation: int | None) -> AbstractContextManager[Watch]:
        """Changes of one conversation, or of all, from the moment it is entered."""
        ...

    async def begin(self, settings: Settings, *, key: str) -> Card:
        """A new conversation. Raises `Conflict` for a project that there is not."""
        ...

    async def delete(self, conversation: int) -> None:
        """End its agent and forget it; its own folder goes, a project's does not."""
        ...

    async def say(
        self,
        conversation: int,
        text: str,
        *,
        key: str,
        files: Sequence[Attachment] = (),
        output_schema: str = "",
        language: str = "",
    ) -> str | None:
        """A prompt. The view id of its turn, once that is in the ledger; None if the
        words answered a question instead. *language*: what the person reads.
        """
        ...

    async def choose(
        self, conversation: int, choice: Choice, *, key: str, language: str = ""
    ) -> None:
        """Press a button: of a question, or one that a turn has."""
        ...

    async def command(
        self,
        conversation: int,
        name: str,
        argument: str = "",
        *,
        key: str,
        language: str = "",
    ) -> None: ...

    async def expect(self, conversation: int) -> None:
        """Somebody looks at it, or types: they will soon ask. May be called often."""
        ...

    async def inbox(self, conversation: int) -> Path:
        """The folder that uploads are saved in; the agent may read it."""
        ...

    async def storage(self, conversation: int) -> Path:
        """The folder that the agent works in, if it is the conversation's own.

        Raises `Conflict` if it works in a project: that is not for the web to serve.
        """
        ...

    async def take_up(self) -> None:
        """Deliver what an earlier run kept and did not hand over. Call it at start."""
        ...

    def metrics(self) -> bytes:
        """In Prometheus' text format."""
        ...

    async def readiness(self) -> Mapping[str, Any]:
        """By part: {"ok": bool, "detail": str}; the store, each platform, the agent."""
        ...
