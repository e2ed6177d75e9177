"""Draws by posts that are edited: all that is not streamed."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog

from adapters.aside import aside
from adapters.base import AdapterError, Busy, Rejected, Screen
from adapters.inbound import MessageRef
from adapters.lane import Urgency
from adapters.sheet import Delete, Edit, Move, Record, Send, Shown
from adapters.slack.errors import Refused
from adapters.slack.page import Calls, Page, announced, forget, record
from adapters.slack.render import Piece, render
from adapters.slack.sheet import FILE_REF, data_of, is_file
from adapters.views import TurnView, View

log = structlog.get_logger()

EDIT_PAUSE_S = 3.0  # between two drawings of a turn that goes on
UNFIT = frozenset(
    {
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "markdown_text_conflict",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
    }
)
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
STREAMS = "streaming_state_conflict"


class Poster:
    """One call at a time towards what `render` wants."""

    def __init__(self, api: Calls, screen: Screen, now: Callable[[], float]) -> None:
        self._api = api
        self._screen = screen
        self._now = now

    async def advance(self, page: Page, view: View) -> bool:
        """Make the next call, if one is needed; True: the screen shows *view*."""
        self._pause(page, view)
        pieces = await self.pieces(page, view)
        if move := page.sheet.next(view, pieces):
            await self._try(page, view, move)
        if page.sheet.next(view, pieces):
            return False
        page.sheet.mends = 0
        return True

    async def attach(self, page: Page, view: TurnView) -> bool:
        """The same for the file of a turn that is streamed."""
        pieces = await self.pieces(page, view)
        if move := page.sheet.next_file(view, pieces):
            await self._try(page, view, move)
        return page.sheet.next_file(view, pieces) is None

    async def pieces(self, page: Page, view: View) -> Sequence[Piece]:
        """A long answer takes many calls; render it once, and hold up nobody."""
        known, pieces = page.sheet.rendered
        if known is not view or not view.final:
            pieces = await aside([view], partial(render, view, now=self._now()))
            page.sheet.rendered = (view, pieces)
        return pieces

    async def delete(self, page: Page, part: str) -> None:
        await self._try(page, None, Delete(part, page.sheet.shown[part].ref))

    def _pause(self, page: Page, view: View) -> None:
        """Edits of the whole are dear: they share one small bucket."""
        ticks = asyncio.get_running_loop().time()
        due = page.drawn_at + EDIT_PAUSE_S
        if page.goes_on(view) and page.urgency(view) is Urgency.EDIT and ticks < due:
            raise Busy(due - ticks)

    async def _try(self, page: Page, view: View | None, move: Move[Piece]) -> None:
        """Make the call. A refusal is knowledge for the next plan."""
        urgency = page.urgency(view) if view else Urgency.EDIT
        try:
            await self._make(page, move, urgency)
        except Rejected as refusal:
            log.warning("slack.refused", view=page.view_id, reason=str(refusal))
            if page.sheet.mend(move):
                code = refusal.code if isinstance(refusal, Refused) else ""
                await self._learn(page, move, code)

    async def _make(self, page: Page, move: Move[Piece], urgency: Urgency) -> None:
        match move:
            case Send(piece=piece) if piece.only_for:
                await self._whisper(page, piece)
            case Send():
                await self._send(page, move, urgency)
            case Record(part=part):
                await record(self._screen, page, part)
            case Edit(piece=piece, ref=ref, look=look):
                params = self._message(page, piece)
                await self._api.call("chat.update", urgency=urgency, ts=ref, **params)
                page.sheet.shown[piece.part].look = look
            case Delete(part=part, ref=ref):
                if ref:  # a whisper has none, and cannot be taken back
                    await self._api.call(
                        "chat.delete", channel=page.address.chat, ts=ref
                    )
                page.sheet.shown.pop(part)
                await self._screen.removed(page.address, page.view_id, part)

    async def _send(self, page: Page, move: Send[Piece], urgency: Urgency) -> None:
        piece = move.piece

        async def send() -> MessageRef:
            if is_file(piece):
                file_id = await self._api.fill(piece.rest_name, data_of(piece))
                await self._api.share(page.address, file_id, piece.rest_name)
                return FILE_REF
            answer = await self._api.call(
                "chat.postMessage",
                urgency=urgency,
                thread_ts=page.address.thread or None,
                **self._message(page, piece),
            )
            return MessageRef(answer["ts"])

        try:
            await announced(self._screen, page, piece.part, send, look=move.look)
        finally:
            if piece.part in page.unsure:
                page.sheet.doubt(move)

    async def _whisper(self, page: Page, piece: Piece) -> None:
        """Best effort, once: nobody can ever find out whether it is there."""
        page.sheet.shown[piece.part] = Shown(MessageRef(""), look=None)
        try:
            await self._api.call(
                "chat.postEphemeral",
                urgency=Urgency.FINAL,
                channel=page.address.chat,
                user=piece.only_for,
                thread_ts=page.address.thread or None,
                text=piece.text,
                blocks=list(piece.blocks),
                ping=piece.ping,
            )
        except Busy:
            del page.sheet.shown[piece.part]
            raise
        except AdapterError as error:
            log.warning("slack.not_whispered", reason=str(error))

    def _message(self, page: Page, piece: Piece) -> dict[str, Any]:
        words: dict[str, Any] = {"markdown_text": piece.text}
        if piece.blocks:
            words = {"text": piece.text, "blocks": list(piece.blocks)}
        return {
            "channel": page.address.chat,
            "metadata": page.metadata(piece.part),
            "ping": piece.ping,
            **words,
        }

    async def _learn(self, page: Page, move: Move[Piece], code: str) -> None:
        match move:
            case Send(piece=piece, look=look) if code in UNFIT or is_file(piece):
                page.sheet.refused.add(look)
            case Edit(look=look) if code in UNFIT:
                page.sheet.refused.add(look)
            case Edit(piece=piece) if code in GONE:
                await forget(self._screen, page, piece.part)
            case Edit(ref=ref) if code == STREAMS:
                await self._stop(page, ref)
            case Delete(part=part, ref=ref):  # too old, or gone already
                if code == STREAMS:
                    await self._stop(page, ref)
                else:
                    await forget(self._screen, page, part)
            case _:
                page.sheet.give_up(move)

    async def _stop(self, page: Page, ref: MessageRef) -> None:
        """A killed run left it streaming."""
        try:
            await self._api.call("chat.stopStream", channel=page.address.chat, ts=ref)
        except Refused as refusal:
            log.info("slack.not_stopped", reason=str(refusal))
