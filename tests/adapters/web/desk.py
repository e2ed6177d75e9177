"""A desk held in memory: it records what is asked; a test drives what it shows."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.base import Health
from adapters.inbound import Attachment, Choice
from adapters.views import (
    FileView,
    Notice,
    Part,
    QuestionStatus,
    QuestionView,
    Said,
    TurnStatus,
    TurnView,
    View,
)
from adapters.web.port import (
    Card,
    Change,
    Conflict,
    Entry,
    Found,
    Log,
    Offer,
    Project,
    Settings,
    Surface,
    UnknownConversation,
    Usage,
)

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


class FakeWatch:
    """Newest view of each id that was not read yet, in the order they changed."""

    def __init__(self, conversation: int | None) -> None:
        self.conversation = conversation
        self._unread: dict[tuple[int, str], Change] = {}
        self._some = asyncio.Event()

    def put(self, change: Change) -> None:
        if self.conversation in (None, change.conversation):
            key = change.conversation, change.view.id
            self._unread.pop(key, None)
            self._unread[key] = change
            self._some.set()

    async def __aiter__(self) -> AsyncIterator[Sequence[Change]]:
        while True:
            await self._some.wait()
            self._some.clear()
            changes = tuple(self._unread.values())
            self._unread.clear()
            yield changes


class FakeDesk:
    """An in-memory `Desk`. *answer*: what every prompt is answered with, at once;
    None: turns wait for the test to `show` them on and `finish` them.
    """

    def __init__(self, folder: Path, *, answer: str | None = None) -> None:
        self.folder = folder
        self.answer = answer
        self.heard: list[Heard] = []
        self.deleted: list[int] = []
        self.taken_up = 0
        self.cards: dict[int, Card] = {}
        self.entries: dict[int, list[Entry]] = {}
        self.asked: dict[int, dict[str, QuestionView]] = {}
        self.sent: dict[int, dict[str, FileView]] = {}
        site = Project(name="site", path="/srv/site", agent="claude", model="opus")
        self.watches: list[FakeWatch] = []
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
        self._clock = 1_700_000_000.0

    # --- what a test does ---

    def add(self, title: str = "", platform: str = "web", **card: Any) -> Card:
        """A conversation that is there already."""
        number = len(self.cards) + len(self.deleted) + 1
        now = self._now()
        self.cards[number] = Card(
            id=number,
            title=title or f"Conversation {number}",
            platform=platform,
            activity="idle",
            updated_at=now,
            created_at=now,
            **card,
        )
        self.entries[number] = []
        self.asked[number] = {}
        self.sent[number] = {}
        return self.cards[number]

    def show(self, conversation: int, view: View) -> None:
        """The newest of something: kept for those who look later, told to watchers."""
        match view:
            case TurnView():
                self._keep(conversation, view)
            case QuestionView():
                self.asked[conversation][view.id] = view
            case FileView():
                self.sent[conversation][view.id] = view
            case Notice():
                pass  # nothing keeps a notice
        self._touch(conversation)
        self._tell(conversation, view)

    def grow(self, conversation: int, turn: str, *parts: Part, **changes: Any) -> None:
        """Show a turn with these *parts*, running unless *changes* say otherwise."""
        view = self.turn(conversation, turn).view
        changes = {"status": TurnStatus.RUNNING, "position": 0, **changes}
        self.show(conversation, replace(view, parts=parts, **changes))

    def finish(
        self,
        conversation: int,
        turn: str,
        answer: str | None = None,
        status: TurnStatus = TurnStatus.DONE,
        **changes: Any,
    ) -> None:
        """End a turn with one last word; None: as it stands. Its queue moves up."""
        entry = self.turn(conversation, turn)
        view = entry.view
        parts = view.parts if answer is None else (*view.parts, Said(answer))
        words = [part.text for part in parts if isinstance(part, Said)]
        view = replace(
            view,
            parts=parts,
            status=status,
            position=0,
            thinking=False,
            ended_at=self._now(),
            **changes,
        )
        self._replace(conversation, replace(entry, answer="".join(words[-1:])))
        self.show(conversation, view)
        self._move_up(conversation)

    def turn(self, conversation: int, turn: str = "") -> Entry:
        """One turn; the newest by default."""
        entries = self.entries[conversation]
        return next(e for e in reversed(entries) if not turn or e.view.id == turn)

    # --- the port ---

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

    # --- inside ---

    def _now(self) -> float:
        self._clock = max(self._clock + 1, time.time())
        return self._clock

    def _card(self, conversation: int) -> Card:
        if conversation not in self.cards:
            raise UnknownConversation(conversation)
        return self.cards[conversation]

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

    def _open(self, conversation: int) -> list[Entry]:
        return [e for e in self.entries[conversation] if not e.view.final]

    def _start(
        self, conversation: int, turn: str, text: str, files: tuple[Attachment, ...]
    ) -> None:
        position = len(self._open(conversation))
        status = TurnStatus.QUEUED if position else TurnStatus.RUNNING
        now = self._now()
        view = TurnView(
            id=turn,
            status=status,
            prompt=text,
            position=position,
            behind=bool(position),
            started_at=None if position else now,
        )
        self.entries[conversation].append(
            Entry(view=view, yours=True, asked_at=now, files=files)
        )
        self.show(conversation, view)

    def _move_up(self, conversation: int) -> None:
        for position, entry in enumerate(self._open(conversation)):
            if position == 0 and entry.view.status is TurnStatus.QUEUED:
                running = replace(
                    entry.view,
                    status=TurnStatus.RUNNING,
                    position=0,
                    started_at=self._now(),
                )
                self.show(conversation, running)
            elif position and entry.view.position != position:
                self.show(conversation, replace(entry.view, position=position))

    def _decide(self, conversation: int, question: QuestionView, how: str) -> None:
        decided = replace(
            question, status=QuestionStatus.DECIDED, outcome=f"{how} by You"
        )
        self.show(conversation, decided)

    def _keep(self, conversation: int, view: TurnView) -> None:
        kept = [e for e in self.entries[conversation] if e.view.id == view.id]
        if kept:
            self._replace(conversation, replace(kept[0], view=view))
        else:
            self.entries[conversation].append(Entry(view=view, asked_at=self._now()))

    def _complete(self, conversation: int, entry: Entry) -> Entry:
        asked = self.asked[conversation].values()
        mine = tuple(one for one in asked if one.turn_id == entry.view.id)
        files = self.sent[conversation].values()
        sent = tuple(one for one in files if one.turn_id == entry.view.id)
        return replace(entry, questions=mine, sent=sent)

    def _tell(self, conversation: int, view: View) -> None:
        for watch in self.watches:
            watch.put(Change(conversation=conversation, view=view))

    def _replace(self, conversation: int, entry: Entry) -> None:
        entries = self.entries[conversation]
        ids = [kept.view.id for kept in entries]
        entries[ids.index(entry.view.id)] = entry

    def _touch(self, conversation: int) -> None:
        views = [entry.view for entry in self._open(conversation)]
        activity = views[0].status.value if views else "idle"
        self.cards[conversation] = replace(
            self.cards[conversation],
            activity=activity,  # type: ignore[arg-type]  # an open status is one
            updated_at=self._now(),
        )
