"""A conversation as a stream of events, from any place on.

Rule: a reader has no backlog, however slow: what it did not read yet is replaced by
what is newer, and told as one.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace

from adapters.views import QuestionView, TurnView
from adapters.web.agui import Run, Sent, custom, reset
from adapters.web.picture import Picture
from adapters.web.place import Place
from adapters.web.port import Desk
from adapters.web.values import Change, Entry

_PAGE = 30


async def follow(
    desk: Desk, conversation: int, last_event_id: str = ""
) -> AsyncGenerator[Sent, None]:
    """All that happens in a conversation, turn after turn, without an end.

    Without *last_event_id* it begins with the turn under way.
    """
    with desk.watch(conversation) as watch:
        reader = _Reader(desk, conversation, Picture(conversation))
        for sent in await reader.start(last_event_id):
            yield sent
        async for sent in reader.catch_up():
            yield sent
        async for changes in watch:
            for sent in reader.see(changes):
                yield sent
            async for sent in reader.catch_up():
                yield sent


async def follow_turn(
    desk: Desk, conversation: int, turn: str, last_event_id: str = ""
) -> AsyncGenerator[Sent, None]:
    """One turn from its start, or from *last_event_id*, until it has ended."""
    with desk.watch(conversation) as watch:
        reader = _Reader(desk, conversation, Picture(conversation, only=turn))
        for sent in await reader.start_at(turn, last_event_id):
            yield sent
        async for sent in reader.catch_up():
            yield sent
        if reader.over:
            return
        async for changes in watch:
            for sent in reader.see(changes):
                yield sent
            async for sent in reader.catch_up():
                yield sent
            if reader.over:
                return


async def settled(
    desk: Desk, conversation: int, turn: str, *, until_asked: bool
) -> tuple[Entry | None, Sequence[QuestionView]]:
    """Wait for a turn to end; *until_asked*: or for a question of it to be open.

    The turn is None if it was forgotten meanwhile.
    """
    with desk.watch(conversation) as watch:
        changes = aiter(watch)
        while True:
            entry = await desk.entry(conversation, turn)
            if entry is None or entry.view.final:
                return entry, ()
            asked = await desk.questions(conversation)
            asked = [question for question in asked if question.turn_id == turn]
            if asked and until_asked:
                return entry, asked
            while not any(_settles(change, turn) for change in await anext(changes)):
                pass


def _settles(change: Change, turn: str) -> bool:
    """Whether it is worth another look. Deltas are not."""
    match change.view:
        case TurnView() as view:
            return view.id == turn and view.final
        case QuestionView() as view:
            return view.turn_id == turn
        case _:
            return False


class _Reader:
    """One reader's place in one conversation."""

    def __init__(self, desk: Desk, conversation: int, picture: Picture) -> None:
        self._desk = desk
        self._conversation = conversation
        self._picture = picture
        self._place = Place(ended=True)
        self._run: Run | None = None
        self._entry: Entry | None = None

    @property
    def over(self) -> bool:
        """Whether nothing is being told."""
        return self._run is None

    async def start(self, last_event_id: str) -> Sequence[Sent]:
        """Go where the reader left off. Returns a reset if that place is no more."""
        newest = await self._desk.history(self._conversation, limit=_PAGE)
        await self._look(newest)
        place = Place.read(last_event_id)
        if place and not place.turn:
            self._place = place
            return ()
        if place:
            entry = await self._desk.entry(self._conversation, place.turn)
            if entry:
                return self._resume(place, entry)
        self._begin(newest)
        return (reset(""),) if last_event_id else ()

    def _begin(self, newest: Sequence[Entry]) -> None:
        """With the first turn that is not over; else after all of them."""
        under_way = [entry.view.id for entry in newest if not entry.view.final]
        if under_way:
            self._run = Run(self._conversation, under_way[0])
        elif newest:
            self._place = Place(turn=newest[-1].view.id, ended=True)

    async def start_at(self, turn: str, last_event_id: str) -> Sequence[Sent]:
        entry = await self._desk.entry(self._conversation, turn)
        await self._look((entry,) if entry else ())
        place = Place.read(last_event_id)
        if entry and place and place.turn == turn:
            return self._resume(place, entry)
        self._run = Run(self._conversation, turn)
        return (reset(turn),) if last_event_id else ()

    def _resume(self, place: Place, entry: Entry) -> Sequence[Sent]:
        if place.ended:
            self._place = place
            return ()
        self._run = Run.resume(self._conversation, place, entry.view)
        if self._run:
            return ()
        self._run = Run(self._conversation, place.turn)
        return (reset(place.turn),)

    async def _look(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._picture.see(entry.view)
        for question in await self._desk.questions(self._conversation):
            self._picture.see(question)

    def see(self, changes: Sequence[Change]) -> Sequence[Sent]:
        told = self._run.turn if self._run else ""
        passing = [self._picture.see(change.view, told=told) for change in changes]
        return [custom(*event) for event in passing if event]

    async def catch_up(self) -> AsyncIterator[Sent]:
        """All that can be told by now."""
        while run := self._run or await self._next():
            self._run = run
            entry = await self._newest(run.turn)
            if entry is None:
                self._run = None  # forgotten; what follows it cannot be found either
                return
            for sent in run.tell(entry, self._picture.state(entry.view)):
                yield sent
            if not run.place.ended:
                return
            self._place, self._run = run.place, None
        if self._picture.only:
            return
        snapshot, digest = self._picture.state(None).snapshot()
        if digest != self._place.state:
            self._place = replace(self._place, state=digest)
            event = {"type": "STATE_SNAPSHOT", "snapshot": snapshot}
            yield Sent(str(self._place), event)

    async def _newest(self, turn: str) -> Entry | None:
        seen = self._picture.turns.get(turn)
        if seen and not seen.final and self._entry and self._entry.view.id == turn:
            return replace(self._entry, view=seen)
        self._entry = await self._desk.entry(self._conversation, turn)
        if seen and seen.final and self._entry:
            del self._picture.turns[turn]
            return replace(self._entry, view=seen)
        return self._entry

    async def _next(self) -> Run | None:
        """The turn after the one that was told."""
        if self._picture.only:
            return None
        turn, before, later = self._place.turn, None, ""
        while page := await self._desk.history(
            self._conversation, before=before, limit=_PAGE
        ):
            ids = [entry.view.id for entry in page]
            if turn in ids:
                later = ([*ids, later])[ids.index(turn) + 1]
                break
            before = later = ids[0]
        return Run(self._conversation, later) if later else None
