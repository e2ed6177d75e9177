"""What all conversations show, for those who watch and those who look later.

Rule: the newest of each view is all there is; nothing waits for a reader.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from adapters.views import Notice, QuestionView, TurnStatus, TurnView, View
from adapters.web.values import Activity, Change

#: Views a reader may leave unread. Then it is cut off, and has to look again.
UNREAD = 1000
#: Nothing keeps a notice. Who looked away when it came may see it for so many seconds;
#: and of all conversations, only so many.
SAID_S = 600.0
SAID = 500


class Unsettled(Exception):
    """The conversation ended before it took what was sent to it."""


class Watch:
    """Changes that were not read yet. Ends early if the reader is far too slow."""

    def __init__(self) -> None:
        self._unread: dict[tuple[int, str], Change] = {}
        self._news = asyncio.Event()
        self._cut_off = False

    def __aiter__(self) -> "Watch":
        return self

    async def __anext__(self) -> Sequence[Change]:
        await self._news.wait()
        if self._cut_off:
            raise StopAsyncIteration
        batch = tuple(self._unread.values())
        self._unread.clear()
        self._news.clear()
        return batch

    def put(self, change: Change) -> None:
        if self._cut_off:
            return
        key = change.conversation, change.view.id
        self._unread.pop(key, None)  # so that batches are in the order of change
        self._unread[key] = change
        if len(self._unread) > UNREAD:
            self._cut_off = True
            self._unread.clear()
        self._news.set()


class Feed:
    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._said: deque[tuple[float, int, Notice]] = deque(maxlen=SAID)
        self._open: dict[int, dict[str, View]] = {}  # by conversation and view id
        self._watches: dict[int | None, set[Watch]] = {}
        self._awaited: dict[str, tuple[int, asyncio.Future[str | None]]] = {}

    # --- what is shown --------------------------------------------------------

    def publish(self, conversation: int, view: View) -> None:
        if isinstance(view, Notice):
            self._said.append((self._clock(), conversation, view))
        elif not view.final:
            self._open.setdefault(conversation, {})[view.id] = view
        elif views := self._open.get(conversation):
            views.pop(view.id, None)
        self.mention(conversation, view)

    def mention(self, conversation: int, view: View) -> None:
        """Only to those who watch now."""
        if self._watches:
            change = Change(conversation=conversation, view=view)
            for whose in (conversation, None):
                for watch in self._watches.get(whose, ()):
                    watch.put(change)

    @contextmanager
    def watch(self, conversation: int | None) -> Iterator[Watch]:
        watch = Watch()
        watches = self._watches.setdefault(conversation, set())
        watches.add(watch)
        try:
            yield watch
        finally:
            watches.discard(watch)
            if not watches and self._watches.get(conversation) is watches:
                del self._watches[conversation]

    def open(self, conversation: int) -> Mapping[str, View]:
        """The newest of each view there that is not final, by its id."""
        return self._open.get(conversation, {})

    def quiet(self, conversation: int) -> bool:
        """Nothing is open there, and nobody waits for what becomes of an event."""
        awaited = any(whose == conversation for whose, _ in self._awaited.values())
        return not self._open.get(conversation) and not awaited

    def just_said(self, conversation: int, *, since: float) -> Sequence[Notice]:
        """The newest of each notice since then, epoch seconds, in the order they came.

        Those older than ten minutes are forgotten.
        """
        since = max(since, self._clock() - SAID_S)
        said = [one for at, of, one in self._said if of == conversation and at >= since]
        return tuple({one.id: one for one in said}.values())

    def activity(self, conversation: int) -> Activity:
        views = self.open(conversation).values()
        doing = {view.status for view in views if isinstance(view, TurnView)}
        if TurnStatus.WAITING in doing:
            return "waiting"
        if TurnStatus.RUNNING in doing:
            return "running"
        return "queued" if doing else "idle"

    def queued(self) -> int:
        """Prompts that wait for their turn, everywhere."""
        return sum(
            isinstance(view, TurnView) and view.status is TurnStatus.QUEUED
            for views in self._open.values()
            for view in views.values()
        )

    def watching(self) -> int:
        """Readers there are now."""
        return sum(map(len, self._watches.values()))

    def question(self, conversation: int, view_id: str) -> QuestionView | None:
        """An open question as it looks now, with what is ticked."""
        view = self.open(conversation).get(view_id)
        return view if isinstance(view, QuestionView) else None

    # --- what became of events ------------------------------------------------

    def expect(self, conversation: int, event: str) -> asyncio.Future[str | None]:
        """The view id of the turn that *event* becomes; None if it becomes none.

        Raises `Unsettled` if the conversation ends first.
        """
        future: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._awaited[event] = conversation, future
        return future

    def settled(self, events: Sequence[str], view_id: str | None) -> None:
        for event in events:
            _, future = self._awaited.pop(event, (0, None))
            if future and not future.done():
                future.set_result(view_id)

    def drop(self, conversation: int) -> None:
        """It does not run any more: nothing of it is open, and nothing is taken."""
        self._open.pop(conversation, None)
        awaited = self._awaited.items()
        self.lost([event for event, (whose, _) in awaited if whose == conversation])

    def lost(self, events: Sequence[str]) -> None:
        """Nobody takes these in this run."""
        for event in events:
            _, future = self._awaited.pop(event, (0, None))
            if future and not future.done():
                future.set_exception(Unsettled(event))
                future.exception()  # perhaps nobody asks
