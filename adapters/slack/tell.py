"""Draws a turn as native streams, call by call."""

import asyncio
from functools import partial
from typing import Any

import structlog

from adapters.aside import aside
from adapters.base import Busy, LoggedOut, Screen, Unavailable, Unreachable
from adapters.inbound import MessageRef
from adapters.slack.errors import Refused
from adapters.slack.message import MAX_BYTES, notified
from adapters.slack.moves import (
    Append,
    Move,
    Phase,
    Reason,
    Rewrite,
    Start,
    Stop,
)
from adapters.slack.page import Calls, Page, announced, record
from adapters.slack.post import GONE, STREAMS
from adapters.slack.render import farewell
from adapters.slack.script import chunks_of, script_of
from adapters.slack.segment import blocks_of
from adapters.slack.stream import Stream
from adapters.views import TurnStatus, TurnView

log = structlog.get_logger()

PATIENCE_S = 3.0  # for a turn's first stream; else it is drawn by posts
EXPIRED = "message_not_in_streaming_state"
STOPPED = "stopped_by_user"
TOO_LONG = "msg_too_long"
#: Then this workspace has no streams at all, or none as we know them.
NO_STREAMS = frozenset(
    {
        "unknown_method",
        "method_deprecated",
        "not_allowed_token_type",
        "not_allowed",
        "feature_not_enabled",
        "feature_disabled",
        "invalid_chunks",
        "missing_scope",
        "team_not_eligible",
        "paid_teams_only",
    }
)
NOT_ABOUT_SESSIONS = GONE | {
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata",
}
NO_STREAMS_HERE = "channel_type_not_supported"
SESSION: dict[Reason, str] = {
    "full": "processing",
    "waiting": "suspended",
    "over": "active",
}


class Teller:
    """Knows what this workspace can do: *native* streams, sessions of agents."""

    def __init__(self, api: Calls, screen: Screen) -> None:
        self.native = True
        self._sessions = True
        self._limit = MAX_BYTES  # of a stream
        self._without: set[str] = set()  # channels that have no streams
        self._api = api
        self._screen = screen

    def takes(self, page: Page, view: TurnView) -> bool:
        """Whether a turn that begins now is streamed."""
        channel = page.address.chat
        possible = self.native and channel not in self._without
        direct = channel.startswith("D")  # elsewhere a stream has to be for somebody
        fresh = not page.streamed_before and not view.final
        return (
            possible and fresh and bool(page.address.thread and (direct or view.for_id))
        )

    def stream(self, language: str) -> Stream:
        return Stream(language, limit=self._limit)

    async def advance(self, page: Page, view: TurnView) -> bool:
        """Make the next call, if one is needed; True: the screen shows *view*."""
        assert page.stream
        stream, phase = page.stream, phase_of(view)
        script = await aside([view], partial(script_of, view))
        if not stream.follows(script):
            log.info("slack.words_changed", view=view.id)
            page.plain = True
            return False
        if lost := [part for part, one in page.sheet.shown.items() if not one.recorded]:
            await record(self._screen, page, lost[0])
        if move := stream.next(script, phase, _ticks()):
            await self._try(page, view, stream, move)
        return not page.plain and not stream.next(script, phase, _ticks())

    async def _try(
        self, page: Page, view: TurnView, stream: Stream, move: Move
    ) -> None:
        """Make the call. A refusal is knowledge for the next plan."""
        try:
            await self._make(page, view, stream, move)
        except Refused as refusal:
            log.warning("slack.refused", view=view.id, reason=str(refusal))
            self._learn(page, stream, move, refusal.code)
        except Busy as busy:
            begins = isinstance(move, Start) and not stream.count
            if not begins or busy.wait_s <= PATIENCE_S:
                raise
            page.plain = True
        except (Unavailable, Unreachable, LoggedOut):  # it surely did not happen
            raise
        except Exception:
            if isinstance(move, Append | Stop):
                stream.uncertain(move)
            raise

    async def _make(
        self, page: Page, view: TurnView, stream: Stream, move: Move
    ) -> None:
        match move:
            case Start(part=part):
                if found := page.sheet.shown.get(part):
                    stream.adopted(move, found.ref, _ticks())
                    return
                await self._start(page, view, stream, move)
            case Append(ref=ref):
                await self._call(page, view, "chat.appendStream", move, ts=ref)
                stream.done(move, _ticks())
            case Stop():
                await self._call(
                    page, view, "chat.stopStream", move, **self._end(page, view, move)
                )
                stream.done(move, _ticks())
            case Rewrite():
                await self._rewrite(page, view, move)
                stream.done(move, _ticks())

    async def _start(
        self, page: Page, view: TurnView, stream: Stream, move: Start
    ) -> None:
        async def send() -> MessageRef:
            answer = await self._call(
                page,
                view,
                "chat.startStream",
                move,
                thread_ts=page.address.thread,
                recipient_user_id=view.for_id or None,
                recipient_team_id=(view.for_id and page.address.team) or None,
            )
            ref = MessageRef(answer["ts"])
            stream.started(move, ref, _ticks())
            return ref

        await announced(self._screen, page, move.part, send, look=None)

    def _end(self, page: Page, view: TurnView, move: Stop) -> dict[str, Any]:
        ends: dict[str, Any] = {"ts": move.segment.ref}
        if self._sessions:
            ends["session_status"] = SESSION[move.reason]
        if move.bare:
            return ends
        return {
            **ends,
            "metadata": page.metadata(move.segment.part),
            "blocks": list(farewell(view)) if move.reason == "over" else None,
        }

    async def _rewrite(self, page: Page, view: TurnView, move: Rewrite) -> None:
        blocks = blocks_of(move.items)
        if move.reason == "over":
            blocks = (*blocks, *farewell(view))
        await self._api.call(
            "chat.update",
            urgency=page.urgency(view),
            channel=page.address.chat,
            ts=move.segment.ref,
            text=notified(move.segment.words) or "…",
            blocks=list(blocks),
            metadata=page.metadata(move.segment.part),
        )

    async def _call(
        self,
        page: Page,
        view: TurnView,
        method: str,
        move: Start | Append | Stop,
        **params: Any,
    ) -> dict[str, Any]:
        return await self._api.call(
            method,
            urgency=page.urgency(view),
            channel=page.address.chat,
            chunks=list(chunks_of(move.items)) or None,
            **params,
        )

    def _learn(self, page: Page, stream: Stream, move: Move, code: str) -> None:
        match move:
            case Append() | Stop() if code == EXPIRED:
                stream.expired(move)
            case Start() | Append() | Stop() if code == TOO_LONG:
                page.plain = not stream.too_long(move)
                self._limit = self._limit if page.plain else stream.limit
            case Rewrite() if code == STREAMS:
                page.plain = not stream.streams(move)
            case _ if code == STOPPED:
                page.plain = page.halted = True
            case Stop() if self._sessions and code not in NOT_ABOUT_SESSIONS:
                self._sessions = False
            case _:
                self._give_up(page, move, code)

    def _give_up(self, page: Page, move: Move, code: str) -> None:
        """Draw this turn by posts; the ones that follow too, if it is not its fault."""
        page.plain = True
        if isinstance(move, Start) and code in NO_STREAMS:
            self.native = False
        elif isinstance(move, Start) and code == NO_STREAMS_HERE:
            self._without.add(page.address.chat)


def phase_of(view: TurnView) -> Phase:
    if view.final:
        return "over"
    return "waiting" if view.status is TurnStatus.WAITING else "running"


def _ticks() -> float:
    return asyncio.get_running_loop().time()
