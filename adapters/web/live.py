"""The stream that keeps an open page as it should be: patches by id, for ever.

Rule: it begins with the present state, so a page that lost it just asks again.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TypeAlias, assert_never

from fastapi import APIRouter, HTTPException, Request
from sse_starlette import ServerSentEvent

from adapters.aside import aside
from adapters.language import say
from adapters.scrub import one_line
from adapters.views import (
    FileView,
    Notice,
    QuestionStatus,
    QuestionView,
    Said,
    TurnStatus,
    TurnView,
)
from adapters.web.conversations import HEAD, LIST, head_html, list_html
from adapters.web.pane import Pane, Patch
from adapters.web.port import OWNER, Desk, UnknownConversation
from adapters.web.sse import STALLED_S, Frames
from adapters.web.tongues import language_of
from adapters.web.values import Change, Entry

PACE_S = 0.08  # between two batches; what changes meanwhile is sent once
REST = 4  # times as long as it took to draw: words that are long come less often
RECENT = 30  # turns that a page shows at first
LISTED = 50
_SPOKEN = 300
_READ = 4 * _SPOKEN  # characters that surely hold as many

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


def router(
    desk: Desk, *, sleep: Sleep = asyncio.sleep, stalled_s: float = STALLED_S
) -> APIRouter:
    routes = APIRouter()

    @routes.get("/live", include_in_schema=False)
    async def live(request: Request, c: int | None = None) -> Frames:
        """Patches for the list, and for the conversation *c*."""
        if c is not None:
            try:
                await desk.conversation(c)
            except UnknownConversation as error:
                raise HTTPException(404) from error
        watched = _Watched(desk, c, await language_of(request, desk))
        return Frames(_events(watched, sleep), stalled_s=stalled_s)

    return routes


async def _events(watched: "_Watched", sleep: Sleep) -> AsyncIterator[ServerSentEvent]:
    clock = asyncio.get_running_loop().time
    with watched.desk.watch(None) as changes:
        try:
            await watched.begin()
            yield watched.event()
            async for batch in changes:
                begun = clock()
                await watched.take(batch)
                if watched.patches:
                    yield watched.event()
                await sleep(max(PACE_S, REST * (clock() - begun)))
        except UnknownConversation:
            yield ServerSentEvent(event="gone", data="")


@dataclass(slots=True)
class _Watched:
    """One open page: the list, and the conversation it looks at, if any."""

    desk: Desk
    conversation: int | None
    language: str
    patches: list[Patch] = field(default_factory=list)
    _spoken: str = ""  # for who hears the page rather than sees it
    _entries: dict[str, Entry] = field(default_factory=dict)  # that go on
    _states: dict[int, TurnStatus] = field(default_factory=dict)  # by conversation
    _looks: dict[str, int] = field(default_factory=dict)
    _pane: Pane = field(init=False)

    def __post_init__(self) -> None:
        self._pane = Pane(self.conversation or 0, self.language)

    def event(self) -> ServerSentEvent:
        """All that gathered since the last one."""
        data = {"patches": list(map(asdict, self.patches)), "say": self._spoken}
        self.patches, self._spoken = [], ""
        return ServerSentEvent(data=json.dumps(data), retry=1000)

    async def begin(self) -> None:
        await self._survey()
        if self.conversation is None:
            return
        asked_at = 0.0
        for entry in await self.desk.history(self.conversation, limit=RECENT):
            await self._show(entry)
            asked_at = entry.asked_at
        for question in await self.desk.questions(self.conversation):
            if not question.turn_id:
                self.patches.append(self._pane.loose(question))
        # Older ones would stand below what was asked after them.
        for notice in await self.desk.just_said(self.conversation, since=asked_at):
            self._notice(notice)

    async def take(self, batch: Sequence[Change]) -> None:
        if {change.conversation for change in batch if self._moved(change)}:
            await self._survey()
        for change in batch:
            if change.conversation == self.conversation:
                await self._take(change)

    def _moved(self, change: Change) -> bool:
        """Whether the list may look different; words that stream do not count."""
        match change.view:
            case TurnView(status=status):
                before = self._states.get(change.conversation)
                self._states[change.conversation] = status
                return before is not status
            case QuestionView() | FileView():
                return False
            case Notice():
                return True  # perhaps it tells of a beginning, or of a deletion
            case _:
                assert_never(change.view)

    async def _survey(self) -> None:
        cards = await self.desk.conversations(limit=LISTED)
        self._put(Patch(LIST, list_html(cards, self.conversation, self.language)))
        if self.conversation is not None:
            card = await self.desk.conversation(self.conversation)
            self._put(Patch(HEAD, head_html(card, self.language)))

    def _put(self, patch: Patch) -> None:
        look = hash(patch.html)
        if self._looks.get(patch.id) != look:
            self._looks[patch.id] = look
            self.patches.append(patch)

    async def _take(self, change: Change) -> None:
        match change.view:
            case TurnView() as view:
                await self._show(await self._entry(view))
                if view.final:
                    self._say(_told(view, self.language))
            case QuestionView() as question:
                await self._with(question)
                if question.status is QuestionStatus.OPEN:
                    words = say(self.language, "web-asks", title=question.title)
                    self._say(words)
            case FileView() as file:
                await self._with(file)
                self._say(say(self.language, "web-sends", name=file.name))
            case Notice() as notice:
                if self._notice(notice):
                    self._say(notice.text)
            case _:
                assert_never(change.view)

    def _notice(self, notice: Notice) -> bool:
        """Whether it is for this page's reader."""
        theirs = notice.only_for in ("", OWNER)
        if theirs:
            self.patches.append(self._pane.loose(notice))
        return theirs

    async def _with(self, view: QuestionView | FileView) -> None:
        """Show it in its turn; by itself, if it has none."""
        if not view.turn_id:
            self.patches.append(self._pane.loose(view))
        elif entry := await self.desk.entry(self._pane.conversation, view.turn_id):
            await self._show(entry)

    async def _entry(self, view: TurnView) -> Entry:
        """With what the view does not say: who asked at first, what it cost at last."""
        if view.final:
            self._entries.pop(view.id, None)
        known = self._entries.get(view.id) or await self.desk.entry(
            self._pane.conversation, view.id
        )
        return replace(known or Entry(view=view), view=view)

    async def _show(self, entry: Entry) -> None:
        if not entry.view.final:
            self._entries[entry.view.id] = entry
        self.patches += await aside([entry.view], lambda: list(self._pane.turn(entry)))

    def _say(self, words: str) -> None:
        self._spoken = one_line(f"{self._spoken} {words}", _SPOKEN)


def _told(view: TurnView, language: str) -> str:
    said = [part.text for part in view.parts if isinstance(part, Said)]
    answer = said[-1] if said else ""
    how = say(language, f"web-status-{view.status.value}")
    return f"{how}. {answer[:_READ] or view.note}"
