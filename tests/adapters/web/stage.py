"""Conversations in memory, and what a test has them show."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from adapters.inbound import Attachment
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
from adapters.web.port import UnknownConversation
from adapters.web.values import Card, Change, Entry


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


class Stage:
    def __init__(self) -> None:
        self.deleted: list[int] = []
        self.cards: dict[int, Card] = {}
        self.entries: dict[int, list[Entry]] = {}
        self.asked: dict[int, dict[str, QuestionView]] = {}
        self.sent: dict[int, dict[str, FileView]] = {}
        self.said: dict[int, dict[str, tuple[float, Notice]]] = {}
        self.watches: list[FakeWatch] = []
        self._clock = 1_700_000_000.0

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
        self.said[number] = {}
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
                self.said[conversation][view.id] = self._now(), view
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

    def _now(self) -> float:
        self._clock = max(self._clock + 1, time.time())
        return self._clock

    def _card(self, conversation: int) -> Card:
        if conversation not in self.cards:
            raise UnknownConversation(conversation)
        return self.cards[conversation]

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
