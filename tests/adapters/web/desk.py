"""A desk held in memory: it records what is asked; a test drives what it shows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.base import Health
from adapters.inbound import Attachment, Choice
from adapters.views import FileView, Notice, QuestionView, TurnStatus
from adapters.web.port import Conflict
from adapters.web.values import (
    Card,
    Entry,
    Found,
    Log,
    Offer,
    Project,
    Settings,
    Surface,
    Usage,
)
from tests.adapters.web.stage import FakeWatch, Stage

NOTHING_DONE = Log(
    turns={},
    tools={},
    errors=0,
    warnings=0,
    tokens=0,
    cost_usd=0.0,
    duration_s=0.0,
    first_at=None,
    last_at=None,
    newest=(),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Something asked of the desk that started something."""

    what: str  # begin, say, choose, command
    conversation: int
    value: Any  # Settings, the words, Choice, (name, argument)
    key: str
    files: tuple[Attachment, ...] = ()
    output_schema: str = ""
    language: str = ""


class FakeDesk(Stage):
    """An in-memory `Desk`. *answer*: what every prompt is answered with, at once;
    None: turns wait for the test to `show` them on and `finish` them.
    """

    def __init__(self, folder: Path, *, answer: str | None = None) -> None:
        super().__init__()
        self.folder = folder
        self.answer = answer
        self.heard: list[Heard] = []
        self.taken_up = 0
        site = Project(name="site", path="/srv/site", agent="claude", model="opus")
        self.known = [site]
        self.platforms: list[Surface] = []
        self.facts = {
            "name": "Demo",
            "version": "1",
            "demo": "There is no agent on this machine.",
        }
        self.offers = [
            Offer("status", "What is going on"),
            Offer("model", "Choose the model", "…"),
            Offer("review", "Review a pull request", "<number>", own=False),
        ]
        self.logs: dict[int, Log] = {}
        self.raw: dict[int, Path] = {}
        self.using: list[Usage] = []
        self.chosen_language = ""
        self.expected: list[int] = []
        self.parts: dict[str, Any] = {"store": {"ok": True, "detail": ""}}
        self._results: dict[str, Any] = {}  # by key
        self._turns = 0

    def projects(self) -> Sequence[Project]:
        return self.known

    def surfaces(self) -> Sequence[Surface]:
        return self.platforms or [
            Surface(platform="web", on=True, health=Health("ok")),
            Surface(
                platform="telegram", on=False, health=None, advice="Ask @BotFather"
            ),
        ]

    def agent(self) -> Mapping[str, str]:
        return self.facts

    async def conversations(
        self, *, limit: int = 50, before: float | None = None
    ) -> Sequence[Card]:
        newest = sorted(self.cards.values(), key=lambda c: -c.updated_at)
        return [c for c in newest if before is None or c.updated_at < before][:limit]

    async def conversation(self, conversation: int) -> Card:
        return self._card(conversation)

    async def history(
        self, conversation: int, *, before: str | None = None, limit: int = 30
    ) -> Sequence[Entry]:
        self._card(conversation)
        entries = self.entries[conversation]
        ids = [entry.view.id for entry in entries]
        end = ids.index(before) if before in ids else len(ids)
        return [
            self._complete(conversation, entry)
            for entry in entries[max(0, end - limit) : end]
        ]

    async def entry(self, conversation: int, turn: str) -> Entry | None:
        self._card(conversation)
        found = [e for e in self.entries[conversation] if e.view.id == turn]
        return self._complete(conversation, found[0]) if found else None

    async def questions(self, conversation: int) -> Sequence[QuestionView]:
        self._card(conversation)
        return [q for q in self.asked[conversation].values() if not q.final]

    async def just_said(self, conversation: int, *, since: float) -> Sequence[Notice]:
        self._card(conversation)
        said = self.said[conversation].values()
        return [notice for at, notice in said if at >= since]

    async def task(self, task: str) -> Sequence[Card]:
        return [card for card in self.cards.values() if card.settings.task == task]

    async def search(self, words: str, *, limit: int = 30) -> Sequence[Found]:
        found = [
            Found(
                conversation=number,
                turn=entry.view.id,
                title=self.cards[number].title,
                excerpt=f"{entry.view.prompt} {entry.answer}",
                at=entry.asked_at,
            )
            for number, entries in self.entries.items()
            for entry in entries
            if words.casefold() in f"{entry.view.prompt} {entry.answer}".casefold()
        ]
        return found[:limit]

    async def file(self, conversation: int, file: str) -> FileView | None:
        self._card(conversation)
        return self.sent[conversation].get(file)

    async def commands(
        self, conversation: int | None, language: str
    ) -> Sequence[Offer]:
        if conversation is None:
            return [offer for offer in self.offers if offer.own]
        self._card(conversation)
        return self.offers

    async def log(self, conversation: int, *, limit: int) -> Log:
        self._card(conversation)
        return self.logs.get(conversation, NOTHING_DONE)

    async def raw_log(self, conversation: int) -> Path | None:
        self._card(conversation)
        return self.raw.get(conversation)

    async def budgets(self, conversation: int, language: str) -> Sequence[str]:
        self._card(conversation)
        return ["You have spent $0.10 today."]

    async def processes(self) -> Sequence[Usage]:
        return self.using

    async def language(self) -> str:
        return self.chosen_language

    async def choose_language(self, language: str) -> None:
        self.chosen_language = language

    async def expect(self, conversation: int) -> None:
        self._card(conversation)
        self.expected.append(conversation)

    @contextmanager
    def watch(self, conversation: int | None) -> Iterator[FakeWatch]:
        watch = FakeWatch(conversation)
        self.watches.append(watch)
        try:
            yield watch
        finally:
            self.watches.remove(watch)

    async def begin(self, settings: Settings, *, key: str) -> Card:
        if key in self._results:
            return self._card(self._results[key])
        if settings.project not in ("", *(project.name for project in self.known)):
            raise Conflict(f"There is no project {settings.project}.")
        card = self.add(settings.name, settings=settings)
        self.heard.append(Heard("begin", card.id, settings, key))
        self._results[key] = card.id
        self._tell(card.id, Notice(id=f"begun{card.id}", text="It has begun."))
        return card

    async def delete(self, conversation: int) -> None:
        self._card(conversation)
        while going := self._open(conversation):
            self.finish(conversation, going[0].view.id, status=TurnStatus.CANCELLED)
        del self.cards[conversation], self.entries[conversation]
        del self.asked[conversation], self.sent[conversation]
        self.deleted.append(conversation)
        self._tell(
            conversation, Notice(id=f"deleted{conversation}", text="It was deleted.")
        )

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
        self._card(conversation)
        if not self._first(
            Heard("say", conversation, text, key, tuple(files), output_schema, language)
        ):
            return self._turn_of(key)
        waiting = [q for q in await self.questions(conversation) if q.free_text]
        if waiting:
            self._decide(conversation, waiting[0], text)
            return None
        self._turns += 1
        self._results[key] = turn = f"t{self._turns}"
        self._start(conversation, turn, text, tuple(files))
        if self.answer is not None:
            self.finish(conversation, turn, self.answer)
        return turn

    async def choose(
        self, conversation: int, choice: Choice, *, key: str, language: str = ""
    ) -> None:
        self._card(conversation)
        heard = Heard("choose", conversation, choice, key, language=language)
        if not self._first(heard):
            return
        if question := self.asked[conversation].get(choice.view_id):
            self._decide(conversation, question, choice.option_id or choice.text)
        elif choice.option_id in ("stop", "cancel"):
            self.finish(conversation, choice.view_id, status=TurnStatus.CANCELLED)
        elif choice.option_id == "steer":
            self.finish(conversation, choice.view_id, note="Told the agent.")

    async def command(
        self,
        conversation: int,
        name: str,
        argument: str = "",
        *,
        key: str,
        language: str = "",
    ) -> None:
        self._card(conversation)
        told = (name, argument)
        self._first(Heard("command", conversation, told, key, language=language))

    async def inbox(self, conversation: int) -> Path:
        return self._folder("inbox", conversation)

    async def storage(self, conversation: int) -> Path:
        if project := self._card(conversation).settings.project:
            raise Conflict(f"It works in the project {project}.")
        return self._folder("storage", conversation)

    async def take_up(self) -> None:
        self.taken_up += 1

    def metrics(self) -> bytes:
        return b"# HELP parley_turns_total Turns.\nparley_turns_total 0\n"

    async def readiness(self) -> Mapping[str, Any]:
        return self.parts

    def _folder(self, kind: str, conversation: int) -> Path:
        self._card(conversation)
        folder = self.folder / kind / str(conversation)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _first(self, heard: Heard) -> bool:
        """Whether this key was not heard before; then it is now."""
        if heard.key in self._results:
            return False
        self._results[heard.key] = None
        self.heard.append(heard)
        return True

    def _turn_of(self, key: str) -> str | None:
        turn: str | None = self._results[key]
        return turn
