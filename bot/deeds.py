"""What people do on the web surface: once, whatever becomes of who asked.

Rule: a deed is on disk, under its key, before a conversation hears of it.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from adapters.inbound import Choice, Command, Inbound, Sender, Text
from adapters.web.port import OWNER, Conflict, UnknownConversation
from bot.codec import Codec
from bot.dispatcher import Dispatcher
from bot.feed import Feed, Unsettled
from bot.screens import address_of, turn_view_id
from store.records import CardRecord, ConversationId
from store.store import Store

log = structlog.get_logger()

WEB = "web"
YOU = Sender(OWNER, "the owner")
ENDED = (
    "Parley is restarting, or something went wrong inside it. What you sent is kept "
    "and is taken up at the next start."
)
UNREADABLE = "this version of Parley cannot read it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did, as the inbox keeps it. One of the three is set."""

    conversation: int
    text: Text | None = None
    command: Command | None = None
    choice: Choice | None = None
    language: str = ""  # what they read; "": not said


DEED = Codec(Deed)


class Deeds:
    def __init__(self, store: Store, feed: Feed, dispatcher: Dispatcher) -> None:
        self._store = store
        self._feed = feed
        self._dispatcher = dispatcher
        self._under_way: dict[str, asyncio.Future[str | None]] = {}
        self._leaving: set[int] = set()  # conversations that are deleted

    async def known(self, conversation: int) -> CardRecord:
        """Raises `UnknownConversation`."""
        record = await self._store.card(ConversationId(conversation))
        if record is None or conversation in self._leaving:
            raise UnknownConversation(conversation)
        return record

    async def do(self, deed: Deed, key: str) -> str | None:
        """The view id of the turn it became, if it became one.

        Raises `UnknownConversation`; `Conflict` if Parley ends before it is taken.
        """
        event = _event_id(deed, key)
        return await self._once(event, partial(self._keep_and_do, event, deed))

    async def delete(self, conversation: int) -> None:
        await self._once(f"delete {conversation}", partial(self._delete, conversation))

    async def take_up(self) -> None:
        """What an earlier run kept. Before anybody is let in: nothing goes twice."""
        for kept in await self._store.pending(WEB):
            try:
                handed_over = await self._hand_over(
                    kept.event_id, DEED.load(kept.payload)
                )
            except UnknownConversation:
                await self._store.discard(WEB, [kept.event_id])
            except ValueError:  # its words quote what was said
                await self._store.park(WEB, kept.event_id, UNREADABLE)
                log.error("inbound.parked", event_id=kept.event_id)  # noqa: TRY400
            else:
                self._remember(kept.event_id, handed_over)

    async def _once(
        self, name: str, work: Callable[[], Coroutine[Any, Any, str | None]]
    ) -> str | None:
        """See it through, even if whoever asked has gone; others wait for the same."""
        under_way = self._under_way.get(name)
        if under_way is None:
            under_way = self._remember(name, asyncio.ensure_future(work()))
        try:
            return await asyncio.shield(under_way)
        except Unsettled:
            raise Conflict(ENDED) from None

    def _remember(
        self, name: str, under_way: asyncio.Future[str | None]
    ) -> asyncio.Future[str | None]:
        self._under_way[name] = under_way
        under_way.add_done_callback(lambda _: self._under_way.pop(name, None))
        return under_way

    async def _keep_and_do(self, event: str, deed: Deed) -> str | None:
        await self.known(deed.conversation)
        new = await self._store.keep(WEB, [(event, DEED.dump(deed))])
        if new or event in [kept.event_id for kept in await self._store.pending(WEB)]:
            return await (await self._hand_over(event, deed))
        turn = await self._store.turn_of_event(WEB, event)
        return turn_view_id(turn.id) if turn else None

    async def _hand_over(self, event: str, deed: Deed) -> asyncio.Future[str | None]:
        home = (await self.known(deed.conversation)).home
        body = deed.text or deed.command or deed.choice
        assert body is not None
        # From here to the conversation's mailbox nothing is awaited.
        taken = self._feed.expect(deed.conversation, event)
        await self._dispatcher.dispatch(
            Inbound(
                events=(event,),
                address=address_of(home),
                sender=replace(YOU, language=deed.language),
                body=body,
                via=WEB,
            )
        )
        return taken

    async def _delete(self, conversation: int) -> None:
        known = await self.known(conversation)
        self._leaving.add(conversation)
        try:
            await self._dispatcher.forget(address_of(known.home))
            if await self._store.card(known.conversation.id):
                raise Unsettled
        finally:
            self._leaving.discard(conversation)
        log.info("conversation.deleted", conversation=conversation)


def _event_id(deed: Deed, key: str) -> str:
    """The same deed under the same key has the same; no two others have."""
    kind = "say" if deed.text else "command" if deed.command else "choose"
    name = f"{deed.conversation} {kind} {key}"
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
