"""One turn from where it is now to its end, piece by piece."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from adapters.views import FileView, QuestionView, TurnView
from adapters.web.openai_shapes import Refused
from adapters.web.openai_telling import Piece, Telling
from adapters.web.port import Desk, UnknownConversation
from adapters.web.values import Change, Entry


async def follow(
    desk: Desk, conversation: int, turn: str, telling: Telling
) -> AsyncGenerator[Piece | Entry, None]:
    """All that *telling* has to tell; last of all the entry, as it ended.

    Raises `Refused` if it was deleted meanwhile.
    """
    with desk.watch(conversation) as watch:
        entry = await _entry(desk, conversation, turn)
        view = entry.view
        for question in await desk.questions(conversation):
            if question.turn_id == turn:
                for piece in telling.question(question):
                    yield piece
        for piece in telling.turn(view):
            yield piece
        for file in entry.sent:
            for piece in telling.file(file):
                yield piece
        if not view.final:
            async for changes in watch:
                for piece in _told(changes, turn, telling):
                    yield piece
                view = _newest(changes, view)
                if view.final:
                    break
    yield replace(await _entry(desk, conversation, turn), view=view)


async def open_turn(desk: Desk, conversation: int) -> Entry:
    """The turn that goes on, else the newest. Raises `Refused` if there is none."""
    entries = await desk.history(conversation)
    going = [entry for entry in entries if not entry.view.final]
    if not entries:
        raise Refused("There is nothing in this conversation yet.", status=409)
    return (going or entries[-1:])[0]


def _told(changes: Sequence[Change], turn: str, telling: Telling) -> Iterator[Piece]:
    for change in changes:
        match change.view:
            case QuestionView(turn_id=whose) as question if whose == turn:
                yield from telling.question(question)
            case FileView(turn_id=whose) as file if whose == turn:
                yield from telling.file(file)
            case TurnView(id=which) as view if which == turn:
                yield from telling.turn(view)
            case _:
                pass


def _newest(changes: Sequence[Change], view: TurnView) -> TurnView:
    for change in changes:
        if isinstance(change.view, TurnView) and change.view.id == view.id:
            view = change.view
    return view


async def _entry(desk: Desk, conversation: int, turn: str) -> Entry:
    with suppress(UnknownConversation):
        if entry := await desk.entry(conversation, turn):
            return entry
    raise Refused("This was deleted while it was answered.", status=409)
