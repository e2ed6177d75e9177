"""What was said while nobody listened: fetched, and let in like everything else.

Rule: the same gate and the same ids, so what came by itself is not taken again.
"""

import asyncio
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from typing import Any, NoReturn, TypeAlias

import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from adapters.base import AdapterError, Busy, Intake, Unavailable
from adapters.inbound import Address, MessageRef
from adapters.pace import Pace
from adapters.slack.api import Me, SlackApi
from adapters.slack.gate import Gate
from adapters.slack.ingress import Ingress
from adapters.slack.keeper import NotKept
from adapters.slack.payload import Payload, part, text
from adapters.slack.verdict import Keep

log = structlog.get_logger()

DAY_S = 24 * 3600.0
MARGIN_S = 60.0  # clocks differ, and what is sent does not arrive in order
PAGE = 200
EVERY_S, AT_ONCE = 6.0, 10  # calls: never more than 20 in a minute
KINDS = "im,mpim,private_channel,public_channel"

Threads: TypeAlias = Sequence[tuple[Address, MessageRef | None]]


class Reconciler:
    """Looks for what we missed in threads that are in use, in direct messages, and for
    mentions in channels. *kept_until* is when an earlier run last kept anything.
    """

    def __init__(
        self,
        api: SlackApi,
        intake: Intake,
        gate: Gate,
        ingress: Ingress,
        me: Me,
        *,
        kept_until: float | None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api = api
        self._intake = intake
        self._gate = gate
        self._ingress = ingress
        self._me = me
        self._kept_until = kept_until
        self._clock = clock
        self._sleep = sleep
        self._pace = Pace(EVERY_S, AT_ONCE)
        self._gaps: asyncio.Queue[float | None] = asyncio.Queue()
        self._alone = asyncio.Lock()
        self._until_it_works = AsyncRetrying(
            retry=retry_if_exception_type((Busy, Unavailable, NotKept)),
            wait=wait_exponential_jitter(max=60),
            sleep=sleep,
        )

    def missed(self, since: float | None) -> None:
        """Nobody listened from *since*, or from the last run (None), until now."""
        self._gaps.put_nowait(since)

    async def run(self) -> NoReturn:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                since = await self._gaps.get()
                # At once: whatever is asked from now on comes by itself.
                threads = await self._intake.active(self._clock() - DAY_S)
                start = self._kept_until if since is None else since
                if start is not None:
                    tasks.create_task(self._catch_up(start, threads))

    async def _catch_up(self, start: float, threads: Threads) -> None:
        oldest = max(start - MARGIN_S, self._clock() - DAY_S)
        async with self._alone:
            with _refusal_logged():
                await self._look_around(oldest, threads)

    async def _look_around(self, oldest: float, threads: Threads) -> None:
        rooms = await self._rooms()
        direct = {name: room for name, room in rooms.items() if room.get("is_im")}
        for room in direct.values():
            await self._take("conversations.history", room, oldest)
        for address, newest in threads:
            if address.chat in rooms:
                # What was said in a thread before it was ours is not for us.
                since = max(oldest, float(newest or 0.0))
                await self._take(
                    "conversations.replies",
                    rooms[address.chat],
                    since,
                    ts=address.thread,
                )
        for name in rooms.keys() - direct.keys():
            await self._take("conversations.history", rooms[name], oldest)

    async def _rooms(self) -> Mapping[str, Payload]:
        """Where we are a member and may be spoken to, by id."""
        pages = self._pages("users.conversations", "channels", types=KINDS)
        return {
            text(room, "id"): room
            async for room in pages
            if not room.get("is_im") or self._intake.allows(text(room, "user"))
        }

    async def _take(
        self, method: str, room: Payload, oldest: float, **where: str
    ) -> None:
        since = f"{oldest:.6f}"
        where |= {"channel": text(room, "id"), "oldest": since}
        with _refusal_logged():
            # The root of a thread comes with its replies, however old it is.
            said = [
                message
                async for message in self._pages(method, "messages", **where)
                if text(message, "ts") > since
            ]
            for message in sorted(said, key=lambda message: text(message, "ts")):
                await self._until_it_works(self._let_in, self._event(room, message))

    async def _let_in(self, body: Payload) -> None:
        verdict = await self._gate.judge(body)
        if isinstance(verdict, Keep):
            await self._ingress.keep(verdict.key, body)

    def _event(self, room: Payload, message: Payload) -> Payload:
        """The message as an event would have brought it."""
        where = {"type": "message", "channel": text(room, "id")}
        if room.get("is_im"):
            where["channel_type"] = "im"
        return {
            "type": "event_callback",
            "team_id": self._me.team_id,
            "is_ext_shared_channel": bool(room.get("is_ext_shared")),
            "event": {**message, **where},
        }

    async def _pages(
        self, method: str, name: str, **params: Any
    ) -> AsyncIterator[Payload]:
        cursor: str | None = None
        while cursor != "":
            answer: Payload = await self._until_it_works(
                self._ask, method, limit=PAGE, cursor=cursor, **params
            )
            for found in answer.get(name) or ():
                yield part(found)
            cursor = text(answer, "response_metadata", "next_cursor")

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        ticks = asyncio.get_running_loop().time
        while not self._pace.free(now := ticks()):
            await self._sleep(self._pace.free_at() - now)
        self._pace.take(now)
        return await self._api.patiently(method, **params)


@contextmanager
def _refusal_logged() -> Iterator[None]:
    """What Slack does not show us here is no reason not to look elsewhere."""
    try:
        yield
    except AdapterError as error:
        log.warning("slack.not_reconciled", reason=str(error))
